//! Forms: errors at their fields, the row that was saved, and the place to come back to after signing in.

use super::http::{Answer, get, post, session};
use crate::support::TestApp;

const FILE: [(&str, &str); 2] = [("bank_id", "bank-1"), ("customer_id", "c-1")];
const DATE: (&str, &str) = ("date", "2017-09-19T10:30");

/// The start tag of the input or drop-down list with that id.
fn input<'a>(page: &'a Answer, id: &str) -> &'a str {
    let (before, after) =
        page.body.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {}", page.body));
    let start = before.len() - before.rsplit('<').next().unwrap().len();
    let end = before.len() + after.find('>').unwrap() + id.len() + 5;
    &page.body[start..end]
}

/// The error of the field with that id, and whether the field is marked and points at it.
fn error_at<'a>(page: &'a Answer, id: &str) -> Option<&'a str> {
    let error_id = format!("{id}-error");
    let marked = input(page, id).contains("aria-invalid=\"true\"");
    let described = input(page, id).contains(&error_id);
    let text = page.body.split_once(&format!("id=\"{error_id}\" role=\"alert\">")).map(|(_, rest)| rest);
    assert_eq!((marked, described), (text.is_some(), text.is_some()), "{id}");
    text.and_then(|rest| rest.split("</p>").next())
}

fn general_error(page: &Answer) -> bool {
    page.body.contains("class=\"notice bad\"")
}

/// A form with a wrong field: its path, its name in the page, its fields, the wrong one, and a part of the error.
type Case<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, &'a str, &'a str);

fn wrong_forms(long: &str) -> Vec<Case<'_>> {
    vec![
        (
            "/kyc/check",
            "check",
            vec![("id", "k-1"), DATE, ("how", long), ("satisfied", "true")],
            "how",
            "at most 32 char",
        ),
        (
            "/kyc/check",
            "check",
            vec![("id", " . "), DATE, ("how", "typed")],
            "id",
            "The value of KYC_CHECK_ID must not be",
        ),
        (
            "/kyc/document",
            "document",
            vec![("id", "d-1"), ("issue_date", "soon"), ("type", "typed")],
            "issue_date",
            "a date such",
        ),
        ("/kyc/media", "media", vec![("id", "m-1"), DATE, ("type", long), ("url", "typed")], "type", "at most 50 char"),
        (
            "/kyc/status",
            "status",
            vec![("date", "2017-02-30"), ("ok", "false"), ("customer_number", "typed")],
            "date",
            "a date such",
        ),
        ("/kyc/find", "number", vec![("wanted_number", "typed")], "wanted_number", "Customer not found."),
        (
            "/meetings",
            "meeting",
            vec![("provider_id", "a b"), ("purpose_id", "typed")],
            "provider_id",
            "The value of provider_id",
        ),
        (
            "/roles/request",
            "all",
            vec![("role_name", "CanCreateCustomer"), ("bank_id", "typed")],
            "CanCreateCustomer-bank",
            "Bank not found.",
        ),
        (
            "/applications",
            "app",
            vec![("app_name", "x"), ("app_type", "Public"), ("developer_email", "a@b.c"), ("description", "typed")],
            "app_name",
            "at least 3",
        ),
        (
            "/applications",
            "app",
            vec![("app_name", "typed"), ("app_type", "Public"), ("developer_email", "a")],
            "developer_email",
            "must be an e-mail",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_names_a_field_stands_at_the_field_and_everything_typed_stays() {
    let app = TestApp::with(&super::MEETINGS).await;
    let long = "x".repeat(300);
    for (path, form, fields, field, text) in wrong_forms(&long) {
        let fields = fields
            .iter()
            .copied()
            .chain(FILE.into_iter().filter(|(name, _)| fields.iter().all(|(own, _)| own != name)));
        let fields: Vec<_> = fields.collect();
        // Only ada may look for customers.
        let user = if path == "/kyc/find" { "ada" } else { "kim" };
        let page = post(&app, path, &session(user), &fields).await;
        assert_eq!(page.status.as_u16() / 100, 4, "{path}");
        let error = error_at(&page, &format!("{form}-{field}")).unwrap_or_else(|| panic!("{path}: {}", page.body));
        assert!(error.contains(text), "{path}: {error}");
        assert!(!general_error(&page), "{path}: the error stands at the field only");
        assert_eq!(page.body.matches("aria-invalid").count(), 1, "{path}");
        for typed in fields.iter().map(|(_, value)| *value).filter(|value| ["typed", &long, "soon"].contains(value)) {
            assert!(page.body.contains(&format!("value=\"{typed}\"")), "{path} keeps {typed}");
        }
        for (name, value) in
            [("satisfied", " checked"), ("ok", "value=\"false\" selected"), ("app_type", "value=\"Public\" selected")]
        {
            if fields.iter().any(|(own, _)| *own == name) {
                assert!(page.body.contains(value), "{path} keeps {name}");
            }
        }
    }
    // The control: a general error stands at the top.
    let page =
        post(&app, "/administration/grant", &session("kim"), &[("user_id", "u-lee"), ("role_name", "CanCreateBank")])
            .await;
    assert_eq!((page.status.as_u16(), general_error(&page), page.body.contains("aria-invalid")), (403, true, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_up_and_password_show_errors_at_their_fields_and_never_a_password() {
    let app = TestApp::start().await;
    let sign_up = async |username: &str, email: &str, password: &str| {
        let fields = [
            ("username", username),
            ("email", email),
            ("password", password),
            ("first_name", "Änne"),
            ("last_name", ""),
        ];
        post(&app, "/sign-up", &get(&app, "/sign-in", &[]).await.cookie("visitor"), &fields).await
    };
    for (username, email, password, field, text) in [
        ("kim", "a@example.com", "Browser-Test-1", "up-username", "User with the same username already exists."),
        ("anna", "nowhere", "Browser-Test-1", "up-email", "Invalid email address"),
        ("anna", "a@example.com", "short-secret", "up-password", "OBP-30207"),
    ] {
        let page = sign_up(username, email, password).await;
        assert!(error_at(&page, field).is_some_and(|error| error.contains(text)), "{field}: {}", page.body);
        assert!(
            !general_error(&page) && page.body.contains("value=\"Änne\"") && !page.body.contains(password),
            "{field}"
        );
    }
    let fields = [("current_password", "not-this"), ("new_password", "short-secret")];
    let page = post(&app, "/password", &session("kim"), &fields).await;
    assert!(page.status.is_client_error() && !page.body.contains("short-secret"), "{}", page.body);
    assert!(error_at(&page, "pw-new_password").is_some() != general_error(&page), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chosen_bank_or_customer_that_does_not_exist_is_marked_where_it_was_chosen() {
    let app = TestApp::start().await;
    for (path, field, text) in [
        ("/kyc?bank_id=bank-1&customer_id=unknown", "at-customer_id", "Customer not found."),
        ("/meetings?bank_id=unknown", "at-bank_id", "Bank not found."),
        ("/administration?username=unknown", "find-username", "User not found by username."),
    ] {
        let page = get(&app, path, &[("cookie", session("ada"))]).await;
        assert!(error_at(&page, field).is_some_and(|error| error.contains(text)), "{path}: {}", page.body);
        assert!(!general_error(&page), "{path}");
    }
    let known = get(&app, "/kyc?bank_id=bank-1&customer_id=c-1", &[("cookie", session("ada"))]).await;
    assert_eq!(error_at(&known, "at-customer_id"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_row_that_was_saved_is_marked_and_announced() {
    let app = TestApp::start().await;
    let add = async |id: &str| {
        let fields = [FILE[0], FILE[1], ("id", id), DATE, ("how", "typed"), ("staff_name", "kim")];
        let saved = post(&app, "/kyc/check", &session("kim"), &fields).await;
        get(&app, saved.header("location"), &[("cookie", session("kim"))]).await
    };
    add("k-1").await;
    let page = add("k-2").await;
    let (_, row) = page.body.split_once("id=\"saved\"").expect("a marked row");
    let row = row.split("</tr>").next().unwrap();
    assert!(row.contains("k-2") && !row.contains("k-1"), "{row}");
    assert_eq!(page.body.matches("id=\"saved\"").count(), 1);
    assert!(page.body.contains("role=\"status\" tabindex=\"-1\" autofocus"), "{}", page.body);
    // The control: the same page without a form before it.
    let page = get(&app, "/kyc?bank_id=bank-1&customer_id=c-1", &[("cookie", session("kim"))]).await;
    assert!(page.body.contains("k-2") && !page.body.contains("id=\"saved\""));
    // The check's author is the signed-in user, unless the user types another.
    assert!(input(&page, "check-staff_name").contains("value=\"kim\""), "{}", input(&page, "check-staff_name"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_see_their_name_in_their_own_file_and_others_without_the_role_do_not() {
    let app = TestApp::start().await;
    let file =
        async |user: &str| get(&app, "/kyc?bank_id=bank-1&customer_id=c-1", &[("cookie", session(user))]).await.body;
    let own = file("lee").await;
    assert!(own.contains("<strong>Customer c-1</strong>") && !own.contains("are not shown"), "{own}");
    let other = file("kim").await;
    assert!(!other.contains("<strong>Customer c-1</strong>") && other.contains("are not shown"), "{other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_super_admin_first_sees_what_to_do_and_no_refusal() {
    let app = TestApp::start().await;
    let page = get(&app, "/administration", &[("cookie", session("root"))]).await;
    assert!(!general_error(&page) && !page.body.contains("OBP-20006"), "{}", page.body);
    assert!(page.body.contains("Roles for yourself") && page.body.contains("CanGetEntitlementRequestsAtAnyBank"));
    // The control: a user with the role sees the requests.
    let page = get(&app, "/administration", &[("cookie", session("ada"))]).await;
    assert!(page.body.contains("No pending requests."), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_leads_back_to_the_exact_place() {
    let app = TestApp::start().await;
    for (path, next) in [
        ("/kyc?bank_id=bank-1&customer_id=c-1", "/kyc?bank_id=bank-1&customer_id=c-1"),
        ("/meetings?bank_id=bank-1&done=meeting&id=m-1", "/meetings?bank_id=bank-1"),
        ("/administration?username=a%26b", "/administration?username=a%26b"),
        ("/?tags=", "/?tags="),
        ("/explain/OBP-30111", "/explain/OBP-30111"),
    ] {
        let page = get(&app, path, &[]).await;
        let link = format!("href=\"/sign-in?next={}\"", next.bytes().map(as_link).collect::<String>());
        assert!(page.body.contains(&link), "{path}: {link}");
        let sign_in = get(&app, &link["href=\"".len()..link.len() - 1], &[]).await;
        let hidden = format!("name=\"next\" value=\"{}\"", next.replace('&', "&amp;"));
        assert!(sign_in.body.contains(&hidden), "{path}: {hidden}");
    }
    // The links at an operation lead back to that operation.
    let place = "/?bank_id=bank-1&tags=Customer#OBPv3_1_0-createCustomer";
    let link = format!("href=\"/sign-in?next={}\"", place.bytes().map(as_link).collect::<String>());
    let page = get(&app, "/?tags=Customer&bank_id=bank-1", &[]).await;
    assert!(page.body.matches(&link).count() >= 2, "{link}");
    assert_eq!(page.body.matches("href=\"/sign-in\"").count(), 0, "no link loses the place");
    // A form without a login leads back to its page.
    let visitor = get(&app, "/sign-in", &[]).await.cookie("visitor");
    let page = post(&app, "/kyc/check", &visitor, &[FILE[0], FILE[1], ("id", "k-1")]).await;
    assert!(page.body.contains("/sign-in?next=%2Fkyc%3Fbank_id%3Dbank-1%26customer_id%3Dc-1\""), "{}", page.body);
}

fn as_link(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~,@".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

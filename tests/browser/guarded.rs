//! The requests that the pages refuse, each beside one that they accept, and the headers of their responses.

use hyper::Method;
use reqwest::{StatusCode, redirect};
use serde_json::{Value, json};

use super::http::{Answer, ask, encoded, get, post, session};
use crate::support::TestApp;
use crate::support::tls::{Files, Pair};
use crate::support::world::token;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PASSWORD: &str = "Browser-Test-1";

/// Names and values of a request's headers.
type Headers = Vec<(&'static str, String)>;

/// The number of kim's requests, by the API.
async fn requests_of_kim(app: &TestApp) -> usize {
    let headers = [("directlogin", format!("token={}", token("kim")))];
    let answer = get(app, "/obp/v3.1.0/my/entitlement-requests", &headers).await;
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["entitlement_requests"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_carries_security_headers_and_the_api_is_open_to_all_origins() {
    let app = TestApp::start().await;
    let html = ("accept", "text/html".to_owned());
    let paths = [
        ("/", 200),
        ("/?tags=", 200),
        ("/sign-in", 200),
        ("/sign-up", 200),
        ("/applications", 200),
        ("/roles", 200),
        ("/administration", 200),
        ("/kyc?bank_id=bank-1&customer_id=c-1", 200),
        ("/kyc?bank_id=bank-1&customer_id=unknown", 200),
        ("/meetings?bank_id=bank-1", 200),
        ("/explain", 200),
        ("/explain/OBP-30111", 200),
        ("/explain/OBP-99999", 404),
        ("/no/such/page", 404),
        ("/sign-out", 405),
        ("/try", 405),
    ];
    for cookie in [String::new(), session("kim"), session("ada")] {
        for (path, status) in paths {
            let answer = get(&app, path, &[html.clone(), ("cookie", cookie.clone())]).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(answer.header("content-security-policy"), POLICY, "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
            for forbidden in ["<style", " style=", "<script>", "javascript:", " onclick", "http-equiv", &token("kim")] {
                assert!(!answer.body.contains(forbidden), "{path} has {forbidden}");
            }
        }
    }
    // The control: responses to clients are open to all origins, and are not pages.
    for path in ["/obp/v3.1.0/banks", "/no/such/path"] {
        let answer = get(&app, path, &[]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!((answer.header("content-security-policy"), answer.header("set-cookie")), ("", ""));
        assert_eq!(answer.header("content-type"), "application/json;charset=utf-8");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_accepted_from_this_origin_and_session_only() {
    let app = TestApp::start().await;
    let kim = session("kim");
    let of = |cookie: String| {
        let app = &app;
        async move { get(app, "/sign-in", &[("cookie", cookie)]).await.form_token() }
    };
    let (own, of_lee, of_visitor) = (of(kim.clone()).await, of(session("lee")).await, of(String::new()).await);
    let here = format!("http://{}", app.address);
    let site = |value: &str| vec![("sec-fetch-site", value.to_owned())];
    let origin = |value: &str| vec![("origin", value.to_owned())];
    let roles = ["CanCreateBank", "CanGetAnyUser", "CanGetConsumers"];
    let cases: [(&str, Headers, &str, bool); 15] = [
        ("the browser names this origin", site("same-origin"), &own, true),
        ("an older browser names this origin", origin(&here), &own, true),
        ("both", [site("same-origin"), origin(&here)].concat(), &own, true),
        ("another site", site("cross-site"), &own, false),
        ("another host of this site", site("same-site"), &own, false),
        ("a URL that the user typed", site("none"), &own, false),
        ("another origin", origin("http://evil.example"), &own, false),
        ("another port", origin("http://127.0.0.1:1"), &own, false),
        ("a hidden origin", origin("null"), &own, false),
        ("another site that names this origin", [site("cross-site"), origin(&here)].concat(), &own, false),
        ("no header", vec![], &own, false),
        ("no token", site("same-origin"), "", false),
        ("another user's token", site("same-origin"), &of_lee, false),
        ("a visitor's token", site("same-origin"), &of_visitor, false),
        ("an invalid token", site("same-origin"), "00", false),
    ];
    let mut accepted = 0;
    for (case, said, form_token, is_accepted) in cases {
        let mut headers = vec![("cookie", kim.clone())];
        headers.extend(said);
        let fields = encoded(&[("form_token", form_token), ("role_name", roles[accepted % 3]), ("bank_id", "")]);
        let answer = ask(&app, Method::POST, "/roles/request", &headers, fields).await;
        accepted += usize::from(is_accepted);
        assert_eq!(answer.status.as_u16(), if is_accepted { 303 } else { 403 }, "{case}");
        assert_eq!(requests_of_kim(&app).await, accepted, "{case}");
    }
    assert_eq!(accepted, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_changes_by_get() {
    let app = TestApp::start().await;
    let fields = "form_token=x&role_name=CanCreateBank&bank_id=&method=POST&url=/obp/v3.1.0/entitlement-requests\
        &body=%7B%22bank_id%22%3A%22%22%2C%22role_name%22%3A%22CanCreateBank%22%7D";
    for path in [
        "/try",
        "/sign-in",
        "/sign-out",
        "/roles/request",
        "/applications",
        "/administration/requests",
        "/administration/grant",
        "/administration/revoke",
        "/administration/unlock",
        "/kyc/status",
        "/meetings",
    ] {
        let headers = [("cookie", session("kim")), ("sec-fetch-site", "same-origin".to_owned())];
        let answer = get(&app, &format!("{path}?{fields}"), &headers).await;
        assert!(matches!(answer.status.as_u16(), 200 | 405), "{path}: {}", answer.status);
    }
    assert_eq!(requests_of_kim(&app).await, 0);
    // The control: the same by POST.
    let body = r#"{"bank_id":"","role_name":"CanCreateBank"}"#;
    let call = [("method", "POST"), ("url", "/obp/v3.1.0/entitlement-requests"), ("body", body)];
    let answer = post(&app, "/try", &session("kim"), &call).await;
    assert_eq!((answer.status.as_u16(), requests_of_kim(&app).await), (200, 1), "{}", answer.body);
}

/// Signs up over the API: the users of the fixture have no password.
async fn anna(app: &TestApp) {
    let draft = json!({"email": "anna@example.com", "username": "anna", "password": PASSWORD, "first_name": "", "last_name": ""});
    let headers = [("content-type", "application/json".to_owned())];
    let answer = ask(app, Method::POST, "/obp/v3.1.0/users", &headers, draft.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

async fn sign_in(app: &TestApp, username: &str, password: &str) -> Answer {
    let visitor = get(app, "/sign-in", &[]).await.cookie("visitor");
    post(app, "/sign-in", &visitor, &[("username", username), ("password", password)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_a_token_that_signing_out_ends() {
    let app = TestApp::start().await;
    anna(&app).await;
    let answer = sign_in(&app, "anna", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{}", answer.body);
    let cookie = answer.cookie("session");
    let set = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .any(|set| set.to_str().unwrap() == format!("{cookie}; HttpOnly; SameSite=Strict; Path=/"));
    assert!(set, "{:?}", answer.headers);
    let secret = cookie.split_once('=').unwrap().1.to_owned();
    let by_header = [("directlogin", format!("token={secret}"))];
    let me = "/obp/v3.1.0/users/current";
    assert_eq!(get(&app, me, &by_header).await.status, 200);
    // A cookie does not open the API: another site can make a browser send it.
    assert_eq!(get(&app, me, &[("cookie", cookie.clone())]).await.status, 401);
    assert!(get(&app, "/roles", &[("cookie", cookie.clone())]).await.body.contains("Roles I have"));

    let answer = post(&app, "/sign-out", &cookie, &[]).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("set-cookie").contains("session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"));
    assert_eq!(get(&app, me, &by_header).await.status, 401);
    let after = get(&app, "/roles", &[("cookie", cookie)]).await;
    assert!(!after.body.contains("Roles I have"));
    assert!(after.headers.get_all("set-cookie").iter().any(|set| set.to_str().unwrap().ends_with("Max-Age=0")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_answers_and_locks_as_the_api_does() {
    let app = TestApp::start().await;
    anna(&app).await;
    let words = |answer: &Answer| {
        let (_, rest) = answer.body.split_once("role=\"alert\">").expect("a refusal");
        rest.split("</div>").next().unwrap().to_owned()
    };
    let (wrong, unknown) = (sign_in(&app, "anna", "x").await, sign_in(&app, "unknown", "x").await);
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(words(&wrong), words(&unknown));
    assert!(words(&wrong).contains("Invalid login credentials. Check username/password."));
    // A quote in the user name cannot add a parameter to the login.
    let odd = sign_in(&app, "anna\", password=\"x", PASSWORD).await;
    assert_eq!(odd.status, 400);
    assert!(words(&odd).contains("Value contains invalid characters username"), "{}", words(&odd));
    for _ in 0..5 {
        assert_eq!(sign_in(&app, "anna", "x").await.status, 401);
    }
    let locked = sign_in(&app, "anna", PASSWORD).await;
    assert!(words(&locked).contains("The account has been locked"), "{}", words(&locked));
    // Text that looks like parameters of a login is a part of the password.
    let password = r#"abc", consumer_key="zzz", username="anna"#;
    let draft =
        json!({"email": "a@example.com", "username": "odd", "password": password, "first_name": "", "last_name": ""});
    let headers = [("content-type", "application/json".to_owned())];
    assert_eq!(ask(&app, Method::POST, "/obp/v3.1.0/users", &headers, draft.to_string()).await.status, 201);
    assert_eq!(sign_in(&app, "odd", password).await.status, 303);
    assert_eq!(sign_in(&app, "odd", "abc").await.status, 401);
    // The control: a user who is not locked signs in with the same password.
    let draft =
        json!({"email": "a@example.com", "username": "otto", "password": PASSWORD, "first_name": "", "last_name": ""});
    let headers = [("content-type", "application/json".to_owned())];
    assert_eq!(ask(&app, Method::POST, "/obp/v3.1.0/users", &headers, draft.to_string()).await.status, 201);
    assert_eq!(sign_in(&app, "otto", PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_have_one_application_which_can_be_disabled() {
    let app = TestApp::start().await;
    let key = || obp_host::app::own_consumer_key(&*app.app.onboarding.store, &app.app.onboarding.services.ambient);
    let (first, second) = tokio::join!(key(), key());
    let key = key().await.unwrap();
    assert_eq!((first.unwrap(), second.unwrap()), (key.clone(), key));
    anna(&app).await;
    assert_eq!(sign_in(&app, "anna", PASSWORD).await.status, 303);
    let headers = [("content-type", "application/json".to_owned()), ("directlogin", format!("token={}", token("ada")))];
    let path = "/obp/v3.1.0/management/consumers/api-explorer";
    let answer = ask(&app, Method::PUT, path, &headers, r#"{"enabled":false}"#.to_owned()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let refused = sign_in(&app, "anna", PASSWORD).await;
    assert_eq!(refused.status, 401);
    assert!(refused.body.contains("Invalid Consumer Key."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_cookies_are_for_tls_only_and_forms_are_accepted_as_without() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    let client = pair.client().redirect(redirect::Policy::none()).build().unwrap();
    let page = client.get(app.url("~/sign-in")).send().await.unwrap();
    assert_eq!(page.version(), hyper::Version::HTTP_2);
    let cookie = page.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-visitor=") && cookie.ends_with("; HttpOnly; SameSite=Strict; Secure; Path=/"));
    let page = Answer { status: page.status(), headers: page.headers().clone(), body: page.text().await.unwrap() };
    let fields = encoded(&[("form_token", &page.form_token()), ("username", "unknown"), ("password", "x")]);
    let own = app.url("~");
    for (origin, status) in [(own.as_str(), 401), ("https://evil.example", 403)] {
        let request = client.post(app.url("~/sign-in")).header("origin", origin);
        let request = request.header("cookie", page.cookie("__Host-visitor")).body(fields.clone());
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{origin}");
    }
}

/// The query, the path and the names in the head are as long as a head may be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_repeats_little_of_a_long_request() {
    const MORE_BYTES_MAX: usize = 64 << 10;
    let app = TestApp::start().await;
    let long = ["x", "%22", "%F0%9F%98%80", "1", "a,", "OBP-3"].map(|piece| piece.repeat(14_000 / piece.len()));
    let names =
        ["q", "tags", "bank_id", "account_id", "customer_id", "next", "username", "done", "id", "code", "unknown"];
    let paths =
        ["/", "/explain", "/sign-in", "/sign-up", "/applications", "/roles", "/administration", "/kyc", "/meetings"];
    for user in [None, Some("ada")] {
        let ask = async |path: &str, host: &str| {
            let mut headers = vec![("accept", "text/html".to_owned()), ("host", host.to_owned())];
            headers.extend(user.map(|user| ("cookie", session(user))));
            get(&app, path, &headers).await
        };
        for path in paths {
            let quiet = ask(&format!("{path}?tags="), "localhost").await;
            let most = quiet.body.len() + MORE_BYTES_MAX;
            for long in &long {
                let in_all: Vec<_> = names.iter().map(|name| format!("{name}={}", &long[..1200])).collect();
                let one = names.iter().map(|name| format!("tags=&{name}={long}"));
                for query in one.chain([in_all.join("&"), format!("{long}=1")]) {
                    let answer = ask(&format!("{path}?{query}"), "localhost").await;
                    let beginning = query.get(..60).unwrap();
                    assert!(answer.body.len() <= most, "{path}?{beginning}: {} > {most}", answer.body.len());
                    assert!(answer.status == quiet.status, "{path}?{beginning}: {}", answer.status);
                }
            }
            let far = ask(path, &format!("localhost:{}", "1".repeat(14_000))).await;
            assert!(far.body.len() <= most, "{path}: {} for a long name of the server", far.body.len());
        }
        for long in &long {
            for path in [format!("/explain/{long}"), format!("/{long}"), format!("/obp/v3.1.0/{long}")] {
                let answer = ask(&path, "localhost").await;
                assert_eq!(answer.status, 404);
                assert!(answer.body.len() <= MORE_BYTES_MAX, "{} for {}", answer.body.len(), path.get(..30).unwrap());
            }
        }
    }
}

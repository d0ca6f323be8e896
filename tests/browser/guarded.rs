//! What the pages refuse, and what they carry. Each refusal stands beside the request that is taken.

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, StatusCode, redirect};
use serde_json::{Value, json};

use obp_host::component::bindings::kyc_types::KycCheckDraft;
use obp_host::component::samples;

use crate::support::TestApp;
use crate::support::tls::{Files, Pair};
use crate::support::world::token;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PASSWORD: &str = "Browser-Test-1";

/// Of a request: names and values.
type Headers = Vec<(&'static str, String)>;

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What the page's forms carry.
    fn form_token(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"form_token\" value=\"").expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    /// The cookie of that name, as a request sends it.
    fn cookie(&self, name: &str) -> String {
        let set = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let mut found = set.filter(|cookie| cookie.starts_with(&format!("{name}=")));
        found.next().expect("the cookie").split(';').next().unwrap().to_owned()
    }
}

async fn ask(app: &TestApp, method: Method, path: &str, headers: &[(&'static str, String)], body: String) -> Answer {
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    let url = format!("http://{}{path}", app.address);
    let response = client.request(method, url).headers(headers).body(body).send().await.unwrap();
    Answer { status: response.status(), headers: response.headers().clone(), body: response.text().await.unwrap() }
}

async fn get(app: &TestApp, path: &str, headers: &[(&'static str, String)]) -> Answer {
    ask(app, Method::GET, path, headers, String::new()).await
}

/// Sends a form as a browser does from a page of the server's own.
async fn post(app: &TestApp, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let form_token = get(app, "/sign-in", &[("cookie", cookie.to_owned())]).await.form_token();
    let fields: Vec<_> = fields.iter().copied().chain([("form_token", form_token.as_str())]).collect();
    let headers = [("cookie", cookie.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
    ask(app, Method::POST, path, &headers, encoded(&fields)).await
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let field = |(name, value): &(&str, &str)| format!("{name}={}", value.bytes().map(byte).collect::<String>());
    fields.iter().map(field).collect::<Vec<_>>().join("&")
}

fn session(name: &str) -> String {
    format!("session={}", token(name))
}

/// What kim has asked for, by the API.
async fn requests_of_kim(app: &TestApp) -> usize {
    let headers = [("directlogin", format!("token={}", token("kim")))];
    let answer = get(app, "/obp/v3.1.0/my/entitlement-requests", &headers).await;
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["entitlement_requests"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_carries_what_keeps_it_to_itself_and_the_api_stays_open() {
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
        ("/kyc?bank_id=bank-1&customer_id=nobody", 200),
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
    // The control: what answers clients is open to all of them, and is no page.
    for path in ["/obp/v3.1.0/banks", "/no/such/path"] {
        let answer = get(&app, path, &[]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!((answer.header("content-security-policy"), answer.header("set-cookie")), ("", ""));
        assert_eq!(answer.header("content-type"), "application/json;charset=utf-8");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_taken_from_this_origin_and_session_only() {
    let app = TestApp::start().await;
    let kim = session("kim");
    let of = |cookie: String| {
        let app = &app;
        async move { get(app, "/sign-in", &[("cookie", cookie)]).await.form_token() }
    };
    let (own, of_lee, of_nobody) = (of(kim.clone()).await, of(session("lee")).await, of(String::new()).await);
    let here = format!("http://{}", app.address);
    let site = |value: &str| vec![("sec-fetch-site", value.to_owned())];
    let origin = |value: &str| vec![("origin", value.to_owned())];
    let roles = ["CanCreateBank", "CanGetAnyUser", "CanGetConsumers"];
    let cases: [(&str, Headers, &str, bool); 15] = [
        ("the browser says it is ours", site("same-origin"), &own, true),
        ("an older browser says so", origin(&here), &own, true),
        ("both", [site("same-origin"), origin(&here)].concat(), &own, true),
        ("another site", site("cross-site"), &own, false),
        ("a neighbour", site("same-site"), &own, false),
        ("an address that was typed", site("none"), &own, false),
        ("another origin", origin("http://evil.example"), &own, false),
        ("another port", origin("http://127.0.0.1:1"), &own, false),
        ("an origin that is hidden", origin("null"), &own, false),
        ("another site that claims to be ours", [site("cross-site"), origin(&here)].concat(), &own, false),
        ("nothing is said", vec![], &own, false),
        ("no token", site("same-origin"), "", false),
        ("somebody else's token", site("same-origin"), &of_lee, false),
        ("a visitor's token", site("same-origin"), &of_nobody, false),
        ("something like a token", site("same-origin"), "00", false),
    ];
    let mut taken = 0;
    for (case, said, form_token, is_taken) in cases {
        let mut headers = vec![("cookie", kim.clone())];
        headers.extend(said);
        let fields = encoded(&[("form_token", form_token), ("role_name", roles[taken % 3]), ("bank_id", "")]);
        let answer = ask(&app, Method::POST, "/roles/request", &headers, fields).await;
        taken += usize::from(is_taken);
        assert_eq!(answer.status.as_u16(), if is_taken { 303 } else { 403 }, "{case}");
        assert_eq!(requests_of_kim(&app).await, taken, "{case}");
    }
    assert_eq!(taken, 3);
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

/// Signs up over the API, so that there is somebody with a password.
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
        .any(|set| set.to_str().unwrap() == format!("{cookie}; Path=/; HttpOnly; SameSite=Strict"));
    assert!(set, "{:?}", answer.headers);
    let secret = cookie.split_once('=').unwrap().1.to_owned();
    let by_header = [("directlogin", format!("token={secret}"))];
    let me = "/obp/v3.1.0/users/current";
    assert_eq!(get(&app, me, &by_header).await.status, 200);
    // No cookie opens the API: what another site makes a browser send is nobody's.
    assert_eq!(get(&app, me, &[("cookie", cookie.clone())]).await.status, 401);
    assert!(get(&app, "/roles", &[("cookie", cookie.clone())]).await.body.contains("Roles I have"));

    let answer = post(&app, "/sign-out", &cookie, &[]).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("set-cookie").contains("session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
    assert_eq!(get(&app, me, &by_header).await.status, 401);
    let after = get(&app, "/roles", &[("cookie", cookie)]).await;
    assert!(!after.body.contains("Roles I have"));
    assert!(after.headers.get_all("set-cookie").iter().any(|set| set.to_str().unwrap().ends_with("Max-Age=0")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_tells_no_more_than_the_api_and_locks_as_it_does() {
    let app = TestApp::start().await;
    anna(&app).await;
    let words = |answer: &Answer| {
        let (_, rest) = answer.body.split_once("role=\"alert\">").expect("a refusal");
        rest.split("</div>").next().unwrap().to_owned()
    };
    let (wrong, nobody) = (sign_in(&app, "anna", "x").await, sign_in(&app, "nobody", "x").await);
    assert_eq!((wrong.status, nobody.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(words(&wrong), words(&nobody));
    assert!(words(&wrong).contains("Invalid login credentials. Check username/password."));
    // What is quoted in a header cannot become another parameter of it.
    let odd = sign_in(&app, "anna\", password=\"x", PASSWORD).await;
    assert_eq!(odd.status, 400);
    assert!(words(&odd).contains("Value contains invalid characters username"), "{}", words(&odd));
    for _ in 0..5 {
        assert_eq!(sign_in(&app, "anna", "x").await.status, 401);
    }
    let locked = sign_in(&app, "anna", PASSWORD).await;
    assert!(words(&locked).contains("The account has been locked"), "{}", words(&locked));
    // What looks like more of a login is part of the password, and its owner gets in.
    let password = r#"abc", consumer_key="zzz", username="anna"#;
    let draft =
        json!({"email": "a@example.com", "username": "odd", "password": password, "first_name": "", "last_name": ""});
    let headers = [("content-type", "application/json".to_owned())];
    assert_eq!(ask(&app, Method::POST, "/obp/v3.1.0/users", &headers, draft.to_string()).await.status, 201);
    assert_eq!(sign_in(&app, "odd", password).await.status, 303);
    assert_eq!(sign_in(&app, "odd", "abc").await.status, 401);
    // The control: who is not locked gets in with the same words.
    let draft =
        json!({"email": "a@example.com", "username": "otto", "password": PASSWORD, "first_name": "", "last_name": ""});
    let headers = [("content-type", "application/json".to_owned())];
    assert_eq!(ask(&app, Method::POST, "/obp/v3.1.0/users", &headers, draft.to_string()).await.status, 201);
    assert_eq!(sign_in(&app, "otto", PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_have_one_application_that_is_found_again_and_can_be_switched_off() {
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
async fn over_tls_cookies_are_for_tls_alone_and_forms_are_taken_alike() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    let client = pair.client().redirect(redirect::Policy::none()).build().unwrap();
    let page = client.get(app.url("~/sign-in")).send().await.unwrap();
    assert_eq!(page.version(), hyper::Version::HTTP_2);
    let cookie = page.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-visitor=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"));
    let page = Answer { status: page.status(), headers: page.headers().clone(), body: page.text().await.unwrap() };
    let fields = encoded(&[("form_token", &page.form_token()), ("username", "nobody"), ("password", "x")]);
    let own = app.url("~");
    for (origin, status) in [(own.as_str(), 401), ("https://evil.example", 403)] {
        let request = client.post(app.url("~/sign-in")).header("origin", origin);
        let request = request.header("cookie", page.cookie("__Host-visitor")).body(fields.clone());
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_api_can_be_tried() {
    let app = TestApp::start().await;
    for (method, url, status) in [
        ("GET", "/obp/v3.1.0/users/current", 200),
        ("DELETE", "/obp/v3.1.0/entitlement-requests/x", 200),
        ("GET", "/sign-out", 400),
        ("GET", "//evil.example/obp/", 400),
        ("GET", "http://evil.example/obp/", 400),
        ("GET", "", 400),
        ("TRACE", "/obp/v3.1.0/banks", 400),
        ("", "/obp/v3.1.0/banks", 400),
        ("GET", "/obp/v3.1.0/ba nks", 400),
    ] {
        let answer = post(&app, "/try", &session("kim"), &[("method", method), ("url", url)]).await;
        assert_eq!(answer.status, status, "{method} {url}: {}", answer.body);
    }
    let form_token = get(&app, "/", &[("cookie", session("kim"))]).await.form_token();
    let headers = [
        ("cookie", session("kim")),
        ("sec-fetch-site", "same-origin".to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    let fields = [("form_token", form_token.as_str()), ("method", "GET"), ("url", "/obp/v3.1.0/users/current")];
    let answer = ask(&app, Method::POST, "/try", &headers, encoded(&fields)).await;
    let tried: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((tried["status"].as_u64(), tried["line"].as_str()), (Some(200), Some("200 OK")));
    assert!(tried["body"].as_str().unwrap().contains("\"username\": \"kim\""));
    assert!(tried["curl"].as_str().unwrap().contains("token=$TOKEN"));
    assert!(!answer.body.contains(&token("kim")), "the token is not shown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assets_are_kept_by_browsers_for_as_long_as_they_are_the_same() {
    let app = TestApp::start().await;
    let page = get(&app, "/", &[]).await.body;
    let links: Vec<_> = page.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert_eq!(links.len(), 3, "{links:?}");
    for link in links {
        let answer = get(&app, link, &[]).await;
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let tag = answer.header("etag").to_owned();
        assert!(link.contains(tag.trim_matches('"')), "{link} {tag}");
        assert_eq!(get(&app, link, &[("if-none-match", tag)]).await.status, 304);
        assert_eq!(get(&app, link, &[("if-none-match", "\"x\"".to_owned())]).await.status, 200);
    }
    assert_eq!(get(&app, "/assets/pages-0000000000000000.css", &[]).await.status, 404);
    assert_eq!(get(&app, "/assets/../Cargo.toml", &[]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_wrote_is_shown_as_they_wrote_it() {
    let app = TestApp::start().await;
    let odd = "<script>alert(1)</script>\"'&";
    let draft = KycCheckDraft {
        customer_number: odd.to_owned(),
        staff_name: odd.to_owned(),
        comments: odd.to_owned(),
        ..samples::kyc_check_draft()
    };
    let draft = serde_json::to_string(&draft).unwrap();
    let headers = [("content-type", "application/json".to_owned()), ("directlogin", format!("token={}", token("kim")))];
    let path = "/obp/v3.1.0/banks/bank-1/customers/c-1/kyc_check/k-1";
    assert_eq!(ask(&app, Method::PUT, path, &headers, draft).await.status, 200);
    for path in [
        "/kyc?bank_id=bank-1&customer_id=c-1".to_owned(),
        format!("/?q={0}&bank_id={0}&customer_id={0}&tags={0}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%26"),
        "/explain/%3Cscript%3Ealert(1)%3C%2Fscript%3E".to_owned(),
        "/sign-in?username=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E".to_owned(),
    ] {
        let answer = get(&app, &path, &[("cookie", session("kim"))]).await;
        assert!(!answer.body.contains("<script>"), "{path}");
        assert!(answer.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{path}");
    }
}

//! The responses that pages show: tried calls, assets, texts of users, refusals of the API.

use hyper::Method;
use obp_host::component::bindings::kyc_types::KycCheckDraft;
use obp_host::component::samples;
use serde_json::Value;

use super::http::{ask, encoded, get, post, session};
use crate::support::TestApp;
use crate::support::world::token;

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
async fn browsers_cache_an_asset_until_it_changes() {
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
async fn texts_of_users_are_shown_literally() {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_not_a_date_reaches_the_api_and_shows_its_refusal() {
    let app = TestApp::start().await;
    let add = async |date: &str| {
        let fields = [
            ("bank_id", "bank-1"),
            ("customer_id", "c-1"),
            ("id", "k-1"),
            ("customer_number", "4711"),
            ("date", date),
            ("how", "online_meeting"),
            ("staff_name", "kim"),
            ("comments", ""),
        ];
        post(&app, "/kyc/check", &session("kim"), &fields).await
    };
    let refused = add("soon").await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(
        refused.body.contains("The value of date must be a date such as 2017-09-19T00:00:00Z."),
        "{}",
        refused.body
    );
    // The form keeps the user's text.
    assert!(refused.body.contains("value=\"soon\""));
    // The control: a date in the form of the field.
    let added = add("2017-09-19T10:30").await;
    assert_eq!(
        (added.status.as_u16(), added.header("location")),
        (303, "/kyc?bank_id=bank-1&customer_id=c-1&done=check&id=k-1")
    );
    let page = get(&app, added.header("location"), &[("cookie", session("kim"))]).await;
    assert!(page.body.contains("Check added.") && page.body.contains("2017-09-19 10:30"));
}

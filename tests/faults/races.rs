//! Requests that race: distinct records are all stored, and a unique name is given once.

use reqwest::Method;

use crate::support::{TestApp, check_body, get, send, try_put};

const AT_ONCE: usize = 64;

/// Sends all requests at once, each on its own connection, and returns the sorted responses.
async fn race(app: &TestApp, request: impl Fn(usize) -> (Method, String, String)) -> Vec<(u16, String)> {
    let racers: Vec<_> = (0..AT_ONCE)
        .map(|racer| {
            let (method, path, body) = request(racer);
            let url = app.url(&path);
            tokio::spawn(
                async move { send(&reqwest::Client::new(), method, "kim", url, body).await.expect("an answer") },
            )
        })
        .collect();
    let mut answers = Vec::new();
    for racer in racers {
        answers.push(racer.await.unwrap());
    }
    answers.sort();
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writes_of_distinct_records_all_succeed() {
    let app = TestApp::start().await;
    let answers = race(&app, |racer| {
        (Method::PUT, format!("/banks/bank-1/customers/c-1/kyc_check/k-{racer}"), check_body("race"))
    })
    .await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    let listed = get(&reqwest::Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let mut ids: Vec<_> =
        listed["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), AT_ONCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_concurrent_creations_of_one_account_exactly_one_succeeds() {
    let app = TestApp::start().await;
    let answers = race(&app, |racer| {
        let body = format!(
            r#"{{"user_id":"","label":"of {racer}","type":"CURRENT","balance":{{"currency":"EUR","amount":"0"}},"branch_id":"1","account_routing":{{"scheme":"OBP","address":"A"}}}}"#
        );
        (Method::PUT, "/banks/bank-1/accounts/the-one".to_owned(), body)
    })
    .await;
    let (winners, losers): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == 200);
    assert_eq!(winners.len(), 1);
    let taken = r#"{"code":400,"message":"OBP-30208: Account_ID already exists at the Bank."}"#;
    assert!(losers.iter().all(|loser| *loser == (400, taken.to_owned())), "{losers:?}");
    // The account has the values of the successful request only.
    let accounts = get(&reqwest::Client::new(), "kim", app.url("/my/accounts")).await;
    let accounts: serde_json::Value = serde_json::from_str(&accounts).unwrap();
    let winner: serde_json::Value = serde_json::from_str(&winners[0].1).unwrap();
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(accounts["accounts"][0]["label"], winner["label"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_concurrent_registrations_of_one_user_name_exactly_one_succeeds() {
    let app = TestApp::start().await;
    let answers = race(&app, |racer| {
        let body = format!(
            r#"{{"email":"r{racer}@example.com","username":"the-one","password":"Abcdefg12!","first_name":"F","last_name":"L"}}"#
        );
        (Method::POST, "/users".to_owned(), body)
    })
    .await;
    let created = answers.iter().filter(|(status, _)| *status == 201).count();
    let taken = (409, r#"{"code":409,"message":"User with the same username already exists."}"#.to_owned());
    assert_eq!((created, answers.iter().filter(|answer| **answer == taken).count()), (1, AT_ONCE - 1), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_password_attempts_cannot_exceed_the_limit() {
    let app = TestApp::start().await;
    let client = reqwest::Client::new();
    let body =
        r#"{"email":"g@example.com","username":"guessed","password":"Abcdefg12!","first_name":"F","last_name":"L"}"#;
    let (status, _) = send(&client, Method::POST, "kim", app.url("/users"), body.to_owned()).await.unwrap();
    assert_eq!(status, 201);
    let login = |password: &'static str| {
        let url = app.url("~/my/logins/direct");
        async move {
            let value = format!(r#"username="guessed", password="{password}", consumer_key="key-1""#);
            let response = reqwest::Client::new().post(url).header("DirectLogin", value).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        }
    };
    // Several correct passwords at once do not lock the user.
    let right: Vec<_> = (0..8).map(|_| tokio::spawn(login("Abcdefg12!"))).collect();
    for login in right {
        assert_eq!(login.await.unwrap().0, 201);
    }
    let wrong: Vec<_> = (0..20).map(|_| tokio::spawn(login("wrong"))).collect();
    for login in wrong {
        let refused = r#"{"code":401,"message":"OBP-20004: Invalid login credentials. Check username/password."}"#;
        assert_eq!(login.await.unwrap().1, refused);
    }
    // Attempts during the lock do not count.
    let status = get(&client, "ada", app.url("/users/guessed/lock-status")).await;
    assert!(status.contains(r#""bad_attempts_since_last_success_or_reset":6,"#), "{status}");
    // The user is locked, and only the right password shows it.
    let (status, body) = login("Abcdefg12!").await;
    assert_eq!(status, 401);
    assert!(body.contains("OBP-20013: The account has been locked, please contact an administrator!"), "{body}");
}

/// Many requests put the same record. One of them is the last, and its record is complete.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writes_of_one_record_leave_one_complete_record() {
    let app = TestApp::start().await;
    let answers = race(&app, |racer| {
        (Method::PUT, "/banks/bank-1/customers/c-1/kyc_check/k".to_owned(), check_body(&format!("by {racer}")))
    })
    .await;
    let listed = get(&reqwest::Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await;
    let only = listed.strip_prefix(r#"{"checks":["#).and_then(|rest| rest.strip_suffix("]}")).unwrap();
    assert!(answers.iter().any(|(status, body)| (*status, body.as_str()) == (200, only)), "{listed}");
    let (status, _) =
        try_put(&reqwest::Client::new(), "kim", app.url("/banks/bank-1/customers/c-1/kyc_check/k"), check_body("last"))
            .await
            .unwrap();
    assert_eq!(status, 200);
}

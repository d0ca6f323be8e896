//! The clock jumps by years and comes back. Tokens survive it, and nothing panics at any time.

use std::sync::Arc;

use obp_host::ambient::Ambient;
use obp_host::credentials::digest;
use obp_host::storage::{Expect, Snapshot, Statement, Store, Value, logins};
use reqwest::{Client, Method};

use crate::support::{TestApp, sample_body};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
const YEAR_MS: i64 = 365 * DAY_MS;
/// The time for which a token is valid.
const TOKEN_MS: i64 = 28 * DAY_MS;

/// A server with the user zoe, who can log in.
struct Clocked {
    app: TestApp,
    client: Client,
}

impl Clocked {
    async fn start() -> Self {
        let app = TestApp::with(&[
            ("OBP_HOST_MEETINGS__ENABLED", "true"),
            ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__KIND", "jitsi"),
            ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__APP_ID", "bank"),
            ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__SECRET", "hush"),
        ])
        .await;
        let clocked = Self { app, client: Client::new() };
        let body = r#"{"email":"zoe@example.com","username":"zoe","password":"Abcdefg12!","first_name":"Zoe","last_name":"T"}"#;
        assert_eq!(clocked.send(Method::POST, "/users", "", body).await.0, 201);
        clocked
    }

    fn clock(&self) -> &Ambient {
        &self.app.app.onboarding.services.ambient
    }

    async fn send(&self, method: Method, path: &str, header: &str, body: &str) -> (u16, String) {
        let request = self.client.request(method, self.app.url(path)).header("DirectLogin", header);
        let request = request.header("Content-Type", "application/json").body(body.to_owned());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn login(&self) -> String {
        let header = r#"username="zoe", password="Abcdefg12!", consumer_key="key-1""#;
        let (status, body) = self.send(Method::POST, "~/my/logins/direct", header, "").await;
        assert_eq!(status, 201, "{body}");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        format!("token={}", body["token"].as_str().unwrap())
    }

    /// The status of a read with this token.
    async fn status(&self, token: &str) -> u16 {
        self.send(Method::GET, "/users/current", token, "").await.0
    }

    async fn tokens(&self) -> i64 {
        let connection = rusqlite::Connection::open(self.app.data.path().join("onboarding.db")).unwrap();
        connection.query_row("SELECT count(*) FROM tokens", [], |row| row.get(0)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_work_again_when_the_clock_is_right_again() {
    let server = Clocked::start().await;
    // The process is old enough that its clock was trusted.
    server.clock().pass_ms(2 * HOUR_MS);
    let token = server.login().await;
    assert_eq!(server.status(&token).await, 200);
    let before = server.tokens().await;
    let mut issued = 0;
    for jump in [YEAR_MS, 5 * YEAR_MS, 200 * YEAR_MS, -YEAR_MS, -50 * YEAR_MS] {
        server.clock().jump_ms(jump);
        assert_eq!(server.status(&token).await, 401, "{jump}");
        // Each login of the old code deleted expired tokens.
        for _ in 0..3 {
            let wrong = server.login().await;
            assert_eq!(server.status(&wrong).await, 200, "{jump}");
            issued += 1;
        }
        server.clock().jump_ms(-jump);
        assert_eq!(server.status(&token).await, 200, "{jump}");
    }
    assert_eq!(server.tokens().await, before + issued, "nothing was deleted");

    // The control: the deletion as it was.
    server.clock().jump_ms(5 * YEAR_MS);
    let delete = Statement {
        sql: "DELETE FROM tokens WHERE expires_ms <= $1",
        values: vec![Value::Int(server.clock().now_ms())],
        expect: Expect::Any,
    };
    server.app.app.onboarding.store.commit(vec![delete]).await.unwrap();
    server.clock().jump_ms(-5 * YEAR_MS);
    assert_eq!(server.status(&token).await, 401, "the control");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_refused_before_it_was_issued() {
    let server = Clocked::start().await;
    let token = server.login().await;
    let minute = 60 * 1000;
    for (jump, status) in
        [(0, 200), (-4 * minute, 200), (-6 * minute, 401), (-YEAR_MS, 401), (TOKEN_MS - 1, 200), (TOKEN_MS, 401)]
    {
        server.clock().jump_ms(jump);
        assert_eq!(server.status(&token).await, status, "{jump}");
        server.clock().jump_ms(-jump);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_deleted_four_weeks_after_they_expired_while_the_clock_is_trusted() {
    let server = Clocked::start().await;
    let connection = rusqlite::Connection::open(server.app.data.path().join("onboarding.db")).unwrap();
    connection.execute("DELETE FROM tokens", []).unwrap();
    server.login().await;
    // The time that passes, and the tokens after a further login.
    for (pass, left) in [(TOKEN_MS, 2), (TOKEN_MS - 1, 3), (1, 3)] {
        server.clock().pass_ms(pass);
        server.login().await;
        assert_eq!(server.tokens().await, left, "{pass}");
    }
    // The next one is due, but the clock has jumped.
    server.clock().jump_ms(-2 * HOUR_MS);
    server.clock().pass_ms(2 * TOKEN_MS);
    server.login().await;
    assert_eq!(server.tokens().await, 4);
}

/// Operations that read the clock or compute with dates, and others.
const OPERATIONS: [(&str, &str); 12] = [
    ("PUT", "/banks/bank-1/accounts/a-#"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_check/k-#"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_documents/d-#"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_media/m-#"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_statuses"),
    ("GET", "/customers/c-1/kyc_checks"),
    ("GET", "/customers/c-1/kyc_documents"),
    ("GET", "/customers/c-1/kyc_media"),
    ("GET", "/customers/c-1/kyc_statuses"),
    ("GET", "/users/current"),
    ("GET", "/my/entitlements"),
    ("GET", "/my/accounts"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_at_every_time() {
    const YEAR_9999_MS: i64 = 253_370_764_800_000;
    let seed = std::process::id().into();
    println!("seed {seed}");
    let chance = Ambient::fixed(0, seed);
    let mut times =
        vec![i64::MIN, i64::MIN + 1, -YEAR_MS, -1, 0, 1, YEAR_9999_MS, 2 * YEAR_9999_MS, i64::MAX - 1, i64::MAX];
    times.extend((0..10).map(|shift| i64::from_le_bytes(chance.random().unwrap()) >> (4 * shift)));
    let server = Clocked::start().await;
    for (number, time) in times.into_iter().enumerate() {
        // The clock stops at 1970, so the second jump starts there.
        server.clock().jump_ms(i64::MIN);
        server.clock().jump_ms(time);
        println!("{time}: {}", server.clock().now_ms());
        let token = server.login().await;
        for (method, path) in OPERATIONS {
            let path = path.replace('#', &number.to_string());
            let (status, body) = server.send(method.parse().unwrap(), &path, &token, &sample_body(&path)).await;
            assert!((200..300).contains(&status), "{time} {method} {path}: {status} {body}");
        }
    }
}

/// A store of an earlier version: its tokens count as issued four weeks before they expire.
#[tokio::test]
async fn tokens_of_an_earlier_version_stay_valid() {
    let data = crate::support::folder().unwrap();
    let path = data.path().join("onboarding.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(include_str!("../../host/crates/storage/src/migrations/0001_initial.sql")).unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (user_id, email, provider, provider_id, username, first_name, last_name, password_hash)
                VALUES ('u-1', '', '', 'kim', 'kim', '', '', '');
            INSERT INTO consumers VALUES ('c-1', 'k', '', '', '', '', '', '', NULL, 1, 0, 1);
            PRAGMA user_version = 1;",
        )
        .unwrap();
    let insert = "INSERT INTO tokens VALUES (?1, 'u-1', 'c-1', ?2)";
    let now = 10 * YEAR_MS;
    connection.execute(insert, (digest("token"), now + TOKEN_MS)).unwrap();
    drop(connection);
    let store: Arc<dyn Store> = Arc::new(crate::support::process::store(data.path()));
    for (at, known) in [(now, true), (now - DAY_MS, false), (now + TOKEN_MS - 1, true), (now + TOKEN_MS, false)] {
        let mut snapshot: Box<dyn Snapshot> = store.read().await.unwrap();
        let owner = logins::token_owner(&mut *snapshot, &digest("token"), at).await.unwrap();
        assert_eq!(owner.is_some(), known, "{at}");
    }
}

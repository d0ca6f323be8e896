//! A misbehaving guest harms only its own request. The guest is a build of the real one that misbehaves on request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use obp_host::storage::{CommitError, Param, Pending, Rows, Snapshot, Statement, Store, StoreError, statement};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::app::FAULTY;
use crate::support::process::store;
use crate::support::{TestApp, check_body, get, sample_body, send, try_put, unknown_error, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_traps_after_it_has_built_its_changes_writes_nothing() {
    let app = TestApp::with(&[("OBP_HOST_COMPONENT", FAULTY)]).await;
    let client = reqwest::Client::new();
    let url = || app.url("/banks/bank-1/customers/c-1/kyc_check/k-1");
    assert_eq!(try_put(&client, "kim", url(), check_body("fault: trap")).await.unwrap(), unknown_error(500));
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
    // The next request succeeds. Without the trap, the same changes are written.
    assert_eq!(try_put(&client, "kim", url(), check_body("no fault")).await.unwrap().0, 200);
    assert_ne!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
}

/// A store whose reads fail while the switch is on, except those that authenticate the caller.
struct FailingStore {
    inner: Arc<dyn Store>,
    failing: Arc<AtomicBool>,
}

struct FailingSnapshot {
    inner: Box<dyn Snapshot>,
    failing: Arc<AtomicBool>,
}

impl Store for FailingStore {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async {
            let snapshot = FailingSnapshot { inner: self.inner.read().await?, failing: Arc::clone(&self.failing) };
            Ok(Box::new(snapshot) as Box<dyn Snapshot>)
        })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        self.inner.commit(statements)
    }
}

impl Snapshot for FailingSnapshot {
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        if self.failing.load(Ordering::Relaxed) && !sql.contains("FROM tokens") {
            return Box::pin(std::future::ready(Err(StoreError::Failed("injected".to_owned()))));
        }
        self.inner.rows(sql, params)
    }
}

/// The thirteen operations, each with a request that reaches its reads.
const THIRTEEN: [(&str, &str); 13] = [
    ("PUT", "/banks/bank-1/accounts/a"),
    ("POST", "/banks/bank-1/meetings"),
    ("GET", "/banks/bank-1/meetings/m"),
    ("GET", "/banks/bank-1/meetings"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_check/k"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_documents/d"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_media/m"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_statuses"),
    ("GET", "/customers/c-1/kyc_checks"),
    ("GET", "/customers/c-1/kyc_documents"),
    ("GET", "/customers/c-1/kyc_media"),
    ("GET", "/customers/c-1/kyc_statuses"),
    ("POST", "/users"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_fails_is_a_500_writes_nothing_and_harms_no_later_request() {
    let failing = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&failing);
    let app = TestApp::over(|inner| Arc::new(FailingStore { inner, failing: switch })).await;
    let client = reqwest::Client::new();
    for (method, path) in THIRTEEN {
        let answer = send(&client, method.parse().unwrap(), "kim", app.url(path), sample_body(path)).await.unwrap();
        assert_eq!(answer, unknown_error(500), "{method} {path}");
    }
    failing.store(false, Ordering::Relaxed);
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
    for (method, path) in THIRTEEN {
        let (status, body) =
            send(&client, method.parse().unwrap(), "kim", app.url(path), sample_body(path)).await.unwrap();
        assert!(status < 500, "{method} {path}: {status} {body}");
    }
}

/// A client cannot make a list unreadable by filling it: the response has the newest records up to the limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_too_large_is_cut_off_and_not_lost() {
    let app = TestApp::start().await;
    let large = "😀".repeat(2000);
    let changes = (0..700).map(|number| world::check("bank-1", "c-1", &format!("k-{number}"), &large));
    store(app.data.path()).commit(changes.map(statement).collect()).await.unwrap();
    let listed = get(&reqwest::Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let checks = listed["checks"].as_array().unwrap();
    assert_eq!(checks[0]["id"], "k-699");
    assert!((400..700).contains(&checks.len()), "{} checks", checks.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_do_not_delay_other_clients() {
    let app = TestApp::with(&[("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "2")]).await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
        let head = "POST /obp/v3.1.0/users HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 95\r\n\r\n{";
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    assert_eq!(get(&reqwest::Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
    // The slow clients are still connected, and are answered when they have sent the whole request.
    for mut stream in slow {
        stream.write_all(&[b' '; 94]).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 "), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saturated_server_says_so_and_when_to_come_again() {
    let settings = [
        ("OBP_HOST_COMPONENT", FAULTY),
        ("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "1"),
        ("OBP_HOST_LIMITS__GUEST_MS_MAX", "2000"),
    ];
    let app = TestApp::with(&settings).await;
    let url = app.url("/banks/bank-1/customers/c-1/kyc_check/k-1");
    let looping =
        tokio::spawn(async move { try_put(&reqwest::Client::new(), "kim", url, check_body("fault: loop")).await });
    app.at_work(1).await;
    let client = reqwest::Client::new();
    let saturated = client.get(app.url("/banks")).send().await.unwrap();
    assert_eq!((saturated.status().as_u16(), saturated.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    let busy = r#"{"code":503,"message":"OBP-10040: The Service is too busy, please try it later."}"#;
    assert_eq!(saturated.text().await.unwrap(), busy);
    assert_eq!(looping.await.unwrap().unwrap().0, 504);
    assert_eq!(client.get(app.url("/banks")).send().await.unwrap().status(), 200);
}

//! A host that does not answer. A request waits until its limit, and holds nothing that other requests need.

use std::sync::Arc;

use obp_host::component::CallLimits;
use obp_host::storage::{CommitError, Param, Pending, Rows, Snapshot, Statement, Store, StoreError};
use reqwest::{Client, Method};

use crate::support::apart::{Apart, ordinary};
use crate::support::{TestApp, check_body, get, send, try_put, unknown_error};

const FOR_EVER_MS: u64 = 3_600_000;
/// The fault runs for many ticks on any machine, and still ends soon.
const LONG: &str = "200000000";

/// A store that never answers reads about `silent`.
struct SilentStore(Arc<dyn Store>);

struct SilentSnapshot(Box<dyn Snapshot>);

impl Store for SilentStore {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async { Ok(Box::new(SilentSnapshot(self.0.read().await?)) as Box<dyn Snapshot>) })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        self.0.commit(statements)
    }
}

impl Snapshot for SilentSnapshot {
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        if params.iter().any(|param| matches!(param, Param::Text("silent"))) {
            return Box::pin(std::future::pending());
        }
        self.0.rows(sql, params)
    }
}

async fn server(limit: impl FnOnce(&mut CallLimits) + Send + 'static) -> Apart {
    Apart::start(2, TestApp::faulty(limit, |inner| Arc::new(SilentStore(inner)))).await
}

async fn ask(app: Arc<TestApp>) -> Option<(u16, String)> {
    send(&Client::new(), Method::GET, "kim", app.url("/customers/silent/kyc_checks"), String::new()).await
}

async fn put(app: Arc<TestApp>, id: &str, comments: String) -> Option<(u16, String)> {
    let url = app.url(&format!("/banks/bank-1/customers/c-1/kyc_check/{id}"));
    try_put(&Client::new(), "kim", url, check_body(&comments)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_whose_import_never_answers_ends_and_delays_no_other() {
    let server = server(|limits| limits.host_ms_max = 300).await;
    let waiting: Vec<_> = (0..20).map(|_| tokio::spawn(ask(Arc::clone(&server.app)))).collect();
    ordinary(&server.app, 4, 5, &Arc::default()).await;
    for request in waiting {
        assert_eq!(request.await.unwrap(), Some(unknown_error(504)));
    }
}

/// The control: without a limit, the requests still wait when all others are answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_limit_a_request_whose_import_never_answers_waits_for_ever() {
    let server = server(|limits| limits.host_ms_max = FOR_EVER_MS).await;
    let waiting: Vec<_> = (0..20).map(|_| tokio::spawn(ask(Arc::clone(&server.app)))).collect();
    server.app.at_work(20).await;
    ordinary(&server.app, 4, 5, &Arc::default()).await;
    assert!(waiting.iter().all(|request| !request.is_finished()));
    drop(server);
    for request in waiting {
        assert_eq!(request.await.unwrap(), None);
    }
}

/// The host's time does not count as the guest's: a guest may wait longer than it may run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_guest_uses_no_running_time_and_no_permit() {
    let server =
        server(|limits| (limits.slow_calls_max, limits.guest_ms_max, limits.host_ms_max) = (1, 60_000, FOR_EVER_MS))
            .await;
    // This guest runs until it has the only permit, then waits for ever.
    let app = Arc::clone(&server.app);
    let waiting = tokio::spawn(async move { put(app, "k-1", format!("fault: work-and-wait {LONG}")).await });
    server.app.at_work(1).await;
    // Each of these guests also needs the permit, and gets it.
    for id in ["k-2", "k-3"] {
        let (status, body) = put(Arc::clone(&server.app), id, format!("fault: work {LONG}")).await.unwrap();
        assert_eq!(status, 200, "{body}");
    }
    assert!(!waiting.is_finished());
    assert!(get(&Client::new(), "kim", server.app.url("/customers/c-1/kyc_checks")).await.contains(r#""id":"k-3""#));
    drop(server);
    assert_eq!(waiting.await.unwrap(), None);
}

//! A guest that misbehaves harms its own request only. The guest is a build of the real one that does so on request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use obp_host::storage::{CommitError, Param, Pending, Rows, Snapshot, Statement, Store, StoreError};

use crate::support::{TestApp, check_body, get, try_put};

const FAULTY: &str = concat!(env!("OUT_DIR"), "/onboarding.wasm");
const UNKNOWN: &str = r#"{"code":500,"message":"OBP-50000: Unknown Error."}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_traps_after_it_has_built_its_changes_writes_nothing() {
    let app = TestApp::with(&[("OBP_HOST_COMPONENT", FAULTY)]).await;
    let client = reqwest::Client::new();
    let url = || app.url("/banks/bank-1/customers/c-1/kyc_check/k-1");
    assert_eq!(try_put(&client, "kim", url(), check_body("fault: trap")).await.unwrap(), (500, UNKNOWN.to_owned()));
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
    // The next request is unharmed; and without the trap, the same changes are written.
    assert_eq!(try_put(&client, "kim", url(), check_body("no fault")).await.unwrap().0, 200);
    assert_ne!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_loops_is_stopped_and_others_do_not_notice() {
    let app = TestApp::with(&[("OBP_HOST_COMPONENT", FAULTY), ("OBP_HOST_LIMITS__GUEST_MS_MAX", "100")]).await;
    let looping: Vec<_> = (0..8)
        .map(|number| {
            let url = app.url(&format!("/banks/bank-1/customers/c-1/kyc_check/loop-{number}"));
            tokio::spawn(async move {
                try_put(&reqwest::Client::new(), "kim", url, check_body("fault: loop")).await.unwrap()
            })
        })
        .collect();
    let client = reqwest::Client::new();
    for number in 0..20 {
        let url = app.url(&format!("/banks/bank-1/customers/c-1/kyc_check/good-{number}"));
        assert_eq!(try_put(&client, "kim", url, check_body("")).await.unwrap().0, 200);
    }
    for request in looping {
        assert_eq!(request.await.unwrap(), (504, r#"{"code":504,"message":"OBP-50000: Unknown Error."}"#.to_owned()));
    }
    let listed = get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await;
    assert!(!listed.contains("loop-"), "{listed}");
}

/// A store whose customers cannot be read, while the switch is on.
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
        if self.failing.load(Ordering::Relaxed) && sql.contains("customers") {
            return Box::pin(std::future::ready(Err(StoreError::Failed("injected".to_owned()))));
        }
        self.inner.rows(sql, params)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_fails_is_a_500_writes_nothing_and_harms_no_other_request() {
    let failing = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&failing);
    let app = TestApp::over(|inner| Arc::new(FailingStore { inner, failing: switch })).await;
    let client = reqwest::Client::new();
    let url = || app.url("/banks/bank-1/customers/c-1/kyc_check/k-1");
    assert_eq!(try_put(&client, "kim", url(), check_body("")).await.unwrap(), (500, UNKNOWN.to_owned()));
    assert!(get(&client, "kim", app.url("/banks")).await.contains("bank-1"), "what needs no customer is answered");
    failing.store(false, Ordering::Relaxed);
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);
    assert_eq!(try_put(&client, "kim", url(), check_body("")).await.unwrap().0, 200);
}

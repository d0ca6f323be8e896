//! A store whose reads wait until the test opens a gate, so that a test knows which requests are in progress at once.

use std::sync::Arc;

use obp_host::storage::{CommitError, Pending, Snapshot, Statement, Store, StoreError};
use tokio::sync::Semaphore;

pub struct Gate {
    arrived: Semaphore,
    open: Semaphore,
}

impl Gate {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { arrived: Semaphore::new(0), open: Semaphore::new(0) })
    }

    /// The store, with the gate in front of its reads.
    pub fn before(self: &Arc<Self>, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(GatedStore { inner, gate: Arc::clone(self) })
    }

    /// Waits until this many requests wait at the gate.
    pub async fn arrived(&self, requests: u32) {
        self.arrived.acquire_many(requests).await.expect("it stays open").forget();
    }

    /// Opens the gate for waiting and for later requests.
    pub fn open(&self) {
        self.open.close();
    }
}

struct GatedStore {
    inner: Arc<dyn Store>,
    gate: Arc<Gate>,
}

impl Store for GatedStore {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async {
            self.gate.arrived.add_permits(1);
            let _ = self.gate.open.acquire().await;
            self.inner.read().await
        })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        self.inner.commit(statements)
    }
}

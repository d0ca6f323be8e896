//! Clients that write KYC checks without pause, and remember which writes were acknowledged.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use obp_host::storage::Store as _;
use tokio::task::JoinSet;

use super::{check_body, process, try_put};

const WRITERS: usize = 16;
/// Fewer records than a list may have.
const WRITES_OF_A_WRITER_MAX: usize = 500;

/// Writers for one customer of `bank-1`.
pub struct Writers {
    acknowledged: Arc<Mutex<BTreeSet<String>>>,
    tasks: JoinSet<()>,
}

impl Writers {
    /// Starts to write for this customer. The ids of the checks begin with `prefix`.
    pub fn start(url: &str, customer_id: &str, prefix: &str) -> Self {
        let acknowledged = Arc::<Mutex<BTreeSet<String>>>::default();
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let path = format!("{url}/obp/v3.1.0/banks/bank-1/customers/{customer_id}/kyc_check");
            tasks.spawn(write(path, format!("{prefix}-{writer}"), Arc::clone(&acknowledged)));
        }
        Self { acknowledged, tasks }
    }

    /// The ids of the checks that were acknowledged so far.
    pub fn acknowledged(&self) -> BTreeSet<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Waits until so many writes are acknowledged.
    pub async fn reach(&self, count: usize) {
        while self.acknowledged.lock().unwrap().len() < count {
            assert!(!self.tasks.is_empty(), "the writers have ended");
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the writers have ended with the server. Returns all acknowledged ids.
    pub async fn ended(mut self) -> BTreeSet<String> {
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        self.acknowledged()
    }
}

/// Writes until the server has ended.
async fn write(path: String, prefix: String, acknowledged: Arc<Mutex<BTreeSet<String>>>) {
    let client = reqwest::Client::new();
    for number in 0..WRITES_OF_A_WRITER_MAX {
        let id = format!("{prefix}-{number}");
        match try_put(&client, "kim", format!("{path}/{id}"), check_body("under load")).await {
            Some((200, _)) => acknowledged.lock().unwrap().insert(id),
            Some((status, body)) => panic!("{status} {body}"),
            None => return,
        };
    }
}

/// The ids of the customer's checks in the store of that folder, which no server uses. The store opens it; SQLite alone reads
/// it, because a list of the store has an end.
pub async fn stored(data: &Path, customer_id: &str) -> BTreeSet<String> {
    process::store(data).close().await.unwrap();
    let database = rusqlite::Connection::open(data.join("onboarding.db")).unwrap();
    let mut ids = database.prepare("SELECT id FROM kyc_checks WHERE customer_id = ?1").unwrap();
    let ids = ids.query_map([customer_id], |row| row.get(0)).unwrap();
    ids.map(Result::unwrap).collect()
}

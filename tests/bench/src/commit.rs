//! `commit.*`: durable writes per second of many concurrent writers, with batches of commits and without.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use obp_host::app::store_options;
use obp_host::component::bindings::Change;
use obp_host::storage::sqlite::{Options, SqliteStore};
use obp_host::storage::{Store as _, statement};
use tokio::runtime::Runtime;

use crate::Bench;
use crate::data::{Customers, check, config, fill};
use crate::report::progress;
use crate::rounds::interleaved;

const WRITERS: u64 = 64;
const TIME: Duration = Duration::from_millis(1_500);
const BATCHED: usize = 0;
const SINGLE: usize = 1;

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if !bench.report.wants(|name| name.starts_with("commit.")) {
        return Ok(());
    }
    progress("commit: in batches and single, in turn");
    let open = |name: &str, group_max: Option<usize>| {
        let data = bench.folder.path().join(name);
        fill(&data, Customers { one: WRITERS, many: 0 })?;
        store(&data, group_max)
    };
    let stores = [open("commit-batched", None)?, open("commit-single", Some(1))?];
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let rounds = interleaved(bench.rounds, stores.len(), |subject| {
        runtime.block_on(per_second(&runtime, stores.get(subject).context("no such store")?))
    })?;
    bench.report.tell("commit.grouped_over_single", rounds.ratio(BATCHED, SINGLE)?)?;
    bench.report.tell("commit.grouped_per_s", rounds.median(BATCHED)?)?;
    bench.report.tell("commit.single_per_s", rounds.median(SINGLE)?)
}

/// A server's store, with this limit for the commits in a batch.
fn store(data: &Path, group_max: Option<usize>) -> anyhow::Result<Arc<SqliteStore>> {
    let options = store_options(&config(data)?);
    let commit_group_max = group_max.unwrap_or(options.commit_group_max);
    Ok(Arc::new(SqliteStore::open(data, Options { commit_group_max, ..options })?))
}

/// The acknowledged commits of all writers.
async fn per_second(runtime: &Runtime, store: &Arc<SqliteStore>) -> anyhow::Result<f64> {
    static IDS: AtomicU64 = AtomicU64::new(0);
    let begun = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(store);
            runtime.spawn(async move {
                let customer = format!("one-{writer:08}");
                let mut done = 0.0;
                while begun.elapsed() < TIME {
                    let id = format!("new-{}", IDS.fetch_add(1, Ordering::Relaxed));
                    store.commit(vec![statement(Change::PutKycCheck(check(&customer, &id)))]).await?;
                    done += 1.0;
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    let mut done = 0.0;
    for writer in writers {
        done += writer.await??;
    }
    Ok(done / begun.elapsed().as_secs_f64())
}

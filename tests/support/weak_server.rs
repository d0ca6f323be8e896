//! The server without one of its protections. The tests of that protection must fail with it.
//!
//! `weak-server unsynced DIR` answers before the log is synced (`synchronous = NORMAL`). `weak-server leaky DIR` runs the
//! component that misbehaves on request, and leaks a page of memory at each snapshot. `weak-server loud DIR` runs that
//! component, and each thread writes its own lines to standard error. All serve the store in `DIR` at a free port, which they
//! print like `obp-host serve`.

#![expect(clippy::print_stdout, reason = "a test reads the address")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use obp_host::ambient::Ambient;
use obp_host::app::{self, App, compile, extensions_in_process, store_options};
use obp_host::config::Config;
use obp_host::storage::sqlite::{Durability, Options, SqliteStore};
use obp_host::storage::{CommitError, Pending, Snapshot, Statement, Store, StoreError};
use tokio::net::TcpListener;

const PAGE_BYTES: usize = 4096;

/// A store that leaks a page per snapshot.
struct LeakyStore(SqliteStore);

impl Store for LeakyStore {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        std::hint::black_box(vec![1_u8; PAGE_BYTES].leak());
        self.0.read()
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        self.0.commit(statements)
    }
}

fn weak(weakness: &str, data: &Path, config: Config) -> anyhow::Result<(Arc<dyn Store>, Config)> {
    let options = store_options(&config);
    Ok(match weakness {
        "unsynced" => {
            let options = Options { durability: Durability::ProcessExit, ..options };
            (Arc::new(SqliteStore::open(data, options)?), config)
        }
        "leaky" => {
            let faulty = Some(concat!(env!("OUT_DIR"), "/onboarding.wasm").into());
            (Arc::new(LeakyStore(SqliteStore::open(data, options)?)), Config { component: faulty, ..config })
        }
        "loud" => {
            // Errors only: the start logs none.
            tracing_subscriber::fmt()
                .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
                .with_writer(std::io::stderr)
                .init();
            let faulty = Some(concat!(env!("OUT_DIR"), "/onboarding.wasm").into());
            (Arc::new(SqliteStore::open(data, options)?), Config { component: faulty, ..config })
        }
        other => bail!("{other} is not a known weakness"),
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    const USAGE: &str = "usage: weak-server WEAKNESS DIR";
    let mut arguments = std::env::args_os().skip(1);
    let weakness = arguments.next().context(USAGE)?.into_string().ok().context(USAGE)?;
    let data = PathBuf::from(arguments.next().context(USAGE)?);
    let config = Config { compiled_cache: false, ..Config::load(None, std::iter::empty())? };
    let (store, config) = weak(&weakness, &data, config)?;
    let (runtime, extensions) = (compile(&config)?, extensions_in_process(&config)?);
    let app = Arc::new(App::new(config, store, runtime, Ambient::system(), extensions)?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    app::serve(app, listener, std::future::pending()).await;
    Ok(())
}

//! The server with `synchronous = NORMAL`: it answers before the log is synced. The durability tests must go red with it.
//!
//! `weak-server DIR` serves the store in `DIR` at a free port, which it prints as `obp-host serve` does.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use obp_host::ambient::Ambient;
use obp_host::app::{self, App, compile, store_options};
use obp_host::config::Config;
use obp_host::storage::sqlite::{Durability, Options, SqliteStore};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let data = PathBuf::from(std::env::args_os().nth(1).context("usage: weak-server DIR")?);
    let config = Config { compiled_cache: false, ..Config::load(None, std::iter::empty())? };
    let options = Options { durability: Durability::ProcessExit, ..store_options(&config) };
    let store = Arc::new(SqliteStore::open(&data, options)?);
    let runtime = compile(&config)?;
    let app = Arc::new(App::new(config, store, runtime, Ambient::system())?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    app::serve(app, listener, std::future::pending()).await
}

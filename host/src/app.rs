//! What lives as long as the process.

use std::sync::Arc;

use anyhow::Context;
use tokio::sync::Semaphore;

use crate::ambient::Ambient;
use crate::component::{EMBEDDED, Limits, Runtime, Services};
use crate::config::Config;
use crate::obp::login::Turns;
use crate::passwords::Passwords;
use crate::providers::Providers;
use crate::storage::Store;
use crate::storage::sqlite::{Durability, Options, SqliteStore};

/// The application: the store, the sandbox and the services the imports are answered with.
pub struct App {
    /// As it was loaded.
    pub config: Config,
    /// Everything the server knows.
    pub store: Arc<dyn Store>,
    /// The sandbox.
    pub runtime: Runtime,
    /// Time and chance.
    pub ambient: Arc<Ambient>,
    /// Password hashing.
    pub passwords: Arc<Passwords>,
    /// One permit a request at work.
    pub in_flight: Semaphore,
    pub(crate) turns: Turns,
}

impl App {
    /// Compiles the component and puts everything together.
    ///
    /// # Errors
    /// If the component cannot be read or does not fit.
    pub fn new(config: Config, store: Arc<dyn Store>, ambient: Ambient) -> anyhow::Result<Self> {
        let ambient = Arc::new(ambient);
        let limits = &config.limits;
        let passwords =
            Arc::new(Passwords::new(limits.password_hashes_at_once_max, limits.password_hashes_waiting_max));
        let providers = Arc::new(Providers::from_config(&config.meetings).context("the meeting providers")?);
        let services = Services { ambient: Arc::clone(&ambient), passwords: Arc::clone(&passwords), providers };
        let sandbox = Limits {
            guest_ms_max: limits.guest_ms_max,
            guest_memory_bytes_max: limits.guest_memory_bytes_max,
            instances_max: u32::try_from(limits.requests_in_flight_max)?,
        };
        let runtime = match &config.component {
            None => Runtime::new(EMBEDDED, Arc::new(services), sandbox),
            Some(file) => {
                let bytes =
                    std::fs::read(file).with_context(|| format!("cannot read the component {}", file.display()))?;
                Runtime::new(&bytes, Arc::new(services), sandbox)
            }
        };
        let runtime = runtime.map_err(|error| anyhow::anyhow!("{error:#}")).context("the component does not fit")?;
        let in_flight = Semaphore::new(limits.requests_in_flight_max);
        Ok(Self { config, store, runtime, ambient, passwords, in_flight, turns: Turns::default() })
    }
}

/// Opens the store that the configuration names.
///
/// # Errors
/// If it cannot be opened.
pub fn open_store(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let store = SqliteStore::open(&config.data, store_options(config))
        .with_context(|| format!("cannot open the store in {}", config.data.display()))?;
    Ok(Arc::new(store))
}

/// How the configuration wants its SQLite store to behave.
#[must_use]
pub fn store_options(config: &Config) -> Options {
    let limits = &config.limits;
    Options {
        readers_max: limits.sqlite_readers_max,
        commits_waiting_max: limits.commits_waiting_max,
        commit_group_max: limits.commit_group_max,
        busy_ms_max: limits.sqlite_busy_ms_max,
        durability: Durability::PowerLoss,
    }
}

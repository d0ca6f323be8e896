//! What lives as long as the process.

mod application;
mod builder;
mod compile;
mod extended;

use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::component::{Runtime, Services};
use crate::config::Config;
use crate::credentials::Passwords;
use crate::obp::login::Turns;
use crate::pages::Service;
use crate::server::{self, Tls};
use ambient::Ambient;
use extensions::Extensions;
use extensions::compiler::Isolation;
use extensions::outbound::Gate;
use providers::Providers;
use storage::Store;
use storage::sqlite::{Durability, Options, SqliteStore};

pub use application::{Registered, own_consumer_key, register};
pub use builder::Builder;
pub use compile::{CACHE_FOLDER, call_limits, compile};
pub use extended::extensions;

/// The application: the store, the sandbox and the services the imports are answered with.
pub struct App {
    /// As it was loaded.
    pub config: Config,
    /// Everything the server knows.
    pub store: Arc<dyn Store>,
    /// The sandbox.
    pub runtime: Arc<Runtime>,
    /// What the component's imports are answered with.
    pub services: Arc<Services>,
    /// Third parties' components that answer some of them.
    pub extensions: Extensions,
    /// One permit a request at work.
    pub in_flight: Semaphore,
    /// What connections are encrypted with, if the configuration says so.
    pub tls: Option<Arc<Tls>>,
    pub(crate) turns: Turns,
    /// Answers two KYC operations without the sandbox; for the benchmark.
    #[cfg(feature = "native-baseline")]
    pub native: bool,
}

impl App {
    /// Puts everything together. One runtime may serve several applications. No extension serves until
    /// [`Extensions::start`] has been called.
    ///
    /// # Errors
    /// If a meeting provider cannot be made, or the certificate cannot be used.
    pub fn new(config: Config, store: Arc<dyn Store>, runtime: Arc<Runtime>, ambient: Ambient) -> anyhow::Result<Self> {
        let providers = Providers::from_config(&config.meetings).context("the meeting providers")?;
        Self::with_providers(config, store, runtime, ambient, providers)
    }

    /// Puts together what others extend: the store, the meeting providers and the limits are the caller's, everything else is as a
    /// server has it. The example beside [`Builder`] is a whole program.
    #[must_use]
    pub fn builder(store: Arc<dyn Store>) -> Builder {
        Builder::new(store)
    }

    fn with_providers(
        config: Config,
        store: Arc<dyn Store>,
        runtime: Arc<Runtime>,
        ambient: Ambient,
        providers: Providers,
    ) -> anyhow::Result<Self> {
        let limits = &config.limits;
        let passwords = Passwords::new(limits.password_hashes_at_once_max, limits.password_hashes_waiting_max);
        let services = Arc::new(Services { ambient, passwords, providers });
        let in_flight = Semaphore::new(limits.requests_in_flight_max);
        let tls = config.tls.as_ref().map(|tls| Tls::load(&tls.certificate, &tls.key)).transpose().context("TLS")?;
        let tls = tls.map(Arc::new);
        let extensions = extensions(&config, Isolation::Thread, Gate::default())?;
        Ok(Self {
            config,
            extensions,
            store,
            runtime,
            services,
            in_flight,
            tls,
            turns: Turns::default(),
            #[cfg(feature = "native-baseline")]
            native: false,
        })
    }

    /// With these extensions instead of those that are compiled in this process.
    #[must_use]
    pub fn extended_by(self, extensions: Extensions) -> Self {
        Self { extensions, ..self }
    }

    /// Reads again what may change while the server runs: the certificate and the extensions. What cannot be used changes
    /// nothing.
    ///
    /// # Errors
    /// What was wrong; each of the two is exchanged without the other.
    pub async fn reload(&self) -> anyhow::Result<()> {
        let certificate =
            self.tls.as_ref().map_or(Ok(()), |tls| tls.reload()).context("the certificate stays what it was");
        let extensions = self.extensions.reload().await.context("the extensions stay what they were");
        let wrong = [certificate.err(), extensions.err()].into_iter().flatten().map(|error| format!("{error:#}"));
        let wrong = wrong.collect::<Vec<_>>().join("; ");
        anyhow::ensure!(wrong.is_empty(), wrong);
        Ok(())
    }
}

/// Serves the application at that listener until `stop` is done and the requests at work have ended.
///
/// # Errors
/// If the routing table contradicts itself, or the configured host name cannot stand in a header.
pub async fn serve(app: Arc<App>, listener: TcpListener, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    let limits = server_limits(&app.config);
    let tls = app.tls.clone();
    let service = Service::new(app).map_err(anyhow::Error::msg)?;
    server::serve(listener, tls, service, limits, stop).await;
    Ok(())
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

/// What the configuration lets a connection use.
#[must_use]
pub fn server_limits(config: &Config) -> server::Limits {
    let limits = &config.limits;
    server::Limits {
        connections_max: limits.connections_max,
        streams_max: limits.http2_streams_max,
        handshake_ms_max: limits.tls_handshake_ms_max,
        head_bytes_max: limits.head_bytes_max,
        head_read_ms_max: limits.head_read_ms_max,
        shutdown_ms_max: limits.shutdown_ms_max,
    }
}

/// How the configuration wants its SQLite store to behave.
#[must_use]
pub fn store_options(config: &Config) -> Options {
    let limits = &config.limits;
    Options {
        // A guest holds its reader while it runs: those that loop must leave some to log in with.
        readers_max: limits.requests_in_flight_max + limits.sqlite_readers_max,
        readers_kept_max: limits.sqlite_readers_max,
        commits_waiting_max: limits.commits_waiting_max,
        commit_group_max: limits.commit_group_max,
        busy_ms_max: limits.sqlite_busy_ms_max,
        durability: Durability::PowerLoss,
    }
}

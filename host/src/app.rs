//! Composes the server: opens the store, joins the rules, the API and the pages, and serves.

mod builder;
mod compile;
mod data_folder;
mod extended;
mod files;

use std::sync::Arc;

use ambient::Ambient;
use anyhow::Context;
use bytes::Bytes;
use extensions::Extensions;
use http_body_util::Full;
use hyper::{HeaderMap, Response};
use providers::Providers;
use rules::credentials::Passwords;
use rules::{Onboarding, Runtime, Services, applications};
use storage::Store;
use storage::sqlite::{DamageCheck, Durability, Options, SqliteStore};
use tokio::net::TcpListener;

use crate::config::{Config, Network};
use crate::server::{self, MessageError, Tls};

pub use builder::Builder;
pub use compile::{CACHE_FOLDER, call_limits, compile};
pub use data_folder::DataFolder;
pub use extended::{extensions, extensions_in_process};
pub use files::raise_file_limit;
pub use rules::applications::{Registered, own_consumer_key, register};

/// Requests that may be handled at once for each page that may be made at once. A page makes several requests to the API.
const REQUESTS_PER_PAGE: usize = 16;

/// A composed server.
pub struct App {
    /// The loaded configuration.
    pub config: Config,
    /// The parts that all requests share.
    pub onboarding: Arc<Onboarding>,
    /// The OBP API.
    pub api: api::Service,
    /// Encrypts connections, if the configuration names a certificate.
    pub tls: Option<Arc<Tls>>,
}

impl App {
    /// Composes a server from a store, a runtime and extensions. One runtime may serve several servers. No extension is
    /// loaded until [`Extensions::start`] has been called.
    ///
    /// # Errors
    /// If a meeting provider cannot be created, or the certificate or the host name cannot be used.
    pub fn new(
        config: Config,
        store: Arc<dyn Store>,
        runtime: Arc<Runtime>,
        ambient: Ambient,
        extensions: Extensions,
    ) -> anyhow::Result<Self> {
        let providers = Providers::from_config(&config.meetings).context("the meeting providers")?;
        Self::compose(config, store, runtime, ambient, extensions, providers)
    }

    /// Composes a server for programs with their own store, meeting providers or limits. [`Builder`] shows an example.
    #[must_use]
    pub fn builder(store: Arc<dyn Store>) -> Builder {
        Builder::new(store)
    }

    fn compose(
        config: Config,
        store: Arc<dyn Store>,
        runtime: Arc<Runtime>,
        ambient: Ambient,
        extensions: Extensions,
        providers: Providers,
    ) -> anyhow::Result<Self> {
        let limits = &config.limits;
        let passwords = Passwords::new(limits.password_hashes_at_once_max, limits.password_hashes_waiting_max);
        let services = Arc::new(Services { ambient: Arc::new(ambient), passwords, providers });
        let onboarding = Arc::new(Onboarding { store, runtime, services, extensions });
        let api = api::Service::new(Arc::clone(&onboarding), api_settings(&config)).map_err(anyhow::Error::msg)?;
        let tls = config.tls.as_ref().map(|tls| Tls::load(&tls.certificate, &tls.key)).transpose().context("TLS")?;
        Ok(Self { config, onboarding, api, tls: tls.map(Arc::new) })
    }

    /// The pages, with the API behind them.
    #[must_use]
    pub fn pages(&self) -> pages::Service {
        let onboarding = Arc::clone(&self.onboarding);
        let consumer_key: pages::ConsumerKey = Box::new(move || {
            let onboarding = Arc::clone(&onboarding);
            Box::pin(
                async move { applications::own_consumer_key(&*onboarding.store, &onboarding.services.ambient).await },
            )
        });
        let settings = pages::Settings {
            organisation: self.config.hosted_by.organisation.clone(),
            hostname: self.config.hostname.clone(),
            loopback_only: self.config.listen.ip().is_loopback(),
            tls: self.tls.is_some(),
            public_url: self.config.public_url.clone(),
            pages_at_once_max: (self.config.limits.requests_in_flight_max / REQUESTS_PER_PAGE).max(1),
            body_bytes_max: self.config.limits.body_bytes_max,
            body_read_ms_max: self.config.limits.body_read_ms_max,
            consumer_key,
            provider_ids: self.provider_ids(),
            ambient: Arc::clone(&self.onboarding.services.ambient),
        };
        pages::Service::new(self.api.clone(), settings)
    }

    fn provider_ids(&self) -> Box<dyn Fn() -> Vec<String> + Send + Sync> {
        let onboarding = Arc::clone(&self.onboarding);
        Box::new(move || {
            let mut ids: Vec<String> = onboarding.services.providers.ids().map(str::to_owned).collect();
            ids.extend(onboarding.extensions.current().provider_ids());
            ids
        })
    }

    /// Reloads the extensions.
    ///
    /// # Errors
    /// The reasons if they stay unchanged.
    pub async fn reload_extensions(&self) -> anyhow::Result<()> {
        data_folder::judge(&self.config)?;
        self.onboarding.extensions.reload().await?;
        Ok(())
    }

    /// Reloads certificate and extensions. If one of them cannot be used, it stays unchanged; the other one is replaced.
    ///
    /// # Errors
    /// The reasons for each that stays unchanged. Both stay unchanged if another user could change a file of the server.
    pub async fn reload(&self) -> anyhow::Result<()> {
        data_folder::judge(&self.config)?;
        let certificate =
            self.tls.as_ref().map_or(Ok(()), |tls| tls.reload()).context("the certificate was not changed");
        let extensions = self.onboarding.extensions.reload().await.context("the extensions were not changed");
        let wrong = [certificate.err(), extensions.err()].into_iter().flatten().map(|error| format!("{error:#}"));
        let wrong = wrong.collect::<Vec<_>>().join("; ");
        anyhow::ensure!(wrong.is_empty(), wrong);
        Ok(())
    }
}

/// The pages and the API as a server offers them.
struct Site(pages::Service);

impl server::Application for Site {
    type Service = pages::Service;

    fn connect(&self) -> pages::Service {
        self.0.for_connection()
    }

    fn refuse(service: &pages::Service, error: &MessageError, headers: &HeaderMap) -> Response<Full<Bytes>> {
        service.api().refuse(headers, error.status(), error.to_string())
    }

    fn unread_bytes(service: &pages::Service) -> usize {
        service.api().unread_bytes()
    }

    fn is_short_of_memory(&self) -> bool {
        self.0.api().is_short_of_memory()
    }
}

/// Serves the API and the pages until `stop` is done and the pending requests have ended.
pub async fn serve(app: Arc<App>, listener: TcpListener, stop: impl Future<Output = ()>) {
    server::serve(listener, app.tls.clone(), Site(app.pages()), server_limits(&app.config), stop).await;
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

/// The API's part of the configuration.
#[must_use]
pub fn api_settings(config: &Config) -> api::Settings {
    api::Settings {
        hostname: config.hostname.clone(),
        public_url: config.public_url.clone(),
        identity_provider: config.identity_provider.clone(),
        hosted_by: config.hosted_by.clone(),
        login_delay: api::LoginDelay {
            failures_max: config.limits.failed_logins_max,
            first_ms: config.limits.login_lock_ms,
            longest_ms: config.limits.login_lock_ms_max,
        },
        requests_in_flight_max: config.limits.requests_in_flight_max,
        requests_per_connection_max: config.limits.requests_per_connection_max,
        answers_bytes_max: config.limits.answers_bytes_max,
        body_bytes_max: config.limits.body_bytes_max,
        body_read_ms_max: config.limits.body_read_ms_max,
    }
}

/// The limits of connections.
#[must_use]
pub fn server_limits(config: &Config) -> server::ConnectionLimits {
    let limits = &config.limits;
    server::ConnectionLimits {
        connections_max: limits.connections_max,
        connections_per_address_max: limits.connections_per_address_max,
        connections_per_block_max: limits.connections_per_block_max,
        streams_max: limits.http2_streams_max,
        handshake_ms_max: limits.tls_handshake_ms_max,
        head_bytes_max: limits.head_bytes_max,
        head_read_ms_max: limits.head_read_ms_max,
        idle_ms_max: limits.idle_ms_max,
        shutdown_ms_max: limits.shutdown_ms_max,
        proxies: server::Proxies::new(config.trusted_proxies.iter().map(|Network(network)| *network).collect()),
    }
}

/// The options of the SQLite store.
#[must_use]
pub fn store_options(config: &Config) -> Options {
    let limits = &config.limits;
    Options {
        // A guest holds its reader while it runs. Guests in endless loops must leave some readers for logins.
        readers_max: limits.requests_in_flight_max + limits.sqlite_readers_max,
        readers_kept_max: limits.sqlite_readers_max,
        commits_waiting_max: limits.commits_waiting_max,
        commit_group_max: limits.commit_group_max,
        busy_ms_max: limits.sqlite_busy_ms_max,
        durability: Durability::PowerLoss,
        damage_check: DamageCheck::DEFAULT,
    }
}

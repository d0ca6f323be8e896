//! A server in this process: its own store, a fixed clock, seeded ids, a free port.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use obp_host::ambient::Ambient;
use obp_host::app::{self, App, call_limits, compile, extensions, store_options};
use obp_host::component::{CallLimits, Runtime};
use obp_host::config::Config;
use obp_host::extensions::compiler::Isolation;
use obp_host::extensions::outbound::OutboundClients;
use obp_host::storage::Store;
use obp_host::storage::sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::world;

/// The component that misbehaves on request. `guest/src/exports/faults.rs` lists the faults.
pub const FAULTY: &str = concat!(env!("OUT_DIR"), "/onboarding.wasm");

/// 2026-01-02T03:04:05Z, the time of every test's clock.
pub const NOW_MS: i64 = 1_767_323_045_000;

/// The seed of a server's ids.
const SEED: u64 = 42;

/// The embedded component, compiled once for all tests.
static RUNTIME: LazyLock<Arc<Runtime>> =
    LazyLock::new(|| compile(&config::<&str>(&[])).expect("the component compiles"));

/// A running server, which stops when this is dropped.
pub struct TestApp {
    pub address: SocketAddr,
    pub data: TempDir,
    pub app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl TestApp {
    /// A server with the world's banks, users and customers.
    pub async fn start() -> Self {
        Self::with::<&str>(&[]).await
    }

    /// The same as [`TestApp::start`], with these settings, e.g. `("OBP_HOST_MEETINGS__ENABLED", "true")`.
    pub async fn with<T: AsRef<str>>(settings: &[(T, T)]) -> Self {
        Self::with_over(settings, |store| store).await
    }

    /// The same as [`TestApp::start`], with a wrapper around the store.
    pub async fn over(wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        Self::with_over::<&str>(&[], wrap).await
    }

    /// The same as [`TestApp::start`], with settings and a wrapper around the store.
    pub async fn with_over<T: AsRef<str>>(
        settings: &[(T, T)],
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let config = config(settings);
        let runtime =
            if config.component.is_some() { compile(&config).expect("it compiles") } else { Arc::clone(&RUNTIME) };
        Self::serve(config, wrap, runtime, OutboundClients::default(), SEED).await
    }

    /// The same as [`TestApp::with_over`], with the extensions of this folder, which use these clients for outbound calls.
    pub async fn extended(
        folder: &Path,
        clients: OutboundClients,
        settings: &[(&str, &str)],
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let folder = folder.to_str().expect("a path of letters");
        let settings: Vec<_> = settings.iter().copied().chain([("OBP_HOST_EXTENSIONS__FOLDER", folder)]).collect();
        // Each server gets its own seed, so that correlation ids are unique.
        static SEEDS: AtomicU64 = AtomicU64::new(SEED + 1);
        let seed = SEEDS.fetch_add(1, Ordering::Relaxed);
        Self::serve(config(&settings), wrap, Arc::clone(&RUNTIME), clients, seed).await
    }

    /// The same as [`TestApp::over`], with the component that misbehaves on request and with other limits for its calls.
    pub async fn faulty(
        limit: impl FnOnce(&mut CallLimits),
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let config = config::<&str>(&[]);
        let mut limits = call_limits(&config).expect("good settings");
        limit(&mut limits);
        let component = std::fs::read(FAULTY).expect("it was built");
        let runtime = Runtime::new(&component, limits).expect("it compiles");
        Self::serve(config, wrap, Arc::new(runtime), OutboundClients::default(), SEED).await
    }

    /// A server on a store in this folder. The store is what the test has made of it.
    pub async fn on(data: TempDir, store: Arc<dyn Store>) -> Self {
        Self::serve_store(config::<&str>(&[]), data, store, Arc::clone(&RUNTIME), OutboundClients::default(), SEED)
            .await
    }

    async fn serve(
        config: Config,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
        runtime: Arc<Runtime>,
        clients: OutboundClients,
        seed: u64,
    ) -> Self {
        let data = crate::support::folder().expect("a folder");
        let store = SqliteStore::open(data.path(), store_options(&config)).expect("a store");
        world::create(&store).await;
        Self::serve_store(config, data, wrap(Arc::new(store)), runtime, clients, seed).await
    }

    async fn serve_store(
        config: Config,
        data: TempDir,
        store: Arc<dyn Store>,
        runtime: Arc<Runtime>,
        clients: OutboundClients,
        seed: u64,
    ) -> Self {
        let ambient = Ambient::fixed(NOW_MS, seed);
        let extensions = extensions(&config, Isolation::Thread, clients).expect("good settings");
        let app = App::new(config, store, runtime, ambient, extensions).expect("an application");
        let app = Arc::new(app);
        app.onboarding.extensions.start().await.expect("its extensions");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let serving = app::serve(Arc::clone(&app), listener, async {
            let _ = stopped.await;
        });
        let server = tokio::spawn(serving);
        Self { address, data, app, stop: Some(stop), server }
    }

    pub fn requests_at_work(&self) -> usize {
        self.app.api.requests_in_flight()
    }

    /// Waits until this many requests are in progress.
    pub async fn at_work(&self, requests: usize) {
        while self.requests_at_work() < requests {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Tells the server to stop.
    pub fn stop(&mut self) {
        self.stop.take().expect("it is told once").send(()).expect("it runs");
    }

    /// Tells the server to stop, and waits until it accepts no more connections.
    pub async fn tell_to_stop(&mut self) {
        self.stop();
        while TcpStream::connect(self.address).await.is_ok() {}
    }

    /// Waits until the server has ended. It must have been told to stop.
    pub async fn ended(&mut self) {
        (&mut self.server).await.expect("it ends well");
    }

    /// The URL of a path. A path is below `/obp/v3.1.0` unless it begins with `/obp/` or `~`; `~/x` is `/x`.
    pub fn url(&self, path: &str) -> String {
        let path = match path.strip_prefix('~') {
            Some(absolute) => absolute.to_owned(),
            None if path.starts_with("/obp/") => path.to_owned(),
            None => format!("/obp/v3.1.0{path}"),
        };
        let scheme = if self.app.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A configuration with these settings, named as environment variables. The cache of compiled components is off by default.
pub fn config<T: AsRef<str>>(settings: &[(T, T)]) -> Config {
    let settings = settings.iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()));
    let settings = std::iter::once(("OBP_HOST_COMPILED_CACHE".to_owned(), "false".to_owned())).chain(settings);
    Config::load(None, settings).expect("good settings")
}

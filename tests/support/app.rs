//! A server in this process: a store of its own, a fixed clock, seeded ids, a free port.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use obp_host::ambient::Ambient;
use obp_host::app::{self, App, compile, store_options};
use obp_host::component::Runtime;
use obp_host::config::Config;
use obp_host::storage::Store;
use obp_host::storage::sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::world;

/// 2026-01-02T03:04:05Z: where the clock of every test stands.
pub const NOW_MS: i64 = 1_767_323_045_000;

/// The embedded component, compiled once for all tests.
static RUNTIME: LazyLock<Arc<Runtime>> =
    LazyLock::new(|| compile(&config::<&str>(&[])).expect("the component compiles"));

/// A running server. It stops when this is dropped.
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

    /// As [`TestApp::start`], with these settings, e.g. `("OBP_HOST_MEETINGS__ENABLED", "true")`.
    pub async fn with<T: AsRef<str>>(settings: &[(T, T)]) -> Self {
        Self::with_over(settings, |store| store).await
    }

    /// As [`TestApp::start`], with what stands between the server and its store.
    pub async fn over(wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        Self::with_over::<&str>(&[], wrap).await
    }

    /// Both.
    pub async fn with_over<T: AsRef<str>>(
        settings: &[(T, T)],
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let config = config(settings);
        let runtime =
            if config.component.is_some() { compile(&config).expect("it compiles") } else { Arc::clone(&RUNTIME) };
        let data = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(data.path(), store_options(&config)).expect("a store");
        world::create(&store).await;
        let ambient = Ambient::fixed(NOW_MS, 42);
        let app = Arc::new(App::new(config, wrap(Arc::new(store)), runtime, ambient).expect("an application"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let serving = app::serve(Arc::clone(&app), listener, async {
            let _ = stopped.await;
        });
        let server = tokio::spawn(async { serving.await.expect("it serves") });
        Self { address, data, app, stop: Some(stop), server }
    }

    /// Tells it to stop, and waits until it accepts no more connections.
    pub async fn tell_to_stop(&mut self) {
        self.stop.take().expect("it is told once").send(()).expect("it runs");
        while TcpStream::connect(self.address).await.is_ok() {}
    }

    /// Waits until it has ended, having been told to.
    pub async fn ended(&mut self) {
        (&mut self.server).await.expect("it ends well");
    }

    /// The URL of a path; one that does not begin with `/obp/` or `~` is below `/obp/v3.1.0`. `~/x` is `/x`.
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

/// A configuration with these settings, named as environment variables. Without the compiled cache, unless they name it.
pub fn config<T: AsRef<str>>(settings: &[(T, T)]) -> Config {
    let settings = settings.iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()));
    let settings = std::iter::once(("OBP_HOST_COMPILED_CACHE".to_owned(), "false".to_owned())).chain(settings);
    Config::load(None, settings).expect("good settings")
}

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
use tokio::net::TcpListener;

use super::world;

/// 2026-01-02T03:04:05Z: where the clock of every test stands.
pub const NOW_MS: i64 = 1_767_323_045_000;

/// The embedded component, compiled once for all tests.
static RUNTIME: LazyLock<Arc<Runtime>> = LazyLock::new(|| compile(&config(&[])).expect("the component compiles"));

/// A running server. It stops when this is dropped.
pub struct TestApp {
    pub address: SocketAddr,
    pub data: TempDir,
    server: tokio::task::JoinHandle<()>,
}

impl TestApp {
    /// A server with the world's banks, users and customers.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// As [`TestApp::start`], with these settings, e.g. `("OBP_HOST_MEETINGS__ENABLED", "true")`.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let config = config(settings);
        let runtime =
            if config.component.is_some() { compile(&config).expect("it compiles") } else { Arc::clone(&RUNTIME) };
        let data = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(data.path(), store_options(&config)).expect("a store");
        world::create(&store).await;
        Self::serve(config, Arc::new(store), runtime, data).await
    }

    /// As [`TestApp::start`], with what stands between the server and its store.
    pub async fn over(wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let config = config(&[]);
        let data = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(data.path(), store_options(&config)).expect("a store");
        world::create(&store).await;
        Self::serve(config, wrap(Arc::new(store)), Arc::clone(&RUNTIME), data).await
    }

    async fn serve(config: Config, store: Arc<dyn Store>, runtime: Arc<Runtime>, data: TempDir) -> Self {
        let app = Arc::new(App::new(config, store, runtime, Ambient::fixed(NOW_MS, 42)).expect("an application"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move {
            app::serve(app, listener, std::future::pending()).await.expect("it serves");
        });
        Self { address, data, server }
    }

    /// The URL of a path; one that does not begin with `/obp/` or `~` is below `/obp/v3.1.0`. `~/x` is `/x`.
    pub fn url(&self, path: &str) -> String {
        let path = match path.strip_prefix('~') {
            Some(absolute) => absolute.to_owned(),
            None if path.starts_with("/obp/") => path.to_owned(),
            None => format!("/obp/v3.1.0{path}"),
        };
        format!("http://{}{path}", self.address)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A configuration with these settings, named as environment variables. Without the compiled cache, unless they name it.
pub fn config(settings: &[(&str, &str)]) -> Config {
    let settings = [("OBP_HOST_COMPILED_CACHE", "false")]
        .iter()
        .chain(settings)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(None, settings).expect("good settings")
}

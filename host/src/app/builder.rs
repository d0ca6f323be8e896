//! Composes a server inside another program, from a store, meeting providers and limits. `host/examples/mount.rs` is an
//! example.

use std::collections::BTreeMap;
use std::sync::Arc;

use ambient::Ambient;
use anyhow::Context as _;
use providers::{MeetingProvider, Providers};
use storage::Store;

use super::{App, compile, extensions_in_process};
use crate::config::{Config, Limits};

/// Composes an [`App`]. Created by [`App::builder`].
///
/// ```
/// use obp_host::app::{App, open_store};
/// use obp_host::config::Config;
///
/// # fn main() -> anyhow::Result<()> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path().to_owned();
/// let mut config = Config::load(None, std::iter::empty())?;
/// config.data = folder;
/// // Every `Arc<dyn Store>` is possible; this one is SQLite in that folder.
/// let store = open_store(&config)?;
/// let app = App::builder(store).config(config).limits(|limits| limits.body_bytes_max = 16 << 10).build()?;
/// // A service for hyper and tower. `obp_host::rules::Session` calls the rules without HTTP.
/// let service = app.api.clone();
/// # drop(service);
/// # Ok(())
/// # }
/// ```
pub struct Builder {
    store: Arc<dyn Store>,
    config: Option<Config>,
    limit: Vec<ChangeOfLimits>,
    providers: BTreeMap<String, Box<dyn MeetingProvider>>,
    ambient: Ambient,
}

type ChangeOfLimits = Box<dyn FnOnce(&mut Limits)>;

impl Builder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, config: None, limit: Vec::new(), providers: BTreeMap::new(), ambient: Ambient::system() }
    }

    /// Sets the configuration. The default is that of [`Config::load`], without the cache of compiled components.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Changes limits of the configuration.
    #[must_use]
    pub fn limits(mut self, change: impl FnOnce(&mut Limits) + 'static) -> Self {
        self.limit.push(Box::new(change));
        self
    }

    /// Adds a provider for meetings with that `provider_id`. It enables meetings, and disables all providers of the
    /// configuration.
    #[must_use]
    pub fn meeting_provider(mut self, id: &str, provider: impl MeetingProvider + 'static) -> Self {
        self.providers.insert(id.to_owned(), Box::new(provider));
        self
    }

    /// Sets clock and randomness. The default is the system's.
    #[must_use]
    pub fn ambient(mut self, ambient: Ambient) -> Self {
        self.ambient = ambient;
        self
    }

    /// Compiles the component, which takes up to a second, and composes the server. No extension is loaded, and nothing is
    /// screened, until `app.onboarding.extensions.start().await` has returned. Before you listen beyond loopback, check
    /// [`Config::refuses_to_listen`].
    ///
    /// # Errors
    /// If the component cannot be compiled, two limits contradict each other, or a part of the configuration cannot be used.
    pub fn build(self) -> anyhow::Result<Arc<App>> {
        let Self { store, config, limit, providers, ambient } = self;
        let mut config = match config {
            Some(config) => config,
            None => Config { compiled_cache: false, ..Config::load(None, std::iter::empty())? },
        };
        limit.into_iter().for_each(|change| change(&mut config.limits));
        let providers = if providers.is_empty() {
            Providers::from_config(&config.meetings).context("the meeting providers")?
        } else {
            Providers::new(true, providers)
        };
        let runtime = compile(&config)?;
        let extensions = extensions_in_process(&config)?;
        Ok(Arc::new(App::compose(config, store, runtime, ambient, extensions, providers)?))
    }
}

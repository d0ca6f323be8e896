//! The server as a library: from a store, meeting providers and limits to a service or typed calls. `host/examples/mount.rs` is a
//! whole program.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;

use super::{App, compile, extensions_in_process};
use crate::config::{Config, Limits};
use ambient::Ambient;
use providers::{MeetingProvider, Providers};
use storage::Store;

/// What an [`App`] is made of. Made by [`App::builder`].
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
/// // Any `Arc<dyn Store>` will do; this one is SQLite in that folder.
/// let store = open_store(&config)?;
/// let app = App::builder(store).config(config).limits(|limits| limits.body_bytes_max = 16 << 10).build()?;
/// // For hyper's servers and tower's stacks. Without HTTP, `obp_host::calls::Session` calls the rules.
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

    /// Everything that can be configured. Without it the defaults hold, and the compiled component is not kept on disk.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Changes the limits, which otherwise are those of the configuration.
    #[must_use]
    pub fn limits(mut self, change: impl FnOnce(&mut Limits) + 'static) -> Self {
        self.limit.push(Box::new(change));
        self
    }

    /// Serves meetings whose `provider_id` is that. Once one is given there are meetings, by these providers alone and not by those
    /// of the configuration.
    #[must_use]
    pub fn meeting_provider(mut self, id: &str, provider: impl MeetingProvider + 'static) -> Self {
        self.providers.insert(id.to_owned(), Box::new(provider));
        self
    }

    /// Where time and chance come from; the system's otherwise.
    #[must_use]
    pub fn ambient(mut self, ambient: Ambient) -> Self {
        self.ambient = ambient;
        self
    }

    /// Compiles the component, which takes up to a second, and puts everything together. Extensions that the configuration names do not
    /// serve, and nobody screens, until `app.onboarding.extensions.start().await` has returned. Whoever listens beyond loopback asks
    /// [`Config::refuses_to_listen`] first.
    ///
    /// # Errors
    /// If the component cannot be compiled, a limit contradicts another, or the configuration names what cannot be used.
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

//! The loaded extensions of a server, and their reload. A new set is read, checked and compiled beside the old one, and replaces
//! it as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::compiler::Compiler;
use super::extension::Extension;
use super::extension_sandbox::{ExtensionSandbox, SandboxLimits};
use super::failure::in_one_line;
use super::load_error::LoadError;
use super::manifest::{Manifest, ScreeningScope};
use super::outbound::OutboundClients;
use super::package::{self, Package};
use super::set::Set;
use super::state::ExtensionConfig;
use super::verify::Publishers;

/// The server's settings for extensions.
#[derive(Clone, Debug)]
pub struct RegistrySettings {
    /// The folder with one folder for each extension.
    pub folder: PathBuf,
    /// Whether the configuration names the folder. It must exist then.
    pub folder_is_named: bool,
    /// The trusted publishers.
    pub publishers: Publishers,
    /// The limits of the sandbox.
    pub sandbox: SandboxLimits,
    /// The time that a call of the rules may wait for its imports, in milliseconds. Calls of extensions are part of it.
    pub host_ms_max: u64,
    /// The ids of the configuration's own meeting providers. Extensions cannot have them.
    pub provider_ids: BTreeSet<String>,
}

/// The hint for an extension that is too slow.
const HOW_TO_BE_IN_TIME: &str =
    "lower `running_ms_max` or `waiting_ms_max`, or raise the server's `limits.host_ms_max`";
/// The time that a request keeps for its other imports, in milliseconds.
const SLACK_MS: u64 = 500;

/// The time that all extensions of one request may take together, in milliseconds.
fn extensions_ms_max(host_ms_max: u64) -> u64 {
    host_ms_max.saturating_sub(SLACK_MS)
}

/// The extensions of a server.
pub struct Extensions {
    settings: RegistrySettings,
    compiler: Compiler,
    clients: Arc<OutboundClients>,
    sandbox: OnceLock<Arc<ExtensionSandbox>>,
    set: RwLock<Arc<Set>>,
    loading: Mutex<()>,
}

/// A reload failed. The old set stays loaded.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(LoadError::in_full).collect::<Vec<_>>().join("; "))]
pub struct NotReloaded(pub Vec<LoadError>);

impl Extensions {
    /// A registry without extensions. [`Extensions::start`] loads them.
    #[must_use]
    pub fn new(settings: RegistrySettings, compiler: Compiler, clients: Arc<OutboundClients>) -> Self {
        Self {
            settings,
            compiler,
            clients,
            sandbox: OnceLock::new(),
            set: RwLock::default(),
            loading: Mutex::default(),
        }
    }

    /// The loaded set.
    #[must_use]
    pub fn current(&self) -> Arc<Set> {
        Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads all extensions. Those that cannot be loaded are logged, and the others are loaded.
    ///
    /// # Errors
    /// [`LoadError`] if the folders cannot be listed. The server cannot know then which screeners it must call.
    pub async fn start(&self) -> Result<(), LoadError> {
        let _lock = self.loading.lock().await;
        let folders = self.folders(&Set::default())?;
        let (extensions, not_loaded) = self.load_all(folders, &Set::default()).await;
        self.replace(Set::new(extensions, not_loaded));
        Ok(())
    }

    /// Reads and compiles the folders again while the loaded set stays in use. Unchanged extensions stay, with their metrics.
    ///
    /// # Errors
    /// [`NotReloaded`] if an extension cannot be loaded. Then nothing changes. An extension that already failed at the same place
    /// does not fail the reload.
    pub async fn reload(&self) -> Result<Arc<Set>, NotReloaded> {
        let _lock = self.loading.lock().await;
        let current = self.current();
        let folders = self.folders(&current).map_err(|error| NotReloaded(vec![error]))?;
        let (extensions, not_loaded) = self.load_all(folders, &current).await;
        let is_new = |error: &LoadError| !current.not_loaded().iter().any(|known| known.has_place_of(error));
        if not_loaded.iter().any(|(error, _)| is_new(error)) {
            return Err(NotReloaded(not_loaded.into_iter().map(|(error, _)| error).collect()));
        }
        Ok(self.replace(Set::new(extensions, not_loaded)))
    }

    /// Replaces the loaded set, and logs the new one.
    fn replace(&self, set: Set) -> Arc<Set> {
        let set = Arc::new(set);
        for error in set.not_loaded() {
            tracing::error!("an extension is not loaded: {}", error.in_full());
        }
        let names: Vec<_> = set.extensions().iter().map(|extension| extension.manifest.name.as_str()).collect();
        if !names.is_empty() || !self.current().extensions().is_empty() {
            tracing::info!(
                "loaded extensions: {}",
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            );
        }
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&set);
        set
    }

    /// The folders of extensions. The root folder may be missing only if the configuration does not name it and no extension was
    /// loaded from it.
    fn folders(&self, current: &Set) -> Result<Vec<PathBuf>, LoadError> {
        let root = &self.settings.folder;
        match package::folders(root).map_err(|error| unreadable(root, &error))? {
            Some(folders) => Ok(folders),
            None if self.settings.folder_is_named || !current.is_empty() => {
                Err(unreadable(root, &"there is no such folder"))
            }
            None => Ok(Vec::new()),
        }
    }

    async fn load_all(
        &self,
        folders: Vec<PathBuf>,
        previous: &Set,
    ) -> (Vec<Arc<Extension>>, Vec<(LoadError, Option<ScreeningScope>)>) {
        let mut extensions: Vec<Arc<Extension>> = Vec::new();
        let mut not_loaded = Vec::new();
        for folder in folders {
            let loaded = self.load(&folder, previous).await;
            match loaded.and_then(|extension| self.taken(&extension, &extensions).map_or(Ok(extension), Err)) {
                Ok(extension) => extensions.push(extension),
                Err(error) => not_loaded.push((error, ScreeningScope::read(&folder))),
            }
        }
        for (extension, error) in self.too_slow_together(&extensions) {
            extensions.retain(|other| !Arc::ptr_eq(other, &extension));
            not_loaded.push((error, ScreeningScope::read(&self.settings.folder.join(&extension.manifest.name))));
        }
        (extensions, not_loaded)
    }

    /// Screeners that take too long together with the screeners that get the same records before them.
    fn too_slow_together(&self, extensions: &[Arc<Extension>]) -> Vec<(Arc<Extension>, LoadError)> {
        let mut screeners: Vec<_> = extensions.iter().filter_map(|one| Some((one.order()?, one))).collect();
        screeners.sort_by(|(order, one), (other_order, other)| {
            (order, &one.manifest.name).cmp(&(other_order, &other.manifest.name))
        });
        let max = extensions_ms_max(self.settings.host_ms_max);
        let mut kept: Vec<&Arc<Extension>> = Vec::new();
        let mut too_slow = Vec::new();
        for (_, screener) in screeners {
            let manifest = &screener.manifest;
            let before = kept.iter().filter(|other| {
                let other = &other.manifest;
                other.banks.overlap(&manifest.banks) && !other.records().is_disjoint(&manifest.records())
            });
            let together = before.map(|other| other.manifest.longest_ms()).sum::<u64>() + manifest.longest_ms();
            if together <= max {
                kept.push(screener);
                continue;
            }
            let reason =
                format!("with the screeners before it a request could take {together} ms, and it waits for {max}");
            let error = manifest.refuse(slowest_key(manifest), reason, HOW_TO_BE_IN_TIME.to_owned());
            too_slow.push((Arc::clone(screener), error));
        }
        too_slow
    }

    async fn load(&self, folder: &Path, previous: &Set) -> Result<Arc<Extension>, LoadError> {
        let package = self.open(folder).await?;
        match previous.extensions().iter().find(|extension| extension.is_from(&package)) {
            Some(same) => Ok(Arc::clone(same)),
            None => self.compile(package).await,
        }
    }

    /// Reads a folder and checks everything that needs no compilation.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn open(&self, folder: &Path) -> Result<Package, LoadError> {
        let (owned, publishers) = (folder.to_owned(), self.settings.publishers.clone());
        let environment = |name: &str| std::env::var(name).ok();
        let opened =
            tokio::task::spawn_blocking(move || Package::open(&owned, &publishers, &environment, &BTreeMap::new()))
                .await;
        let package = opened.unwrap_or_else(|error| Err(unreadable(folder, &error)))?;
        if folder.file_name().is_none_or(|name| name != package.manifest.name.as_str()) {
            let reason = format!("`name` is `{}`, but the folder is {}", package.manifest.name, folder.display());
            return Err(package.manifest.refuse("name", reason, "give both the same name".to_owned()));
        }
        in_time(&package.manifest, self.settings.host_ms_max)?;
        Ok(package)
    }

    async fn compile(&self, package: Package) -> Result<Arc<Extension>, LoadError> {
        let sandbox = self.sandbox().map_err(|error| {
            package.manifest.refuse(
                "component",
                in_one_line(&format!("{error:#}")),
                "see that this machine has memory to spare".to_owned(),
            )
        })?;
        compile(package, &sandbox, &self.compiler, &self.clients).await.map(Arc::new)
    }

    /// The sandbox, which is made for the first extension.
    fn sandbox(&self) -> wasmtime::Result<Arc<ExtensionSandbox>> {
        if let Some(sandbox) = self.sandbox.get() {
            return Ok(Arc::clone(sandbox));
        }
        let sandbox = Arc::new(ExtensionSandbox::new(self.settings.sandbox)?);
        Ok(Arc::clone(self.sandbox.get_or_init(|| sandbox)))
    }

    /// The error if another provider has one of its ids at one of its banks.
    fn taken(&self, extension: &Extension, others: &[Arc<Extension>]) -> Option<LoadError> {
        let manifest = &extension.manifest;
        let reason = extension.provider_ids().iter().find_map(|id| {
            if self.settings.provider_ids.contains(id) {
                return Some(format!("the provider id {id:?} is one of the server's own `[meetings.providers]`"));
            }
            let of_id = others.iter().filter(|other| other.provider_ids().contains(id));
            let other = of_id.map(|other| &other.manifest).find(|other| other.banks.overlap(&manifest.banks))?;
            Some(format!("the provider id {id:?} is that of the extension {}", other.name))
        })?;
        let hint = "choose another id, or give the two extensions different banks";
        Some(manifest.refuse("provider_ids", reason, hint.to_owned()))
    }
}

fn unreadable(folder: &Path, error: &dyn std::fmt::Display) -> LoadError {
    let hint = "give the server's user the right to read the folder and its files";
    LoadError { path: folder.to_owned(), line: None, reason: error.to_string(), hint: hint.to_owned() }
}

/// Checks that a call of the extension takes no longer than a request waits for its imports (`limits.host_ms_max`).
///
/// # Errors
/// [`LoadError`] if it may take longer.
pub fn in_time(manifest: &Manifest, host_ms_max: u64) -> Result<(), LoadError> {
    let (longest, max) = (manifest.longest_ms(), extensions_ms_max(host_ms_max));
    if longest <= max {
        return Ok(());
    }
    let reason = format!("a call may take {longest} ms, and a request waits for {max}");
    Err(manifest.refuse(slowest_key(manifest), reason, HOW_TO_BE_IN_TIME.to_owned()))
}

/// The key with the largest part of the time that a call may take.
fn slowest_key(manifest: &Manifest) -> &'static str {
    if manifest.waiting_ms_max() > manifest.limits.running_ms_max {
        "limits.waiting_ms_max"
    } else {
        "limits.running_ms_max"
    }
}

/// Compiles a checked package.
///
/// # Errors
/// [`LoadError`] if its component does not compile, or does not fit its world.
pub async fn compile(
    package: Package,
    sandbox: &Arc<ExtensionSandbox>,
    compiler: &Compiler,
    clients: &Arc<OutboundClients>,
) -> Result<Extension, LoadError> {
    let Package { manifest, component, inspection, secrets } = package;
    let error = |reason: String| {
        manifest.refuse("component", reason, "build the component again, for this server's WIT".to_owned())
    };
    let compiled = compiler.compile(sandbox, component).await.map_err(error)?;
    let config = ExtensionConfig {
        name: manifest.name.clone(),
        settings: manifest.settings.clone(),
        secrets,
        log_lines_max: manifest.limits.log_lines_max,
        memory_bytes_max: manifest.limits.memory_bytes_max,
    };
    let (sandbox, clients) = (Arc::clone(sandbox), Arc::clone(clients));
    let extension = Extension::new(sandbox, compiled, manifest.clone(), inspection.about.sha256, config, clients)
        .ok_or_else(|| error("it lacks an export of its world".to_owned()))?;
    extension.check_types().await.map_err(|cause| error(format!("it does not fit its world: {cause}")))?;
    Ok(extension)
}

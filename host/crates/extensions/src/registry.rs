//! Which extensions serve now, and how that changes: a new set is read, checked and compiled beside the old one, and takes its
//! place whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::compiler::Compiler;
use super::extension::Extension;
use super::failure::in_one_line;
use super::load_error::LoadError;
use super::manifest::{Claim, Manifest};
use super::outbound::OutboundClients;
use super::package::{self, Package};
use super::sandbox::{self, Sandbox};
use super::set::Set;
use super::state::ExtensionConfig;
use super::verify::Publishers;

/// What the server lets extensions be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// One folder in it for each extension.
    pub folder: PathBuf,
    /// Whether somebody named it: then it has to exist.
    pub folder_is_named: bool,
    /// Whose signatures count.
    pub publishers: Publishers,
    /// What the sandbox may use.
    pub sandbox: sandbox::Limits,
    /// How long a call of the domain's component may wait for its imports, in milliseconds: an extension is one of them.
    pub host_ms_max: u64,
    /// Meeting providers of the configuration, whose ids are taken.
    pub provider_ids: BTreeSet<String>,
}

const HOW_TO_BE_IN_TIME: &str =
    "lower `running_ms_max` or `waiting_ms_max`, or raise the server's `limits.host_ms_max`";
/// What a request has to be left with after its extensions, in milliseconds.
const SLACK_MS: u64 = 500;

/// How long the extensions that a request asks may take together, in milliseconds.
fn answers_ms_max(host_ms_max: u64) -> u64 {
    host_ms_max.saturating_sub(SLACK_MS)
}

/// The extensions of a server.
pub struct Extensions {
    settings: Settings,
    compiler: Compiler,
    clients: Arc<OutboundClients>,
    sandbox: OnceLock<Arc<Sandbox>>,
    set: RwLock<Arc<Set>>,
    loading: Mutex<()>,
}

/// Why a new set does not serve; the old one does.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(LoadError::in_full).collect::<Vec<_>>().join("; "))]
pub struct NotReloaded(pub Vec<LoadError>);

impl Extensions {
    /// None yet: [`Extensions::start`] loads them.
    #[must_use]
    pub fn new(settings: Settings, compiler: Compiler, clients: Arc<OutboundClients>) -> Self {
        Self {
            settings,
            compiler,
            clients,
            sandbox: OnceLock::new(),
            set: RwLock::default(),
            loading: Mutex::default(),
        }
    }

    /// The set that serves now.
    #[must_use]
    pub fn current(&self) -> Arc<Set> {
        Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads what there is. What cannot be loaded is said in the log; the others serve.
    ///
    /// # Errors
    /// If it cannot be told what there is: nobody knows then who would have to be asked.
    pub async fn start(&self) -> Result<(), LoadError> {
        let _turn = self.loading.lock().await;
        let folders = self.folders(&Set::default())?;
        let (extensions, refused) = self.load_all(folders, &Set::default()).await;
        self.serve(Set::new(extensions, refused));
        Ok(())
    }

    /// Reads and compiles the folders again, while the set that serves goes on to. Those that have not changed stay, with their
    /// metrics.
    ///
    /// # Errors
    /// If one of them cannot be loaded: then nothing changes. One that is refused already, for what stands in the same place,
    /// holds up no other: it stays refused.
    pub async fn reload(&self) -> Result<Arc<Set>, NotReloaded> {
        let _turn = self.loading.lock().await;
        let current = self.current();
        let folders = self.folders(&current).map_err(|why| NotReloaded(vec![why]))?;
        let (extensions, refused) = self.load_all(folders, &current).await;
        let is_new = |why: &LoadError| !current.not_loaded().iter().any(|known| known.has_place_of(why));
        if refused.iter().any(|(why, _)| is_new(why)) {
            return Err(NotReloaded(refused.into_iter().map(|(refused, _)| refused).collect()));
        }
        Ok(self.serve(Set::new(extensions, refused)))
    }

    fn serve(&self, set: Set) -> Arc<Set> {
        let set = Arc::new(set);
        for error in set.not_loaded() {
            tracing::error!("an extension is not loaded: {}", error.in_full());
        }
        let names: Vec<_> = set.extensions().iter().map(|extension| extension.manifest.name.as_str()).collect();
        if !names.is_empty() || !self.current().extensions().is_empty() {
            tracing::info!(
                "extensions that serve: {}",
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            );
        }
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&set);
        set
    }

    /// Where extensions may be. A folder that is gone, unless nobody named it and nothing was there, is not an empty one.
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
    ) -> (Vec<Arc<Extension>>, Vec<(LoadError, Option<Claim>)>) {
        let mut extensions: Vec<Arc<Extension>> = Vec::new();
        let mut refused = Vec::new();
        for folder in folders {
            let loaded = self.load(&folder, previous).await;
            match loaded.and_then(|extension| self.taken(&extension, &extensions).map_or(Ok(extension), Err)) {
                Ok(extension) => extensions.push(extension),
                Err(why) => refused.push((why, Claim::read(&folder))),
            }
        }
        for (extension, why) in self.too_slow_together(&extensions) {
            extensions.retain(|other| !Arc::ptr_eq(other, &extension));
            refused.push((why, Claim::read(&self.settings.folder.join(&extension.manifest.name))));
        }
        (extensions, refused)
    }

    /// Screeners that, after those asked before them about the same bank, could take longer than a request waits.
    fn too_slow_together(&self, extensions: &[Arc<Extension>]) -> Vec<(Arc<Extension>, LoadError)> {
        let mut screeners: Vec<_> = extensions.iter().filter_map(|one| Some((one.order()?, one))).collect();
        screeners.sort_by(|(order, one), (other_order, other)| {
            (order, &one.manifest.name).cmp(&(other_order, &other.manifest.name))
        });
        let max = answers_ms_max(self.settings.host_ms_max);
        let mut kept: Vec<&Arc<Extension>> = Vec::new();
        let mut too_slow = Vec::new();
        for (_, screener) in screeners {
            let manifest = &screener.manifest;
            let before = kept.iter().filter(|other| other.manifest.banks.overlap(&manifest.banks));
            let together = before.map(|other| other.manifest.longest_ms()).sum::<u64>() + manifest.longest_ms();
            if together <= max {
                kept.push(screener);
                continue;
            }
            let reason =
                format!("with the screeners before it a request could take {together} ms, and it waits for {max}");
            let why = manifest.refuse(slowest_key(manifest), reason, HOW_TO_BE_IN_TIME.to_owned());
            too_slow.push((Arc::clone(screener), why));
        }
        too_slow
    }

    async fn load(&self, folder: &Path, previous: &Set) -> Result<Arc<Extension>, LoadError> {
        let package = self.open(folder).await?;
        match previous.extensions().iter().find(|extension| extension.is(&package)) {
            Some(same) => Ok(Arc::clone(same)),
            None => self.compile(package).await,
        }
    }

    /// Everything about a folder that can be checked without compiling.
    ///
    /// # Errors
    /// If it is not to be loaded.
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

    /// The engine, made for the first extension: a server without any has none.
    fn sandbox(&self) -> wasmtime::Result<Arc<Sandbox>> {
        if let Some(sandbox) = self.sandbox.get() {
            return Ok(Arc::clone(sandbox));
        }
        let sandbox = Arc::new(Sandbox::new(self.settings.sandbox)?);
        Ok(Arc::clone(self.sandbox.get_or_init(|| sandbox)))
    }

    /// Why another provider has an id of this one's already, at a bank of this one's.
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
        let hint = "choose another id, or let the two serve different banks";
        Some(manifest.refuse("provider_ids", reason, hint.to_owned()))
    }
}

fn unreadable(folder: &Path, error: &dyn std::fmt::Display) -> LoadError {
    let hint = "see that the server may read the folder and what is in it";
    LoadError { path: folder.to_owned(), line: None, reason: error.to_string(), hint: hint.to_owned() }
}

/// Refuses an extension whose calls may take longer than a request waits for its imports (`limits.host_ms_max`).
///
/// # Errors
/// If it is one.
pub fn in_time(manifest: &Manifest, host_ms_max: u64) -> Result<(), LoadError> {
    let (longest, max) = (manifest.longest_ms(), answers_ms_max(host_ms_max));
    if longest <= max {
        return Ok(());
    }
    let reason = format!("a call may take {longest} ms, and a request waits for {max}");
    Err(manifest.refuse(slowest_key(manifest), reason, HOW_TO_BE_IN_TIME.to_owned()))
}

/// The key that says most about how long a call may take.
fn slowest_key(manifest: &Manifest) -> &'static str {
    if manifest.waiting_ms_max() > manifest.limits.running_ms_max {
        "limits.waiting_ms_max"
    } else {
        "limits.running_ms_max"
    }
}

/// Makes an extension of a package that has been checked.
///
/// # Errors
/// If its component does not compile, or does not fit.
pub async fn compile(
    package: Package,
    sandbox: &Arc<Sandbox>,
    compiler: &Compiler,
    clients: &Arc<OutboundClients>,
) -> Result<Extension, LoadError> {
    let Package { manifest, component, inspection, secrets } = package;
    let refused = |reason: String| {
        manifest.refuse("component", reason, "build the component anew, for this server's WIT".to_owned())
    };
    let compiled = compiler.compile(sandbox, component).await.map_err(refused)?;
    let config = ExtensionConfig {
        name: manifest.name.clone(),
        settings: manifest.settings.clone(),
        secrets,
        log_lines_max: manifest.limits.log_lines_max,
        memory_bytes_max: manifest.limits.memory_bytes_max,
    };
    let (sandbox, clients) = (Arc::clone(sandbox), Arc::clone(clients));
    let extension = Extension::new(sandbox, compiled, manifest.clone(), inspection.about.sha256, config, clients)
        .ok_or_else(|| refused("it does not export what its world does".to_owned()))?;
    extension.check_types().await.map_err(|cause| refused(format!("it does not fit its world: {cause}")))?;
    Ok(extension)
}

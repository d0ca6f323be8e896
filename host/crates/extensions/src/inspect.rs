//! Judges a component by its own description: its worlds, its version of our WIT package, and what it may import.

#[cfg(test)]
mod tests;

use sandbox::about::{About, NotAComponent};

use super::load_error::LoadError;
use super::manifest::{Manifest, World};
use super::version::{API_VERSION, Version};

/// The package of our own interfaces.
const PACKAGE: &str = "obp:onboarding";
/// Interfaces of our package that the host answers for extensions.
const ANSWERED: &[&str] = &["logging", "settings"];
/// Interfaces of our package that have types only.
const TYPES_ONLY: &[&str] = &[
    "accounts-types",
    "banks-types",
    "caller",
    "changes",
    "consumers-types",
    "customers-types",
    "entitlements-types",
    "kyc-types",
    "meetings-types",
    "problem",
    "timestamp",
    "users-types",
];
/// Interfaces of WASI 0.2 that every extension may import.
const WASI: &[&str] = &[
    "wasi:clocks/wall-clock",
    "wasi:clocks/monotonic-clock",
    "wasi:random/random",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];
/// Interfaces of WASI 0.2 that an extension with outbound hosts may import.
const WASI_HTTP: &[&str] = &["wasi:http/types", "wasi:http/outgoing-handler"];

/// A component, and the worlds and versions that it was built for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The component's own description.
    pub about: About,
    /// The worlds whose interface it exports.
    pub worlds: Vec<World>,
    /// The versions of `obp:onboarding` among its imports and exports, each once, ascending. An extension has exactly one.
    pub api: Vec<Version>,
}

impl Inspection {
    /// Reads and validates a component.
    ///
    /// # Errors
    /// [`NotAComponent`].
    pub fn of(bytes: &[u8]) -> Result<Self, NotAComponent> {
        let about = About::read(bytes)?;
        let worlds = World::ALL.into_iter().filter(|world| fits(&about, *world)).collect();
        let interfaces = about.exports.iter().filter(|export| export.is_interface()).map(|export| &export.name);
        let mut api: Vec<_> = about.imports.iter().chain(interfaces).filter_map(|name| own(name)?.1).collect();
        api.sort_unstable();
        api.dedup();
        Ok(Self { about, worlds, api })
    }

    /// Checks the component against its manifest: world, version, imports, and memory.
    ///
    /// # Errors
    /// [`LoadError`] for the first difference, with the line of the manifest.
    pub fn against(&self, manifest: &Manifest) -> Result<(), LoadError> {
        let world = manifest.world();
        if !self.worlds.contains(&world) {
            let reason = format!("it exports no {PACKAGE}/{}, as the world `{world}` needs", world.interface());
            let hint = match self.worlds.first() {
                Some(other) => format!("its world is `{other}`: correct `world`, or the component"),
                None => "build the component for a world of wit/extensions.wit".to_owned(),
            };
            return Err(manifest.refuse("world", reason, hint));
        }
        self.check_api(manifest)?;
        for import in &self.about.imports {
            check_import(import, manifest)?;
        }
        let granted = u64::try_from(manifest.limits.memory_bytes_max).unwrap_or(u64::MAX);
        if self.about.memory_bytes > granted {
            let reason = format!(
                "its memories begin with {} bytes, `limits.memory_bytes_max` is {granted}",
                self.about.memory_bytes
            );
            let hint = "raise `limits.memory_bytes_max`, or have the component built with less".to_owned();
            return Err(manifest.refuse("limits.memory_bytes_max", reason, hint));
        }
        Ok(())
    }

    fn check_api(&self, manifest: &Manifest) -> Result<(), LoadError> {
        let said = &manifest.api;
        if !API_VERSION.supports(said) {
            let reason = format!("this server speaks version {API_VERSION} of {PACKAGE}, not {said}");
            let hint = format!("get the extension for version {API_VERSION}, or a server for {said}");
            return Err(manifest.refuse("api", reason, hint));
        }
        match self.api.iter().find(|built| *built != said) {
            Some(built) => {
                let reason = format!("it was built for version {built} of {PACKAGE}, `api` says {said}");
                Err(manifest.refuse(
                    "api",
                    reason,
                    format!("set `api` to \"{built}\", or have the component built for {said}"),
                ))
            }
            None => Ok(()),
        }
    }
}

/// Whether the component exports the interface of that world.
fn fits(about: &About, world: World) -> bool {
    about.exports.iter().filter(|export| export.is_interface()).any(|export| {
        own(&export.name).is_some_and(|(interface, version)| version.is_some() && interface == world.interface())
    })
}

/// The interface and the version of a name of our package. The version is `None` if it has another form.
fn own(name: &str) -> Option<(&str, Option<Version>)> {
    let interface = name.strip_prefix(PACKAGE)?.strip_prefix('/')?;
    let (interface, version) = interface.split_once('@')?;
    Some((interface, version.parse().ok()))
}

fn check_import(import: &str, manifest: &Manifest) -> Result<(), LoadError> {
    let refuse = |reason, hint: &str| Err(manifest.refuse("component", reason, hint.to_owned()));
    if let Some((interface, Some(_))) = own(import)
        && (ANSWERED.contains(&interface) || TYPES_ONLY.contains(&interface))
    {
        return Ok(());
    }
    let wasi = import.split_once('@').and_then(|(name, version)| {
        let version = version.parse::<Version>().ok()?;
        version.is_wasi_0_2().then_some(name)
    });
    match wasi {
        Some(name) if WASI.contains(&name) => Ok(()),
        Some(name) if WASI_HTTP.contains(&name) && !manifest.outbound.hosts.is_empty() => Ok(()),
        Some(name) if WASI_HTTP.contains(&name) => refuse(
            format!("imports {name}, but `outbound.hosts` allows no host"),
            "name the hosts that it may call in `outbound.hosts`, or have it built without calls",
        ),
        _ => refuse(
            format!("imports {import}, which no extension may"),
            "have it built with the imports of wit/extensions.wit only",
        ),
    }
}

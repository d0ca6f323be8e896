//! Reads an extension's folder and checks it in a safe order: manifest, digest or signature, imports, secrets. Compiles and
//! runs nothing.

mod proof;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use settings::Secret;

use super::files::{self, Links};
use super::inspect::Inspection;
use super::load_error::LoadError;
use super::manifest::{Manifest, SecretSource};
use super::verify::Publishers;

/// The most bytes of a component.
const COMPONENT_BYTES_MAX: u64 = 64 << 20;
/// The folder that `fsck` keeps at the root of a file system. No extension can have this name.
const LOST_AND_FOUND: &str = "lost+found";
/// The most bytes of a secret.
const SECRET_BYTES_MAX: u64 = 64 << 10;

/// A checked extension, which may be compiled.
#[derive(Debug)]
pub struct Package {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its bytes, which fit the manifest's digest or signature.
    pub component: Vec<u8>,
    /// The description of the component.
    pub inspection: Inspection,
    /// Its secrets, by the names of the manifest.
    pub secrets: BTreeMap<String, Secret>,
}

impl Package {
    /// Reads the extension in that folder. `environment` gives the value of a variable, if it is set and is UTF-8. A secret of
    /// `given` replaces the one of the manifest.
    ///
    /// # Errors
    /// The first error in the manifest, the component, or a secret, in this order.
    pub fn open(
        folder: &Path,
        publishers: &Publishers,
        environment: &dyn Fn(&str) -> Option<String>,
        given: &BTreeMap<String, Secret>,
    ) -> Result<Self, LoadError> {
        let package = Self::without_secrets(folder, publishers)?;
        let secrets = secrets(&package.manifest, environment, given)?;
        Ok(Self { secrets, ..package })
    }

    /// Reads the extension in that folder without its secrets, which only the server may read.
    ///
    /// # Errors
    /// The first error in the manifest or the component, in this order.
    pub fn without_secrets(folder: &Path, publishers: &Publishers) -> Result<Self, LoadError> {
        let manifest = Manifest::read(folder)?;
        let file = manifest.component.display();
        let component = files::read(&manifest.component, COMPONENT_BYTES_MAX, Links::Refused).map_err(|error| {
            let hint = "put the component there, a file of at most 64 MiB, or correct `component`";
            manifest.refuse("component", format!("{file} {error}"), hint.to_owned())
        })?;
        proof::check(&manifest, &component, publishers)?;
        let inspection = Inspection::of(&component).map_err(|reason| {
            let hint = "build it as a component, for a world of wit/extensions.wit";
            manifest.refuse("component", format!("{file} {reason}"), hint.to_owned())
        })?;
        inspection.against(&manifest)?;
        Ok(Self { manifest, component, inspection, secrets: BTreeMap::new() })
    }
}

/// The folders of extensions, in the order of their names. `None` if there is no `root`.
///
/// Files, hidden folders, `lost+found` and folders without any file do not count. A link counts, unless it leads to a file. An
/// entry that cannot be read counts: it may stand for a screener, which must not be skipped.
///
/// # Errors
/// If `root` cannot be read.
pub fn folders(root: &Path) -> io::Result<Option<Vec<PathBuf>>> {
    let entries = match fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        let is_of_system = name.as_encoded_bytes().starts_with(b".") || name == LOST_AND_FOUND;
        if !is_of_system && fs::metadata(&path).map_or(true, |target| target.is_dir()) && has_files(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(Some(found))
}

/// Whether there is anything but folders in a folder, at any depth. An error counts as a file.
fn has_files(folder: &Path) -> bool {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { return true };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry.path()))) {
                Ok((kind, path)) if kind.is_dir() => folders.push(path),
                _ => return true,
            }
        }
    }
    false
}

fn secrets(
    manifest: &Manifest,
    environment: &dyn Fn(&str) -> Option<String>,
    given: &BTreeMap<String, Secret>,
) -> Result<BTreeMap<String, Secret>, LoadError> {
    let mut secrets = BTreeMap::new();
    for (name, source) in &manifest.secrets {
        if let Some(secret) = given.get(name) {
            secrets.insert(name.clone(), secret.clone());
            continue;
        }
        let secret = secret(source, environment).map_err(|why| {
            let reason = format!("the secret `{name}` is not available: {source} {why}");
            let hint = "give the server a secret there, text of at most 64 KiB, or remove it from the manifest";
            manifest.refuse(&format!("secrets.{name}"), reason, hint.to_owned())
        })?;
        secrets.insert(name.clone(), secret);
    }
    Ok(secrets)
}

/// Reads a secret. The error does not contain it.
fn secret(source: &SecretSource, environment: &dyn Fn(&str) -> Option<String>) -> Result<Secret, String> {
    let text = match source {
        SecretSource::Environment(name) => environment(name).ok_or("is not set, or is not UTF-8")?,
        SecretSource::File(path) => {
            let bytes = files::read(path, SECRET_BYTES_MAX, Links::Followed).map_err(|error| error.to_string())?;
            let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
            let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
            line.map(str::to_owned).unwrap_or(text)
        }
    };
    // Secrets are replaced in the log. An empty secret would match everywhere.
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes <= SECRET_BYTES_MAX) {
        Ok(Secret::new(text))
    } else {
        Err(format!("has more than {SECRET_BYTES_MAX} bytes"))
    }
}

//! Makes the folder that is deployed of an extension: its component, and its manifest with the component's digest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{build, encode};

const MANIFEST: &str = "extension.toml";
/// What the manifest calls the component.
const COMPONENT: &str = "component.wasm";
/// Stands in the manifest of a source folder for what only the build knows.
const PLACEHOLDER: &str = "@SHA256@";

/// Where an extension comes from.
#[derive(Debug)]
pub enum Extension<'a> {
    /// A Rust crate, of its folder's name. It is built in that target folder.
    Crate(&'a Path),
    /// A component that was made by the tools of another language.
    Component(&'a Path),
}

/// Makes `out/NAME`, where `NAME` is that of the folder with the extension's manifest, and returns its path.
///
/// # Errors
/// If the extension does not build, or its manifest lacks the name of the component or the placeholder of its digest.
pub fn deploy(folder: &Path, extension: &Extension<'_>, out: &Path) -> Result<PathBuf> {
    let folder = folder.canonicalize().with_context(|| format!("there is no folder {}", folder.display()))?;
    let name = folder.file_name().and_then(|name| name.to_str()).context("the folder has no name")?;
    let manifest = fs::read_to_string(folder.join(MANIFEST)).with_context(|| format!("{name} has no {MANIFEST}"))?;
    ensure!(
        manifest.matches(PLACEHOLDER).count() == 1 && manifest.contains(COMPONENT),
        "{name}: {MANIFEST} must have `component = \"{COMPONENT}\"` and `sha256 = \"{PLACEHOLDER}\"`"
    );
    let component = match extension {
        Extension::Crate(target_dir) => encode(&build(workspace(&folder)?, target_dir, name, &[])?)?,
        Extension::Component(file) => fs::read(file).with_context(|| format!("cannot read {}", file.display()))?,
    };
    let mut digest = String::new();
    for byte in Sha256::digest(&component) {
        digest.push_str(&format!("{byte:02x}"));
    }

    // Whole or not at all: a server may be looking.
    let (made, making) = (out.join(name), out.join(format!(".{name}")));
    if making.exists() {
        fs::remove_dir_all(&making).context("cannot remove what an earlier build left")?;
    }
    fs::create_dir_all(&making).with_context(|| format!("cannot make {}", making.display()))?;
    fs::write(making.join(COMPONENT), component).context("cannot write the component")?;
    fs::write(making.join(MANIFEST), manifest.replace(PLACEHOLDER, &digest)).context("cannot write the manifest")?;
    if made.exists() {
        fs::remove_dir_all(&made).with_context(|| format!("cannot remove {}", made.display()))?;
    }
    fs::rename(&making, &made).with_context(|| format!("cannot make {}", made.display()))?;
    Ok(made)
}

/// The folder of the lock file: this workspace's, or the extension's own.
fn workspace(folder: &Path) -> Result<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").exists())
        .context("there is no Cargo.lock: run cargo once")
}

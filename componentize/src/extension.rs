//! Makes the deployable folder of an extension: its component, and its manifest with the component's digest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{build, encode};

const MANIFEST: &str = "extension.toml";
/// The file name of the component, which the manifest contains.
const COMPONENT: &str = "component.wasm";
/// The placeholder for the digest in the manifest of a source folder.
const PLACEHOLDER: &str = "@SHA256@";

/// The source of an extension.
#[derive(Debug)]
pub enum Extension<'a> {
    /// A Rust crate with the name of its folder, built in this target folder.
    Crate(&'a Path),
    /// A component that the tools of another language made.
    Component(&'a Path),
}

/// Makes `out/NAME` and returns its path. `NAME` is the name of `folder`, which contains the extension's manifest.
///
/// # Errors
/// If the extension does not build, or if its manifest lacks the name of the component or the placeholder for its digest.
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

    // Rename the complete folder into place: a server may be reading it.
    let (made, making) = (out.join(name), out.join(format!(".{name}")));
    if making.exists() {
        fs::remove_dir_all(&making).context("cannot remove the rest of an earlier build")?;
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

/// The folder of the lock file: this workspace, or the extension's own folder.
fn workspace(folder: &Path) -> Result<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").exists())
        .context("there is no Cargo.lock: run `cargo generate-lockfile` once")
}

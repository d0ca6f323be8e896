//! `extension add`: copies an extension to the server and loads it.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use obp_host::config::Config;
use obp_host::extensions::authority::{Authority, asked_for, diff};
use obp_host::extensions::manifest::FILE;
use obp_host::extensions::package::Package;
use obp_host::extensions::registry::in_time;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::super::DataArguments;
use super::super::control::{self, ControlRequest, ControlResponse, ExtensionStatus};
use super::super::output::print_lines;
use super::trial::Trial;

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    #[command(flatten)]
    data: DataArguments,
    /// The extension's folder, with `extension.toml` and the component.
    folder: PathBuf,
    /// Replaces the extension of the same name.
    #[arg(long)]
    replace: bool,
}

impl Add {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let package = super::open(&self.folder, &config)?;
        let name = &package.manifest.name;
        let (folder, new) = (super::folder(&config, name), super::folder(&config, &format!(".new-{name}")));
        let root = config.extensions_folder();
        create(&root, &config).await?;
        let _lock = super::lock(&root)?;
        let replaces = folder.is_dir();
        if replaces && !self.replace {
            bail!("{} exists already; say --replace to put this one in its place", folder.display());
        }
        let before = replaces.then(|| super::open(&folder, &config).ok()).flatten();
        print_authority(before.as_ref(), &package)?;
        if control::ask(&config.data, ControlRequest::Extensions).await?.is_none() {
            // No server compiles it now, and the next one must not find out at its start.
            in_time(&package.manifest, config.limits.host_ms_max)?;
            Trial::new(&config)?.compile(super::open(&self.folder, &config)?).await?;
        }
        super::clear(&new)?;
        copy(&self.folder, &new, &package.manifest.component)
            .with_context(|| format!("cannot copy {} to {}", self.folder.display(), new.display()))?;
        put_in_place(&new, &folder, replaces)?;
        let wrong = |extensions: &[ExtensionStatus]| match extensions.iter().find(|one| one.name == *name) {
            Some(one) => one.refused.clone(),
            None => Some(super::reads_elsewhere(&config)),
        };
        let undo = || {
            put_in_place(&folder, &new, replaces)?;
            fs::remove_dir_all(&new)
        };
        super::take_effect(&config, wrong, undo).await?;
        super::clear(&new)?;
        print_lines(&[format!("added {name} {} in {}", package.manifest.version, folder.display())])
    }
}

/// Creates the folder of extensions for the first extension. A folder that has disappeared is not created again: a running
/// server would lose the extensions that were in it.
async fn create(root: &Path, config: &Config) -> anyhow::Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    if config.extensions.folder.is_some() {
        bail!("there is no folder {}, which `extensions.folder` names; make it", root.display());
    }
    if let Some(ControlResponse::Loaded(extensions)) = control::ask(&config.data, ControlRequest::Extensions).await?
        && !extensions.is_empty()
    {
        bail!(
            "the folder {} does not exist, but the running server has loaded extensions from it. Restore the folder",
            root.display()
        );
    }
    // The data folder may not exist yet. Its mode is the same as when the server creates it.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(root);
    made.with_context(|| format!("cannot create the folder {}", root.display()))
}

/// Prints the capabilities that the operator grants with this command: all, or the difference.
fn print_authority(before: Option<&Package>, package: &Package) -> anyhow::Result<()> {
    let authority = |package: &Package| Authority::of(&package.manifest, &package.inspection);
    let lines = match before {
        Some(before) => diff(&authority(before), &authority(package)),
        None => asked_for(&authority(package)),
    };
    print_lines(&lines.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// Moves a folder to the place where the server reads it, or exchanges it with the folder there. The place is never empty
/// in between.
fn put_in_place(from: &Path, to: &Path, exchange: bool) -> io::Result<()> {
    let how = if exchange { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    renameat_with(CWD, from, CWD, to, how)?;
    to.parent().map_or(Ok(()), |root| File::open(root)?.sync_all())
}

/// Copies manifest and component, and no other file of the folder.
fn copy(from: &Path, to: &Path, component: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for (from, name) in
        [(from.join(FILE), FILE.as_ref()), (component.to_owned(), component.file_name().unwrap_or_default())]
    {
        let to = to.join(name);
        fs::copy(from, &to)?;
        // The server refuses an extension that other users can change, and a copy has the mode of its source.
        fs::set_permissions(&to, Permissions::from_mode(0o600))?;
        File::open(to)?.sync_all()?;
    }
    File::open(to)?.sync_all()
}

//! `extension`: inspects, tests, adds and removes extensions of a server, whether it runs or not.

mod add;
mod case;
mod check;
mod diff;
mod inspect;
mod list;
mod reload;
mod remove;
mod test;
mod trial;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use obp_host::config::Config;
use obp_host::extensions::package::Package;

use super::control::{self, ControlRequest, ControlResponse, ExtensionStatus};
use super::output::print_lines;

/// The commands below `extension`.
#[derive(Debug, Subcommand)]
pub(super) enum Extension {
    /// Prints imports, exports, world, size and digest of a component, and what its manifest requests. Compiles it as the server
    /// does, and does not run it.
    #[command(
        after_help = "Examples:\n  obp-host extension inspect screening.wasm\n  obp-host extension inspect ./expired-documents"
    )]
    Inspect(inspect::Inspect),
    /// Checks an extension's folder as the server does, and calls the extension once.
    #[command(after_help = "Example:\n  obp-host extension check ./expired-documents")]
    Check(check::Check),
    /// Compares the capabilities that two versions of an extension request. Exit code 3 if the new one requests more.
    #[command(after_help = "Example:\n  obp-host extension diff data/extensions/acme ./acme-2.0")]
    Diff(diff::Diff),
    /// Adds an extension to the server, and loads it if the server runs.
    #[command(
        after_help = "Examples:\n  obp-host extension add ./expired-documents --data ./data\n  obp-host extension add ./acme-2.0 --replace --data ./data"
    )]
    Add(add::Add),
    /// Lists the server's extensions and, if it runs, their statistics.
    #[command(after_help = "Example:\n  obp-host extension list --data ./data")]
    List(list::List),
    /// Removes an extension from the server, and unloads it if the server runs.
    #[command(after_help = "Example:\n  obp-host extension remove expired-documents --data ./data")]
    Remove(remove::Remove),
    /// Reloads extensions and certificate of a running server, as SIGHUP does.
    #[command(after_help = "Example:\n  obp-host extension reload --data ./data")]
    Reload(reload::Reload),
    /// Runs recorded calls against an extension, and compares its answers. For authors of extensions.
    #[command(
        after_help = "Example:\n  obp-host extension test ./expired-documents --case cases/expired.json --case cases/valid.json"
    )]
    Test(test::Test),
}

impl Extension {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Inspect(command) => command.run().await,
            Self::Check(command) => command.run().await,
            Self::Diff(command) => command.run(),
            Self::Add(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Remove(command) => command.run().await,
            Self::Reload(command) => command.run().await,
            Self::Test(command) => command.run().await,
        }
    }
}

/// Opens a folder and checks it as the server does before it compiles. Secrets are not read, because the server has its own.
fn open(folder: &Path, config: &Config) -> anyhow::Result<Package> {
    Ok(Package::without_secrets(folder, &config.extensions.publishers)?)
}

/// The folder of the extension of that name.
fn folder(config: &Config, name: &str) -> PathBuf {
    config.extensions_folder().join(name)
}

/// Reloads the extensions of the server that runs on the data folder. `wrong` gives the reason if the loaded extensions are
/// not the wanted ones. In this case, and if the reload fails, `undo` restores the folder.
async fn take_effect(
    config: &Config,
    wrong: impl FnOnce(&[ExtensionStatus]) -> Option<String>,
    undo: impl FnOnce() -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let data = config.data.display();
    let response = control::ask(&config.data, ControlRequest::ReloadExtensions);
    let why = match response.await.context("it may take effect at once, or at the server's next start")? {
        None => {
            return print_lines(&[format!("no server runs on {data}: it takes effect at the next start")]);
        }
        Some(ControlResponse::Loaded(extensions)) => wrong(&extensions),
        Some(ControlResponse::Refused(why)) => Some(why),
    };
    if let Some(why) = why {
        undo().context("the change cannot be undone")?;
        bail!("the running server rejects the change, and nothing was changed: {why}");
    }
    print_lines(&[format!("the running server on {data} has applied the change")])
}

/// The reason if a running server ignores a change of the folder.
fn reads_elsewhere(config: &Config) -> String {
    format!("it does not read {}; is its `extensions.folder` another?", config.extensions_folder().display())
}

/// Locks the folder against other commands that change it, until the returned value is dropped.
fn lock(root: &Path) -> anyhow::Result<File> {
    let folder = File::open(root).with_context(|| format!("cannot open {}", root.display()))?;
    folder.lock().with_context(|| format!("cannot lock {}", root.display()))?;
    Ok(folder)
}

/// Removes a folder that an interrupted command may have left.
fn clear(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

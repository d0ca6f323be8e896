//! `extension`: looks at extensions, tries them, and changes which ones a server has, running or not.

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

use super::control::{self, Answer, Question, Serving};

/// `extension …`.
#[derive(Debug, Subcommand)]
pub(super) enum Extension {
    /// Prints what a component imports and exports, its world, size and digest, without running it.
    #[command(after_help = "Example:\n  obp-host extension inspect screening.wasm")]
    Inspect(inspect::Inspect),
    /// Checks a folder as the server would, and tries the extension once.
    #[command(after_help = "Example:\n  obp-host extension check ./expired-documents")]
    Check(check::Check),
    /// Prints what authority the new version of an extension asks for in addition to the old one's. Exit code 3 if it does.
    #[command(after_help = "Example:\n  obp-host extension diff data/extensions/acme ./acme-2.0")]
    Diff(diff::Diff),
    /// Copies a folder to the server's extensions; a server that runs loads it at once.
    #[command(
        after_help = "Examples:\n  obp-host extension add ./expired-documents --data ./data\n  obp-host extension add ./acme-2.0 --replace --data ./data"
    )]
    Add(add::Add),
    /// Prints the server's extensions and, if it runs, how they have been doing.
    #[command(after_help = "Example:\n  obp-host extension list --data ./data")]
    List(list::List),
    /// Removes an extension; a server that runs lets it go at once.
    #[command(after_help = "Example:\n  obp-host extension remove expired-documents --data ./data")]
    Remove(remove::Remove),
    /// Has a running server read its extensions (and its certificate) again, as SIGHUP does.
    #[command(after_help = "Example:\n  obp-host extension reload --data ./data")]
    Reload(reload::Reload),
    /// Runs recorded calls against an extension, and compares what it answers: for its authors.
    #[command(
        after_help = "Example:\n  obp-host extension test ./expired-documents --case cases/expired.json --case cases/valid.json"
    )]
    Test(test::Test),
}

impl Extension {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Inspect(command) => command.run(),
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

/// What the server would look at before it compiles. Not the secrets: they are the server's.
fn open(folder: &Path, config: &Config) -> anyhow::Result<Package> {
    Ok(Package::without_secrets(folder, &config.extensions.publishers)?)
}

/// The folder of the extension of that name.
fn folder(config: &Config, name: &str) -> PathBuf {
    config.extensions_folder().join(name)
}

/// Has the server that runs on that data folder read its extensions again. `wrong` says why what serves then is not what is
/// wanted; `undo` is done if so, or if the server does not take them.
async fn take_effect(
    config: &Config,
    wrong: impl FnOnce(&[Serving]) -> Option<String>,
    undo: impl FnOnce() -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let data = config.data.display();
    let answer = control::ask(&config.data, Question::ReloadExtensions);
    let why = match answer.await.context("it may take effect at once, or at the server's next start")? {
        None => {
            println!("no server runs on {data}: it takes effect at the next start");
            return Ok(());
        }
        Some(Answer::Serving(serving)) => wrong(&serving),
        Some(Answer::Refused(why)) => Some(why),
    };
    if let Some(why) = why {
        undo().context("what was changed cannot be changed back")?;
        bail!("the running server does not take it, and nothing was changed: {why}");
    }
    println!("the server that runs on {data} has it in effect");
    Ok(())
}

/// Why a server does not have what this command put into its folder, or still has what it took out.
fn reads_elsewhere(config: &Config) -> String {
    format!("it does not read {}; is its `extensions.folder` another?", config.extensions_folder().display())
}

/// Holds up other commands that change that folder, as long as what it returns lives.
fn turn(root: &Path) -> anyhow::Result<File> {
    let folder = File::open(root).with_context(|| format!("cannot open {}", root.display()))?;
    folder.lock().with_context(|| format!("cannot lock {}", root.display()))?;
    Ok(folder)
}

/// Removes a folder that an earlier command may have left.
fn clear(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

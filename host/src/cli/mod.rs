//! The commands; each has its own file.

mod backup;
mod check;
mod component;
mod consumer;
mod control;
mod demo;
mod explain;
mod extension;
mod log;
mod output;
mod progress;
mod serve;
mod super_admin;
mod user;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use obp_host::app::open_store;
use obp_host::config::{self, Config};
use obp_host::extensions::compiler;
use obp_host::storage::{Store, sqlite};

pub(crate) use self::output::{OutputError, complain};

/// Open Bank Project onboarding server: users, accounts, meetings and KYC, over OBP v3.1.0.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server.
    #[command(
        after_help = "Examples:\n  obp-host serve --data ./data\n  obp-host serve --config obp.toml --listen 127.0.0.1:8081\n  OBP_HOST_LISTEN=127.0.0.1:8081 obp-host serve\n  OBP_HOST_TLS__CERTIFICATE=chain.pem OBP_HOST_TLS__KEY=key.pem obp-host serve"
    )]
    Serve(serve::Serve),
    /// Runs a temporary server with a bank, users, a customer and KYC records, and prints example calls.
    #[command(
        after_help = "Examples:\n  obp-host demo\n  obp-host demo --listen 127.0.0.1:8081\n  obp-host demo --data ./demo-data"
    )]
    Demo(demo::Demo),
    /// Looks for damage in the store, also while the server runs. Exit code 1 if it is damaged.
    #[command(
        after_help = "Examples:\n  obp-host check --data ./data\n  obp-host check --data ./data --json | jq -r '.findings[]'"
    )]
    Check(check::Check),
    /// Writes the store into one new file, also while the server runs. The copy is checked for damage.
    #[command(
        after_help = "Examples:\n  obp-host backup --data ./data monday.db\n  obp-host backup --data ./data \"backup-$(date +%F).db\" --json | jq .bytes"
    )]
    Backup(backup::Backup),
    /// Puts a backup in the place of the store, while no server runs. Keeps the store that was there.
    #[command(after_help = "Example:\n  obp-host restore --data ./data monday.db")]
    Restore(backup::Restore),
    /// Registers applications.
    #[command(subcommand)]
    Consumer(consumer::Consumer),
    /// Manages super admins.
    #[command(subcommand, name = "super-admin")]
    SuperAdmin(super_admin::SuperAdmin),
    /// Lists, locks and unlocks users, sets passwords and revokes tokens, also while the server runs.
    #[command(subcommand)]
    User(user::User),
    /// Describes or exports the embedded component.
    #[command(
        after_help = "Examples:\n  obp-host component\n  obp-host component --out onboarding.wasm\n  obp-host component --wit > onboarding.wit"
    )]
    Component(component::Component),
    /// Explains an error of the API: its meaning, its occasions and the correction.
    #[command(
        after_help = "Examples:\n  obp-host explain OBP-30111\n  obp-host explain 20006\n  obp-host explain \"Invalid email address\"\n  obp-host explain"
    )]
    Explain(explain::Explain),
    /// Inspects, tests, adds and removes third-party extensions.
    #[command(subcommand)]
    Extension(extension::Extension),
    /// Compiles a component from standard input to standard output. The server runs this command to compile extensions.
    #[command(hide = true, name = compiler::ARGUMENT)]
    CompileExtension(CompileExtension),
}

/// Limits of the compiling process.
#[derive(Debug, Args)]
struct CompileExtension {
    seconds_max: u64,
    data_bytes_max: u64,
}

/// Options that select the data folder. The commands work whether the server runs or not.
#[derive(Debug, Args)]
struct DataArguments {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder; overrides the configuration.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataArguments {
    fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref(), config::environment())?;
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        Ok(config)
    }

    /// Opens the store, which must exist. The command closes it at its end.
    fn open_store(&self) -> anyhow::Result<Arc<dyn Store>> {
        let config = self.config()?;
        let file = sqlite::file(&config.data);
        anyhow::ensure!(file.exists(), "there is no store {}; name its folder with --data", file.display());
        open_store(&config)
    }
}

/// Options of the commands that write to the store.
#[derive(Debug, Args)]
struct StoreArguments {
    #[command(flatten)]
    data: DataArguments,
    /// Creates the store if the data folder has none.
    #[arg(long)]
    init: bool,
}

impl StoreArguments {
    /// Opens the store. The command closes it at its end.
    fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        let config = self.data.config()?;
        let file = sqlite::file(&config.data);
        anyhow::ensure!(
            self.init || file.exists(),
            "there is no store {}; name its folder with --data, or create one with --init",
            file.display()
        );
        open_store(&config)
    }
}

/// Runs a command.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    // Set the limits before this process allocates memory.
    if let Command::CompileExtension(limits) = arguments.command {
        return compile_extension(&limits);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve(command) => command.run().await,
            Command::Demo(command) => command.run().await,
            Command::Check(command) => command.run(),
            Command::Backup(command) => command.run(),
            Command::Restore(command) => command.run(),
            Command::Consumer(command) => command.run().await,
            Command::SuperAdmin(command) => command.run().await,
            Command::User(command) => command.run().await,
            Command::Component(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Extension(command) => command.run().await,
            Command::CompileExtension(limits) => compile_extension(&limits),
        }
    })
}

fn compile_extension(limits: &CompileExtension) -> anyhow::Result<()> {
    let CompileExtension { seconds_max, data_bytes_max } = *limits;
    let code = compiler::work(std::io::stdin(), compiler::CompilerLimits { seconds_max, data_bytes_max })?;
    output::write(&code)
}

/// Refuses an address at which the access profile must not be used (decision 10).
fn may_listen(config: &Config, address: SocketAddr) -> anyhow::Result<()> {
    config.refuses_to_listen(address).map_or(Ok(()), |error| Err(error.into()))
}

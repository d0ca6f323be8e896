//! The program: parses the command line, runs a command of [`cli`], and turns an error into an exit code.

mod allocator;
mod cli;

use std::process::ExitCode;

use clap::Parser;
use obp_host::config::SettingError;
use obp_host::extensions::load_error::LoadError;
use obp_host::storage::StoreError;

/// The correction of a damaged store.
const DAMAGED: &str = "`obp-host check` lists all findings. Stop the server. `obp-host restore --data DIR BACKUP` puts a \
    backup in the place of the store, and keeps the damaged files. If there is no backup, docs/configuration.md, \
    \"The data folder\", says how to copy what can be read";

/// The exit code of a wrong configuration (`EX_CONFIG`).
const WRONG_CONFIGURATION: u8 = 78;

fn main() -> ExitCode {
    allocator::set_purge_delay();
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    if error.downcast_ref::<cli::OutputError>().is_some_and(cli::OutputError::is_reader_gone) {
        return ExitCode::FAILURE;
    }
    if let Some(setting) = error.downcast_ref::<SettingError>() {
        cli::complain(&format!("error: {setting}\nhint: {}", setting.hint));
        return ExitCode::from(WRONG_CONFIGURATION);
    }
    let hint = match (error.downcast_ref::<LoadError>(), error.downcast_ref::<StoreError>()) {
        (Some(error), _) => format!("\nhint: {}", error.hint),
        (None, Some(StoreError::Damaged(_))) => format!("\nhint: {DAMAGED}"),
        _ => String::new(),
    };
    cli::complain(&format!("error: {error:#}{hint}"));
    ExitCode::FAILURE
}

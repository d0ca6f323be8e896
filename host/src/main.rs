//! The program: parses the command line, runs a command of [`cli`], and turns an error into an exit code.

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// mimalloc allocates per thread. Under load, a tenth of the time went to the system allocator's locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The correction of a damaged store.
const DAMAGED: &str = "`obp-host check` lists all findings. Stop the server and keep a copy of the files onboarding.db*. \
    Then put a backup in their place, or copy what can be read: \
    `sqlite3 onboarding.db .recover | sqlite3 recovered.db`, and compare it with your records";

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(setting) = error.downcast_ref::<obp_host::config::SettingError>() {
                eprintln!("error: {setting}\nhint: {}", setting.hint);
                return ExitCode::from(78);
            }
            eprintln!("error: {error:#}");
            if let Some(load_error) = error.downcast_ref::<obp_host::extensions::load_error::LoadError>() {
                eprintln!("hint: {}", load_error.hint);
            }
            if let Some(obp_host::storage::StoreError::Damaged(_)) = error.downcast_ref() {
                eprintln!("hint: {DAMAGED}");
            }
            ExitCode::FAILURE
        }
    }
}

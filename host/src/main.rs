//! The program: parses the command line, runs a command of [`cli`], and turns an error into an exit code.

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// mimalloc allocates per thread. Under load, a tenth of the time went to the system allocator's locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
            ExitCode::FAILURE
        }
    }
}

//! The command line: parses it, runs a command, maps what went wrong to an exit code. Commands are in [`cli`].

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// Threads do not wait for each other to allocate, which under load took a tenth of the server's time with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(config) = error.downcast_ref::<obp_host::config::ConfigError>() {
                eprintln!("error: {config}\nhint: {}", config.hint());
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

//! `bench`: measures the cost of the sandbox and the speed of the server, and prints one line per figure.
//!
//! `figures.rs` lists all figures. The file with the name of a group measures the group. Standard output is for machines,
//! standard error for people. The servers are separate processes, so that the benchmark does not change what it measures.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a benchmark ends if it cannot print its figures")]

mod client;
mod commit;
mod data;
mod docs;
mod extension;
mod figures;
mod http;
mod invoke;
mod load;
mod memory;
mod native;
mod processes;
mod report;
mod rounds;
mod scale;
mod screeners;
mod servers;
mod start;
mod stubbed;
mod trace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tempfile::TempDir;

use self::report::Report;

/// The allocator of the product, so that the servers here allocate in the same way.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the cost of the sandbox and the speed of the server. `make bench` runs it.
#[derive(Debug, Parser)]
#[command(
    name = "bench",
    after_help = "Examples:\n  bench --list                      every figure, its unit and its aim\n  bench --only http.get_1           the figures whose names begin so\n  bench --rounds 15 --json out.json  more rounds, and a file for machines\n\nEach comparison is made in interleaved rounds and quoted as the median of the rounds' ratios.\nRatios carry from machine to machine; absolute figures do not."
)]
struct Arguments {
    /// Measures only figures whose names begin with this text.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
    /// Rounds of each comparison.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Also writes the figures to this file: {"NAME": {"value": 1.5, "unit": "us"}}.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Lists all figures and exits.
    #[arg(long)]
    list: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

/// The role of this program when it has started itself.
#[derive(Debug, Subcommand)]
enum Role {
    /// Runs a server.
    #[command(hide = true)]
    Serve(servers::Serve),
    /// Runs this many invocations on the main thread.
    #[command(hide = true)]
    Invocations(invoke::Invocations),
}

/// The state that every measurement needs.
struct Bench {
    report: Report,
    rounds: u16,
    /// A folder on the disk of cargo's target folder. It is removed when this is dropped.
    folder: TempDir,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { only, rounds, json, list, role } = arguments;
    match role {
        Some(Role::Serve(serve)) => return serve.run(),
        Some(Role::Invocations(invocations)) => return invocations.run(),
        None if list => return report::list(),
        None => {}
    }
    let folder = processes::beside("")?;
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(&folder).context("cannot make a folder")?;
    let mut bench = Bench { report: Report::new(only)?, rounds, folder };
    invoke::measure(&mut bench)?;
    http::measure(&mut bench)?;
    docs::measure(&mut bench)?;
    extension::measure(&mut bench)?;
    commit::measure(&mut bench)?;
    scale::measure(&mut bench)?;
    memory::measure(&mut bench)?;
    start::measure(&mut bench)?;
    bench.report.end(json.as_deref())
}

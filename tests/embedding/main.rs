//! The conformance kit for hosts: makes the vectors, runs them in every host, and prints a table. `README.md` describes it.

#![expect(clippy::indexing_slicing, reason = "reading a missing JSON field gives null, and setting one creates it")]
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "the kit ends if it cannot print its table")]

mod cases;
mod component;
mod hosts;
mod make;
#[path = "../support/extensions/manifest.rs"]
#[expect(dead_code, reason = "the tests of the extensions set more keys")]
mod manifest;
mod names;
mod native;
mod table;
mod vector;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;

/// Runs the vectors in the product's own host and in the given ones, and prints a table. Fails if one vector fails.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  embedding --component onboarding.wasm --host 'Node.js=node tests/embedding/javascript/node.mjs'\n  embedding --write"
)]
struct Arguments {
    /// The component for the other hosts.
    #[arg(long, value_name = "FILE", required_unless_present = "write")]
    component: Option<PathBuf>,
    /// The folder of the vectors.
    #[arg(long, value_name = "FOLDER", default_value = "tests/embedding/vectors")]
    vectors: PathBuf,
    /// Another host: its name and the command that runs it.
    #[arg(long = "host", value_name = "NAME=COMMAND")]
    hosts: Vec<String>,
    /// Writes the vectors from the cases and the component, and runs no host.
    #[arg(long)]
    write: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { component, vectors, hosts, write } = arguments;
    let files = make::files().await?;
    make::cover(&files)?;
    let count: usize = files.iter().map(|file| file.vectors.len()).sum();
    let Some(component) = component.filter(|_| !write) else {
        make::write(&vectors, &files)?;
        println!("{count} vectors in {}", vectors.display());
        return Ok(ExitCode::SUCCESS);
    };
    make::compare(&vectors, &files)?;
    let bytes = std::fs::read(&component).with_context(|| format!("cannot read {}", component.display()))?;
    let mut reports = vec![hosts::native(&files).await?];
    for host in &hosts {
        reports.push(
            hosts::other(host, &component, &vectors).unwrap_or_else(|error| hosts::Report::of_none(host, &error)),
        );
    }
    let (table, wrong) = table::table(&files, &reports);
    println!("{table}\n");
    println!("{}", component::promised(&bytes)?);
    for line in &wrong {
        eprintln!("{line}");
    }
    println!("\n{} passed, {} failed", count * reports.len() - wrong.len().min(count * reports.len()), wrong.len());
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

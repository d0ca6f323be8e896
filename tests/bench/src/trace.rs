//! Counts of system calls, made by strace.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

/// The command under strace, which writes its counts to this file when the command has ended.
pub(crate) fn counted(command: &Command, threads: Threads, counts: &Path) -> Command {
    let mut strace = Command::new("strace");
    if let Threads::All = threads {
        strace.arg("--follow-forks");
    }
    strace.args(["--summary-only", "--summary-columns=name,calls", "--output"]).arg(counts);
    strace.arg(command.get_program()).args(command.get_args());
    strace
}

/// The threads whose calls count.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Threads {
    /// All threads.
    All,
    /// The main thread only.
    Main,
}

/// The sum of the counts.
pub(crate) fn total(counts: &Path) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(counts).context("strace wrote no counts")?;
    read(&text).with_context(|| format!("strace wrote: {text}"))
}

fn read(counts: &str) -> anyhow::Result<f64> {
    let last = counts.lines().rev().find_map(|line| line.trim().strip_prefix("total"));
    Ok(last.context("no total")?.trim().parse()?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_total_is_the_last_line() {
        let counts = "syscall              calls\n---------------- ---------\nread                    13\ntotaller                 1\n---------------- ---------\ntotal                   14\n";
        assert_eq!(super::read(counts).unwrap(), 14.0);
        assert!(super::read("").is_err());
    }
}

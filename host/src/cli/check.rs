//! `check`: looks for damage in the store, whether the server runs or not.

use std::io::{Write as _, stdout};

use clap::Args;
use obp_host::storage::sqlite::{self, CheckReport, CheckStep, FINDINGS_MAX};
use serde_json::json;

use super::DataArguments;
use super::progress::Progress;

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    data: DataArguments,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let file = sqlite::file(&config.data);
        anyhow::ensure!(file.is_file(), "there is no store {}", file.display());
        let progress = Progress::new(self.json);
        let report = sqlite::check(&file, config.limits.sqlite_busy_ms_max, |step| {
            let CheckStep { number, of, part } = step;
            progress.show(&format!("checking {number} of {of}: {part}"));
        })?;
        drop(progress);
        if self.json {
            print_json(&report)?
        } else {
            print_text(&report)?
        }
        Ok(report.verdict()?)
    }
}

fn print_text(report: &CheckReport) -> std::io::Result<()> {
    let mut out = stdout().lock();
    let CheckReport { file, bytes, tables, findings } = report;
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    let found = match findings.len() {
        0 => "no damage".to_owned(),
        1 => "1 finding".to_owned(),
        FINDINGS_MAX.. => format!("the first {FINDINGS_MAX} findings"),
        count => format!("{count} findings"),
    };
    writeln!(out, "{}: {found} in {bytes} bytes, {tables} tables", file.display())
}

fn print_json(report: &CheckReport) -> std::io::Result<()> {
    let CheckReport { file, bytes, tables, findings } = report;
    let object = json!({
        "file": file.display().to_string(),
        "bytes": bytes,
        "tables": tables,
        "damaged": !findings.is_empty(),
        "findings": findings,
        "complete": findings.len() < FINDINGS_MAX,
    });
    writeln!(stdout(), "{object}")
}

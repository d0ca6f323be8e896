//! `backup` and `restore`: the store in one file, and its way back.

use std::path::PathBuf;

use clap::Args;
use obp_host::ambient::Ambient;
use obp_host::app::DataFolder;
use obp_host::component::timestamp::Timestamp;
use obp_host::storage::sqlite::{self, BackupStep, CheckReport};
use serde_json::json;

use super::DataArguments;
use super::output::print;
use super::progress::Progress;

#[derive(Debug, Args)]
pub(super) struct Backup {
    #[command(flatten)]
    data: DataArguments,
    /// The new file. It holds personal data and password hashes; only you can read it.
    file: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let progress = Progress::new(self.json);
        let store = sqlite::file(&config.data);
        let report =
            sqlite::backup(&store, &self.file, config.limits.sqlite_busy_ms_max, |step| show(&progress, step))?;
        drop(progress);
        let CheckReport { file, bytes, tables, .. } = report;
        if self.json {
            let object = json!({ "file": file.display().to_string(), "bytes": bytes, "tables": tables });
            return print(&format!("{object}\n"));
        }
        print(&format!("{}: {bytes} bytes, {tables} tables, no damage\n", file.display()))
    }
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    #[command(flatten)]
    data: DataArguments,
    /// The backup.
    file: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let _folder = DataFolder::claim(&config)?;
        let progress = Progress::new(self.json);
        let now = Timestamp { milliseconds: Ambient::system().now_ms() };
        let kept_in = config.data.join(format!("replaced-{}", now.format()));
        let store = sqlite::file(&config.data);
        let busy_ms_max = config.limits.sqlite_busy_ms_max;
        let (report, kept) = sqlite::restore(&self.file, &store, &kept_in, busy_ms_max, |step| show(&progress, step))?;
        drop(progress);
        let CheckReport { file, bytes, tables, .. } = report;
        if self.json {
            let kept = kept.map(|kept| kept.display().to_string());
            let object = json!({ "file": file.display().to_string(), "bytes": bytes, "tables": tables, "kept": kept });
            return print(&format!("{object}\n"));
        }
        let kept = kept.map_or_else(String::new, |kept| format!("The store that was there is in {}\n", kept.display()));
        print(&format!("{}: {bytes} bytes, {tables} tables, no damage\n{kept}", file.display()))
    }
}

fn show(progress: &Progress, step: BackupStep) {
    match step {
        BackupStep::Copying { bytes } => progress.show(&format!("1 of 2: copying {bytes} bytes")),
        BackupStep::Checking => progress.show("2 of 2: checking the copy for damage"),
    }
}

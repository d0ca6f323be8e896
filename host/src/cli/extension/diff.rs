//! `extension diff`: compares the capabilities that two versions of an extension request.

use std::path::PathBuf;
use std::process::exit;

use clap::Args;
use obp_host::extensions::authority::{Authority, Line, diff};

use super::super::DataArguments;
use super::super::output::print_lines;

/// The exit code if the new version requests more. A script can stop at it.
const ASKS_FOR_MORE: i32 = 3;

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    #[command(flatten)]
    data: DataArguments,
    /// The folder of the version in use.
    old: PathBuf,
    /// The folder of the new version.
    new: PathBuf,
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let [old, new] = [&self.old, &self.new].map(|folder| super::open(folder, &config));
        let (old, new) = (old?, new?);
        let lines =
            diff(&Authority::of(&old.manifest, &old.inspection), &Authority::of(&new.manifest, &new.inspection));
        print_lines(&lines.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        if lines.iter().any(Line::asks_for_more) {
            exit(ASKS_FOR_MORE);
        }
        print_lines(&["the new one asks for nothing in addition"])
    }
}

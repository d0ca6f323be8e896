//! `extension diff`.

use std::path::PathBuf;
use std::process::exit;

use clap::Args;
use obp_host::extensions::authority::{Authority, Line, diff};

use super::super::Place;

/// What the process ends with if the new one asks for more: a script can stop there.
const ASKS_FOR_MORE: i32 = 3;

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    #[command(flatten)]
    place: Place,
    /// The folder of the one that is in use.
    old: PathBuf,
    /// The folder of the one that would be.
    new: PathBuf,
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.place.config()?;
        let [old, new] = [&self.old, &self.new].map(|folder| super::open(folder, &config));
        let (old, new) = (old?, new?);
        let lines =
            diff(&Authority::of(&old.manifest, &old.inspection), &Authority::of(&new.manifest, &new.inspection));
        for line in &lines {
            println!("{line}");
        }
        if lines.iter().any(Line::asks_for_more) {
            exit(ASKS_FOR_MORE);
        }
        println!("the new one asks for nothing in addition");
        Ok(())
    }
}

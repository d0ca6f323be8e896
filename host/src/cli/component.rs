//! `component`: the embedded component, as a file.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use obp_host::component::EMBEDDED;

#[derive(Debug, Args)]
pub(super) struct Component {
    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Component {
    pub(super) fn run(self) -> anyhow::Result<()> {
        std::fs::write(&self.out, EMBEDDED).with_context(|| format!("cannot write {}", self.out.display()))?;
        println!("{}: {} bytes", self.out.display(), EMBEDDED.len());
        Ok(())
    }
}

//! `extension test`: runs recorded cases against an extension.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use super::super::output::print_lines;
use super::super::{DataArguments, log};
use super::case::Case;
use super::trial::Trial;

#[derive(Debug, Args)]
pub(in crate::cli) struct Test {
    #[command(flatten)]
    data: DataArguments,
    /// The extension's folder, with `extension.toml` and the component.
    folder: PathBuf,
    /// The file of a recorded case; repeat the option for more cases.
    #[arg(long = "case", value_name = "FILE", required = true)]
    cases: Vec<PathBuf>,
}

impl Test {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let _log = log::start(&config)?;
        let trial = Trial::new(&config)?;
        let mut failed = 0;
        for path in &self.cases {
            let context = || format!("the case {}", path.display());
            let case = Case::read(path)?;
            let extension = trial.extension(&self.folder, &config, &case).await.with_context(context)?;
            let outcome = trial.run(&extension, &case).await.with_context(context)?;
            let (micros, memory) = (outcome.figures.micros, outcome.figures.memory_bytes_max);
            if case.expects(&outcome.answer) {
                print_lines(&[format!("ok      {} ({micros} us, {memory} B)", path.display())])?;
            } else {
                failed += 1;
                let (expected, answer) = (case.expected(), outcome.answer);
                print_lines(&[
                    format!("FAILED  {}", path.display()),
                    format!("  expected {expected}"),
                    format!("  answered {answer}"),
                ])?;
            }
        }
        if failed > 0 {
            bail!("{failed} of {} cases failed", self.cases.len());
        }
        Ok(())
    }
}

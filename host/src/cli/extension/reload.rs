//! `extension reload`: reloads extensions and certificate of a running server.

use anyhow::{bail, ensure};
use clap::Args;

use super::super::DataArguments;
use super::super::control::{self, ControlRequest, ControlResponse};
use super::super::output::print_lines;
use super::list::table;

#[derive(Debug, Args)]
pub(in crate::cli) struct Reload {
    #[command(flatten)]
    data: DataArguments,
}

impl Reload {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        match control::ask(&config.data, ControlRequest::Reload).await? {
            None => bail!("no server runs on {}", config.data.display()),
            Some(ControlResponse::Refused(why)) => bail!("{why}"),
            Some(ControlResponse::Loaded(extensions)) => {
                print_lines(&table(&extensions))?;
                ensure!(extensions.iter().all(|one| one.refused.is_none()), "not all of them are loaded");
            }
        }
        Ok(())
    }
}

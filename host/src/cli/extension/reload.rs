//! `extension reload`.

use anyhow::{bail, ensure};
use clap::Args;

use super::super::Place;
use super::super::control::{self, Answer, Question};
use super::list::table;

#[derive(Debug, Args)]
pub(in crate::cli) struct Reload {
    #[command(flatten)]
    place: Place,
}

impl Reload {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.place.config()?;
        match control::ask(&config.data, Question::Reload).await? {
            None => bail!("no server runs on {}", config.data.display()),
            Some(Answer::Refused(why)) => bail!("{why}"),
            Some(Answer::Serving(serving)) => {
                print!("{}", table(&serving));
                ensure!(serving.iter().all(|one| one.refused.is_none()), "not all of them are loaded");
            }
        }
        Ok(())
    }
}

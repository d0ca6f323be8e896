//! `extension remove`.

use std::fs;

use anyhow::{Context as _, bail};
use clap::Args;

use super::super::Place;
use super::super::control::Serving;

#[derive(Debug, Args)]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    place: Place,
    /// Its name.
    name: String,
}

impl Remove {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.place.config()?;
        let root = config.extensions_folder();
        let _turn = root.is_dir().then(|| super::turn(&root)).transpose()?;
        let folder = super::folder(&config, &self.name);
        if self.name.is_empty() || self.name.contains(['/', '.']) || !folder.is_dir() {
            bail!("there is no extension {:?} in {}", self.name, config.extensions_folder().display());
        }
        // Out of sight first: a server that does not take it gets it back whole.
        let aside = super::folder(&config, &format!(".removed-{}", self.name));
        super::clear(&aside)?;
        fs::rename(&folder, &aside).with_context(|| format!("cannot move {}", folder.display()))?;
        let wrong = |serving: &[Serving]| {
            serving.iter().any(|one| one.name == self.name).then(|| super::reads_elsewhere(&config))
        };
        super::take_effect(&config, wrong, || fs::rename(&aside, &folder)).await?;
        super::clear(&aside)?;
        println!("removed {}", self.name);
        Ok(())
    }
}

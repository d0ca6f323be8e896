//! `extension remove`: removes an extension from the server.

use std::fs;

use anyhow::{Context as _, bail};
use clap::Args;

use super::super::DataArguments;
use super::super::control::ExtensionStatus;
use super::super::output::print_lines;

#[derive(Debug, Args)]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    data: DataArguments,
    /// The extension's name.
    name: String,
}

impl Remove {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let root = config.extensions_folder();
        let _lock = root.is_dir().then(|| super::lock(&root)).transpose()?;
        let folder = super::folder(&config, &self.name);
        if self.name.is_empty() || self.name.contains('/') || self.name.starts_with('.') || !folder.is_dir() {
            bail!("there is no extension {:?} in {}", self.name, config.extensions_folder().display());
        }
        // Move the folder aside first, so that it can be restored if the server refuses the change.
        let aside = super::folder(&config, &format!(".removed-{}", self.name));
        super::clear(&aside)?;
        fs::rename(&folder, &aside).with_context(|| format!("cannot move {}", folder.display()))?;
        let wrong = |extensions: &[ExtensionStatus]| {
            extensions.iter().any(|one| one.name == self.name).then(|| super::reads_elsewhere(&config))
        };
        super::take_effect(&config, wrong, || fs::rename(&aside, &folder)).await?;
        super::clear(&aside)?;
        print_lines(&[format!("removed {}", self.name)])
    }
}

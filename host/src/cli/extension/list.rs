//! `extension list`: lists the server's extensions.

use std::iter;

use clap::Args;
use obp_host::extensions::package::folders;

use super::super::DataArguments;
use super::super::control::{self, ControlRequest, ControlResponse, ExtensionStatus};
use super::super::output::print_lines;

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    data: DataArguments,
}

impl List {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        if let Some(ControlResponse::Loaded(extensions)) =
            control::ask(&config.data, ControlRequest::Extensions).await?
        {
            return print_lines(&table(&extensions));
        }
        let mut found = Vec::new();
        for folder in folders(&config.extensions_folder())?.unwrap_or_default() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.push(match super::open(&folder, &config) {
                Ok(package) => {
                    ExtensionStatus { name, version: package.manifest.version, figures: None, refused: None }
                }
                Err(why) => {
                    ExtensionStatus { name, version: String::new(), figures: None, refused: Some(format!("{why:#}")) }
                }
            });
        }
        print_lines(&[format!("no server runs on {}; these extensions would be loaded:", config.data.display())])?;
        print_lines(&table(&found))
    }
}

/// One line for each extension, below a heading.
pub(super) fn table(extensions: &[ExtensionStatus]) -> Vec<String> {
    if extensions.is_empty() {
        return vec!["no extensions".to_owned()];
    }
    let heading = format!(
        "{:<24} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>11}",
        "name", "version", "calls", "rejected", "noted", "failed", "mean us", "max us", "memory B"
    );
    iter::once(heading).chain(extensions.iter().map(row)).collect()
}

fn row(extension: &ExtensionStatus) -> String {
    let ExtensionStatus { name, version, figures, refused } = extension;
    match (figures, refused) {
        (_, Some(why)) => format!("{name:<24} NOT LOADED: {why}"),
        (None, None) => format!("{name:<24} {version:<10}"),
        (Some(f), None) => format!(
            "{name:<24} {version:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>11}",
            f.calls,
            f.rejections,
            f.notes,
            f.failures,
            f.micros.checked_div(f.calls).unwrap_or_default(),
            f.micros_max,
            f.memory_bytes_max
        ),
    }
}

//! `extension list`.

use std::fmt::Write as _;

use clap::Args;
use obp_host::extensions::package::folders;

use super::super::Place;
use super::super::control::{self, Answer, Question, Serving};

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    place: Place,
}

impl List {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.place.config()?;
        if let Some(Answer::Serving(serving)) = control::ask(&config.data, Question::Extensions).await? {
            print!("{}", table(&serving));
            return Ok(());
        }
        println!("no server runs on {}; what it would load:", config.data.display());
        let mut would_serve = Vec::new();
        for folder in folders(&config.extensions_folder())?.unwrap_or_default() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            would_serve.push(match super::open(&folder, &config) {
                Ok(package) => Serving { name, version: package.manifest.version, figures: None, refused: None },
                Err(why) => Serving { name, version: String::new(), figures: None, refused: Some(format!("{why:#}")) },
            });
        }
        print!("{}", table(&would_serve));
        Ok(())
    }
}

/// One line an extension.
pub(super) fn table(extensions: &[Serving]) -> String {
    if extensions.is_empty() {
        return "no extensions\n".to_owned();
    }
    let mut table = format!(
        "{:<24} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>11}\n",
        "name", "version", "calls", "rejected", "noted", "failed", "mean us", "max us", "memory B"
    );
    for Serving { name, version, figures, refused } in extensions {
        let _ = match (figures, refused) {
            (_, Some(why)) => writeln!(table, "{name:<24} NOT LOADED: {why}"),
            (None, None) => writeln!(table, "{name:<24} {version:<10}"),
            (Some(f), None) => writeln!(
                table,
                "{name:<24} {version:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>11}",
                f.calls,
                f.rejections,
                f.notes,
                f.failures,
                f.micros.checked_div(f.calls).unwrap_or_default(),
                f.micros_max,
                f.memory_bytes_max
            ),
        };
    }
    table
}

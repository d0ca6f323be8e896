//! The WIT package as one text with its documentation, and its version.

use std::path::Path;

use anyhow::{Context, Result};
use wit_component::WitPrinter;
use wit_parser::Resolve;

/// The WIT package of the workspace.
#[derive(Debug)]
pub struct Wit {
    /// The text of the package and of the packages that it depends on.
    pub text: String,
    /// Its version.
    pub version: String,
}

impl Wit {
    /// Reads the folder of the package.
    ///
    /// # Errors
    /// If the package does not parse or has no version.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_dir(folder).context("the WIT package does not parse")?;
        let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
        let mut printer = WitPrinter::default();
        printer.print(&resolve, package, &others).context("the WIT package cannot be printed")?;
        let version = resolve.packages.get(package).and_then(|package| package.name.version.as_ref());
        let version = version.context("the WIT package has no version")?.to_string();
        Ok(Self { text: printer.output.to_string(), version })
    }
}

//! `component`: describes the embedded component, or exports it or its WIT for other hosts.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use obp_host::component::about::About;
use obp_host::component::{EMBEDDED, WIT};

use super::output::print;

#[derive(Debug, Args)]
pub(super) struct Component {
    /// Writes the component to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prints the component's WIT package with its documentation.
    #[arg(long, conflicts_with = "out")]
    wit: bool,
}

impl Component {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.out {
            Some(file) => write(&file),
            None if self.wit => print(WIT),
            None => describe(),
        }
    }
}

fn write(file: &Path) -> anyhow::Result<()> {
    std::fs::write(file, EMBEDDED).with_context(|| format!("cannot write {}", file.display()))?;
    print(&format!("{}: {} bytes\n", file.display(), EMBEDDED.len()))
}

fn describe() -> anyhow::Result<()> {
    let about = About::read(EMBEDDED).context("the component cannot be read")?;
    let annotation = |name: &str| about.annotations.get(name).map_or("", String::as_str);
    let mut imports = about.imports;
    let mut exports: Vec<_> = about.exports.into_iter().map(|export| export.to_string()).collect();
    imports.sort();
    exports.sort();
    print(&format!(
        "{}\nversion:  {}\nlicence:  {}\nsource:   sha256 {}\nbytes:    {}\nsha256:   {}\nexports:  {}\nimports:  {}\n",
        annotation("description"),
        annotation("version"),
        annotation("licenses"),
        annotation("revision"),
        about.bytes,
        hex::encode(about.sha256),
        exports.join("\n          "),
        imports.join("\n          "),
    ))
}

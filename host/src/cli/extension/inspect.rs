//! `extension inspect`: describes a component without running it.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use obp_host::component::about::About;
use obp_host::extensions::inspect::Inspection;

use super::super::output::print_lines;

#[derive(Debug, Args)]
pub(in crate::cli) struct Inspect {
    /// The component's file.
    file: PathBuf,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let inspection = Inspection::of(&bytes)
            .map_err(|reason| anyhow::anyhow!("{} is no component for this server: {reason}", self.file.display()))?;
        print_lines(&described(&inspection))
    }
}

/// The description of a component, one fact a line.
pub(super) fn described(inspection: &Inspection) -> Vec<String> {
    let Inspection { about, worlds, api } = inspection;
    let About { imports, exports, bytes, sha256, modules, memories, tables, memory_bytes, .. } = about;
    let list = |items: Vec<String>| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
    let mut lines = vec![
        format!("world     {}", list(worlds.iter().map(ToString::to_string).collect())),
        format!("built for {}", list(api.iter().map(|version| format!("obp:onboarding@{version}")).collect())),
        format!("size      {bytes} bytes"),
        format!("sha256    {}", hex::encode(sha256)),
        format!("inside    {modules} modules, {memories} memories ({memory_bytes} bytes at first), {tables} tables"),
    ];
    lines.extend(imports.iter().map(|import| format!("imports   {import}")));
    lines.extend(exports.iter().map(|export| format!("exports   {export}")));
    lines
}

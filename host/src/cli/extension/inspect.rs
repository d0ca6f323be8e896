//! `extension inspect`: describes a component and the requests of its manifest. Compiles the component and does not run it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use obp_host::component::about::About;
use obp_host::extensions::authority::{Authority, requests};
use obp_host::extensions::compiler::{Compiler, Isolation};
use obp_host::extensions::inspect::Inspection;
use obp_host::extensions::manifest::{FILE, Manifest};

use super::super::DataArguments;
use super::super::output::print_lines;

#[derive(Debug, Args)]
pub(in crate::cli) struct Inspect {
    #[command(flatten)]
    data: DataArguments,
    /// The component's file, or the extension's folder, with `extension.toml` and the component.
    path: PathBuf,
}

impl Inspect {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        if self.path.is_dir() {
            let package = super::open(&self.path, &self.data.config()?)?;
            compiles(&package.manifest.component, package.component).await?;
            print_lines(&requested(&package.manifest, &package.inspection))?;
            return print_lines(&described(&package.inspection));
        }
        let bytes = std::fs::read(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        let inspection = Inspection::of(&bytes).map_err(|reason| refused(&self.path, &reason))?;
        compiles(&self.path, bytes).await?;
        if let Some(manifest) = manifest_beside(&self.path) {
            print_lines(&requested(&manifest, &inspection))?;
        }
        print_lines(&described(&inspection))
    }
}

/// The manifest in the folder of a component, if it is valid and for this component.
fn manifest_beside(component: &Path) -> Option<Manifest> {
    let folder = component.parent()?;
    let manifest = folder.join(FILE).is_file().then(|| Manifest::read(folder).ok())??;
    (manifest.component == component).then_some(manifest)
}

/// Compiles the component: the engine has limits that only the compiler checks.
async fn compiles(path: &Path, component: Vec<u8>) -> anyhow::Result<()> {
    let compiler = Compiler::new(Isolation::of_this_program(), || None);
    compiler.check(component).await.map_err(|reason| refused(path, &reason))
}

fn refused(path: &Path, reason: &dyn std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("{} is no component for this server: {reason}", path.display())
}

/// The requests of a manifest, one a line. The imports are part of the description.
fn requested(manifest: &Manifest, inspection: &Inspection) -> Vec<String> {
    let mut lines = vec![format!("extension {} {}", manifest.name, manifest.version)];
    let all = requests(&Authority::of(manifest, inspection));
    lines.extend(all.iter().filter(|what| !what.starts_with("import ")).map(|what| format!("requests  {what}")));
    lines
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

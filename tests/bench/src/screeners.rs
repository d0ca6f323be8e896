//! The measured screener, the example `extensions/expired-documents`. It is in the folder of extensions, and the product loads it.
//! It reads each KYC check, asks for the time and two settings, and accepts the checks of the benchmark.

use std::path::Path;

use anyhow::{Context as _, ensure};
use obp_host::app::App;

const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/expired-documents/component.wasm"));
const MANIFEST: &str = include_str!(concat!(env!("OUT_DIR"), "/expired-documents/extension.toml"));

/// Installs a screener for this bank. Its manifest is the example's with another name and bank.
pub(crate) fn put(extensions: &Path, bank: &str) -> anyhow::Result<()> {
    let name = format!("of-{}", bank.replace('.', "-"));
    let manifest = MANIFEST.replacen("name = \"expired-documents\"", &format!("name = \"{name}\""), 1).replacen(
        "banks = [\"*\"]",
        &format!("banks = [\"{bank}\"]"),
        1,
    );
    ensure!(
        manifest.contains(&name) && manifest.contains(bank),
        "the screener's manifest has other lines than expected"
    );
    let folder = extensions.join(name);
    std::fs::create_dir_all(&folder).context("cannot make an extension's folder")?;
    std::fs::write(folder.join("component.wasm"), COMPONENT).context("cannot write a component")?;
    std::fs::write(folder.join("extension.toml"), manifest).context("cannot write a manifest")
}

/// Loads all installed extensions.
pub(crate) async fn load_all(app: &App) -> anyhow::Result<()> {
    app.onboarding.extensions.start().await?;
    match app.onboarding.extensions.current().not_loaded().first() {
        Some(refused) => anyhow::bail!("an extension is not loaded: {refused}"),
        None => Ok(()),
    }
}

//! Builds the screener that the benchmark measures.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use componentize::{Extension, deploy, nested_target_dir};

fn main() -> Result<()> {
    for input in
        ["extensions/expired-documents", "extensions/sdk", "guest/src/heap.rs", "wit", "Cargo.lock", "Cargo.toml"]
    {
        println!("cargo:rerun-if-changed=../../{input}");
    }
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).context("OUT_DIR is not set")?;
    let target = nested_target_dir(&out)?;
    deploy(Path::new("../../extensions/expired-documents"), &Extension::Crate(&target), &out)?;
    Ok(())
}

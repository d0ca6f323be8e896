//! The command that makes an extension deployable.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use componentize::{Extension, deploy};

const USAGE: &str = "Usage: componentize FOLDER --out DIR [--component FILE]

Makes DIR/NAME of an extension's folder: its component, and its manifest with the component's digest. The folder is a Rust
crate; or the component is already made, and FILE. Crates are built in cargo's target folder.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let (mut folder, mut out, mut component) = (None, None, None);
    let mut arguments = env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let slot = match argument.to_str() {
            Some("--out") => &mut out,
            Some("--component") => &mut component,
            Some(flag) if flag.starts_with('-') => bail!("{USAGE}"),
            _ => {
                folder = Some(PathBuf::from(argument));
                continue;
            }
        };
        *slot = Some(PathBuf::from(arguments.next().context(USAGE)?));
    }
    let (folder, out) = folder.zip(out).context(USAGE)?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    // As that of the guest: cargo would wait for the outer one's lock. Absolute, because the crate is built where it lies.
    let target = std::path::absolute(target)?.join("component");
    let extension = component.as_deref().map_or(Extension::Crate(&target), Extension::Component);
    let made = deploy(&folder, &extension, &out)?;
    println!("{}: {} bytes", made.display(), size(&made)?);
    Ok(())
}

fn size(made: &Path) -> Result<u64> {
    Ok(made.join("component.wasm").metadata().context("there is no component")?.len())
}

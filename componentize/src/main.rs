//! The command that makes the deployable folder of an extension, or the component with the rules from any copy of the workspace.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a command of the build ends if it cannot print")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use componentize::{Extension, deploy};

const USAGE: &str = "Usage: componentize FOLDER --out DIR [--component FILE]
       componentize --guest WORKSPACE --out FILE

The first form makes the deployable folder DIR/NAME of the extension in FOLDER: its component, and its manifest with the digest
of the component. FOLDER is a Rust crate, unless --component names a component that is already built. The second form makes the
component with the rules from a copy of the workspace. Crates are built in cargo's target folder.";

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
    let (mut folder, mut out, mut component, mut guest) = (None, None, None, None);
    let mut arguments = env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let slot = match argument.to_str() {
            Some("--out") => &mut out,
            Some("--component") => &mut component,
            Some("--guest") => &mut guest,
            Some(flag) if flag.starts_with('-') => bail!("{USAGE}"),
            _ => {
                folder = Some(PathBuf::from(argument));
                continue;
            }
        };
        *slot = Some(PathBuf::from(arguments.next().context(USAGE)?));
    }
    let out = out.context(USAGE)?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    // The nested target folder of the build scripts, so that no build waits for the lock of the outer one. An absolute path, because
    // cargo builds the crate in the crate's own folder.
    let target = std::path::absolute(target)?.join("component");
    if let Some(workspace) = guest {
        let workspace = workspace.canonicalize().context("there is no such workspace")?;
        std::fs::write(&out, componentize::guest(&workspace, &target)?).context("cannot write the component")?;
        return Ok(());
    }
    let folder = folder.context(USAGE)?;
    let extension = component.as_deref().map_or(Extension::Crate(&target), Extension::Component);
    let made = deploy(&folder, &extension, &out)?;
    println!("{}: {} bytes", made.display(), size(&made)?);
    Ok(())
}

fn size(made: &Path) -> Result<u64> {
    Ok(made.join("component.wasm").metadata().context("there is no component")?.len())
}

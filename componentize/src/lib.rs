//! Builds a crate for `wasm32-unknown-unknown` and encodes the module as a component: the guest, and extensions.
//!
//! The guest is built by build scripts: the host embeds what comes out, the tests build a variant with faults in it. Extensions
//! are built by this package's command. Where the wasm target's standard library comes from is found out here; installing it
//! is `scripts/wasm-target.sh`'s job.

mod extension;
mod label;
mod post_return;
mod wit;

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

pub use extension::{Extension, deploy};
pub use label::{Label, source_digest};
pub use wit::Wit;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "component";
/// Debian's compiler, whose package `rust-web-src` has the sources the standard library is built from.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// An instance lives for one call, so its memory is small enough to be reset by writing over it: one page, half of it the stack
/// (`docs/benchmarks.md` has the measurements). A call that needs more grows it.
const MEMORY_LAYOUT: [&str; 2] = ["-zstack-size=32768", "--initial-memory=65536"];

/// Each export that writes has the code for every kind of change there is; inlined as eagerly as `opt-level = 3` does by itself, the
/// component is 18 KB larger and no faster.
const INLINE_THRESHOLD: &str = "-Cllvm-args=-inline-threshold=100";

/// What a fresh machine is told.
const HOW_TO_INSTALL: &str = "the standard library for wasm32-unknown-unknown is missing. Run `make wasm-target`; or install it \
    with `rustup target add wasm32-unknown-unknown`, or with `apt-get install rustc-web rust-web-src lld`.";

/// What the guest is built from, beside its own folder.
const SOURCES: [&str; 3] = ["wit", "Cargo.lock", "Cargo.toml"];

/// For a build script: builds the guest into `OUT_DIR/onboarding.wasm`, labelled, and writes its WIT into `OUT_DIR/onboarding.wit`; tells
/// cargo when to do it again.
///
/// # Errors
/// As [`guest`].
pub fn build_script() -> Result<()> {
    watch(&["guest"])?;
    let (workspace, out) = (workspace()?, out_dir()?);
    fs::write(out.join("onboarding.wasm"), guest(&workspace, &nested_target_dir(&out)?)?)
        .context("cannot write the component")?;
    fs::write(out.join("onboarding.wit"), Wit::read(&workspace.join("wit"))?.text).context("cannot write the WIT")
}

/// The component that the host embeds, built from that workspace in that target folder: the same bytes wherever both are.
///
/// # Errors
/// If the standard library for the target is missing (the message says how to install it), or the guest does not build, or does not
/// fit the WIT package.
pub fn guest(workspace: &Path, target_dir: &Path) -> Result<Vec<u8>> {
    let component = encode(&build(workspace, target_dir, "guest", &[])?)?;
    let label = Label {
        version: Wit::read(&workspace.join("wit"))?.version,
        source: source_digest(workspace, &[&["guest"], &SOURCES[..]].concat())?,
        licence: "Apache-2.0".to_owned(),
        description: "The rules of Open Bank Project onboarding, for any host of WASI components".to_owned(),
    };
    label::relabel(&component, Some(&label))
}

/// For a build script: builds the guest with `features` as a module, and tells cargo when to do it again.
///
/// # Errors
/// If the standard library for the target is missing (the message says how to install it), or the guest does not build.
pub fn module(features: &[&str]) -> Result<Vec<u8>> {
    module_of("guest", &["guest"], features)
}

/// As [`module`], for another package, which is made of these files and folders of the workspace.
///
/// # Errors
/// As [`module`].
pub fn module_of(package: &str, inputs: &[&str], features: &[&str]) -> Result<Vec<u8>> {
    watch(inputs)?;
    build(&workspace()?, &nested_target_dir(&out_dir()?)?, package, features)
}

/// Tells cargo to run the build script again when one of these files and folders of the workspace changes.
fn watch(inputs: &[&str]) -> Result<()> {
    let manifest_dir = manifest_dir()?;
    let below = manifest_dir.strip_prefix(workspace()?).context("the crate is not in its workspace")?;
    let up = "../".repeat(below.components().count());
    for input in inputs.iter().chain(&SOURCES) {
        // Relative: checkouts may share a target folder, and cargo would go on watching the files of the first.
        println!("cargo:rerun-if-changed={up}{input}");
    }
    Ok(())
}

/// For a build script: encodes the guest's module as the component `OUT_DIR/NAME`.
///
/// # Errors
/// If the module does not fit the WIT package.
pub fn write_component(name: &str, module: &[u8]) -> Result<()> {
    fs::write(out_dir()?.join(name), encode(module)?).context("cannot write the component")
}

fn encode(module: &[u8]) -> Result<Vec<u8>> {
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)
        .context("the module does not fit the WIT package")?
        .encode()
        .context("the module cannot be encoded as a component")
        .and_then(|component| label::relabel(&component, None))
}

/// The folder of the workspace that the crate of this build script belongs to.
fn workspace() -> Result<PathBuf> {
    let manifest_dir = manifest_dir()?;
    let mut folders = manifest_dir.ancestors();
    let workspace = folders.find(|folder| folder.join("Cargo.lock").exists());
    Ok(workspace.context("no folder above the crate has a Cargo.lock")?.to_owned())
}

fn manifest_dir() -> Result<PathBuf> {
    env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).context("CARGO_MANIFEST_DIR is not set")
}

fn out_dir() -> Result<PathBuf> {
    env::var_os("OUT_DIR").map(PathBuf::from).context("OUT_DIR is not set")
}

/// The target folder for the components that a build script with that `OUT_DIR` builds, beside the profile's: one that used the
/// outer one would wait for its lock for ever.
///
/// # Errors
/// If `OUT_DIR` is not where cargo puts it.
pub fn nested_target_dir(out_dir: &Path) -> Result<PathBuf> {
    // OUT_DIR is <target>/<profile>/build/<package>/out
    let target = out_dir.ancestors().nth(4).context("OUT_DIR is not where cargo puts it")?;
    Ok(target.join("component"))
}

/// Builds a package of the workspace in that target folder.
fn build(workspace: &Path, target_dir: &Path, package: &str, features: &[&str]) -> Result<Vec<u8>> {
    let std_source = StdSource::find()?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo
        .current_dir(workspace)
        .args(["rustc", "--locked", "--package", package, "--lib", "--crate-type", "cdylib"])
        .args(["--target", TARGET, "--profile", PROFILE, "--features", &features.join(",")])
        .arg("--target-dir")
        .arg(target_dir);
    // What the outer build was told (flags, wrappers such as clippy's) is not meant for the component.
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PROFILE_")
            || name_text.starts_with("CARGO_BUILD_")
            || name_text.starts_with("CARGO_TARGET_")
        {
            cargo.env_remove(&name);
        }
    }
    for name in
        ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CLIPPY_ARGS"]
    {
        cargo.env_remove(name);
    }
    // No path of the machine it was built on belongs into a component (two machines are to make the same bytes).
    let mut flags = remap_paths(workspace);
    flags.extend(MEMORY_LAYOUT.map(|argument| format!("-Clink-arg={argument}")));
    flags.push(INLINE_THRESHOLD.to_owned());
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    std_source.prepare(&mut cargo);
    // Variants of a package are built in one folder under one name: until it is read, nobody else may build.
    fs::create_dir_all(target_dir).with_context(|| format!("cannot make {}", target_dir.display()))?;
    let turn = File::create(target_dir.join("componentize.lock")).context("cannot make a lock file")?;
    turn.lock().context("cannot take the lock")?;
    let status = cargo.status().context("cannot start cargo")?;
    ensure!(status.success(), "{package} does not build: {status}");

    let name = format!("{}.wasm", package.replace('-', "_"));
    let module =
        fs::read(target_dir.join(TARGET).join(PROFILE).join(&name)).with_context(|| format!("cargo made no {name}"))?;
    post_return::strip(&module)
}

fn remap_paths(workspace: &Path) -> Vec<String> {
    let mut flags = vec![format!("--remap-path-prefix={}=", workspace.display())];
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    if let Some(cargo_home) = cargo_home {
        flags.push(format!("--remap-path-prefix={}=cargo", cargo_home.display()));
    }
    flags
}

/// Where the target's standard library comes from.
enum StdSource {
    /// It is installed beside the compiler.
    Installed,
    /// It is built, once, from the sources of Debian's packages by Debian's compiler.
    DebianSources,
}

impl StdSource {
    fn find() -> Result<Self> {
        if sysroot("rustc")?.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
            return Ok(Self::Installed);
        }
        if Path::new(DEBIAN_RUSTC).exists() && sysroot(DEBIAN_RUSTC)?.join("lib/rustlib/src/rust/library").is_dir() {
            return Ok(Self::DebianSources);
        }
        bail!(HOW_TO_INSTALL)
    }

    fn prepare(&self, cargo: &mut Command) {
        match self {
            Self::Installed => {}
            Self::DebianSources => {
                cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1").args(["-Z", "build-std=std,panic_abort"]);
                if let Some(linker) = linker() {
                    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                }
            }
        }
    }
}

/// rustup's own `rust-lld`, or Debian's `wasm-ld`: Debian's compiler has no linker of its own for the target.
fn linker() -> Option<PathBuf> {
    let ours = sysroot("rustc").ok()?.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    [ours, PathBuf::from("/usr/bin/wasm-ld")].into_iter().find(|linker| linker.exists())
}

fn sysroot(rustc: &str) -> Result<PathBuf> {
    let output =
        Command::new(rustc).args(["--print", "sysroot"]).output().with_context(|| format!("cannot start {rustc}"))?;
    ensure!(output.status.success(), "{rustc} --print sysroot: {}", output.status);
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()))
}

//! Builds the guest and extensions for `wasm32-unknown-unknown` and encodes the modules as components.
//!
//! Build scripts build the guest: the host embeds the component, and the tests build a variant with injected faults. The command
//! of this package builds extensions. This package finds the standard library for the target; `scripts/wasm-target.sh` installs it.

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
/// Debian's compiler. The package `rust-web-src` contains the sources of its standard library.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The layout of an instance's memory: one page, half of it stack. The host resets so small a memory by overwriting it. A call
/// that needs more memory grows it. `docs/benchmarks.md` has the measurements.
const MEMORY_LAYOUT: [&str; 2] = ["-zstack-size=32768", "--initial-memory=65536"];

/// The limit for inlining. Each export that writes contains the code for every kind of change. With the default limit of
/// `opt-level = 3` the component is 18 KB larger and no faster.
const INLINE_THRESHOLD: &str = "-Cllvm-args=-inline-threshold=50";

/// The error on a machine without the standard library for the target.
const HOW_TO_INSTALL: &str = "the standard library for wasm32-unknown-unknown is missing. Run `make wasm-target`; or install it \
    with `rustup target add wasm32-unknown-unknown`, or with `apt-get install rustc-web rust-web-src lld`.";

/// The inputs of the guest beside its own folder.
const SOURCES: [&str; 3] = ["wit", "Cargo.lock", "Cargo.toml"];

/// Builds the labelled guest into `OUT_DIR/onboarding.wasm` and writes its WIT into `OUT_DIR/onboarding.wit`. Tells cargo when to
/// build again. Only for build scripts.
///
/// # Errors
/// Those of [`guest`], and files that cannot be written.
pub fn build_script() -> Result<()> {
    watch(&["guest"])?;
    let (workspace, out) = (workspace()?, out_dir()?);
    fs::write(out.join("onboarding.wasm"), guest(&workspace, &nested_target_dir(&out)?)?)
        .context("cannot write the component")?;
    fs::write(out.join("onboarding.wit"), Wit::read(&workspace.join("wit"))?.text).context("cannot write the WIT")
}

/// The component that the host embeds, built from the workspace in the target folder. The bytes do not depend on either place.
///
/// # Errors
/// If the standard library for the target is missing (the message says how to install it), if the guest does not build, or if it
/// does not match the WIT package.
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

/// Builds the guest with `features` as a module, and tells cargo when to build again. Only for build scripts.
///
/// # Errors
/// If the standard library for the target is missing (the message says how to install it), or the guest does not build.
pub fn module(features: &[&str]) -> Result<Vec<u8>> {
    module_of("guest", &["guest"], features)
}

/// Builds another package as a module, like [`module`]. `inputs` are its files and folders in the workspace.
///
/// # Errors
/// Those of [`module`].
pub fn module_of(package: &str, inputs: &[&str], features: &[&str]) -> Result<Vec<u8>> {
    watch(inputs)?;
    build(&workspace()?, &nested_target_dir(&out_dir()?)?, package, features)
}

/// Tells cargo to run the build script again when one of these files or folders of the workspace changes.
#[expect(clippy::print_stdout, reason = "cargo reads the output of a build script")]
fn watch(inputs: &[&str]) -> Result<()> {
    let manifest_dir = manifest_dir()?;
    let below = manifest_dir.strip_prefix(workspace()?).context("the crate is not in its workspace")?;
    let up = "../".repeat(below.components().count());
    for input in inputs.iter().chain(&SOURCES) {
        // Use relative paths: checkouts may share a target folder, and cargo would keep watching the files of the first one.
        println!("cargo:rerun-if-changed={up}{input}");
    }
    Ok(())
}

/// Encodes the guest's module as the component `OUT_DIR/NAME`. Only for build scripts.
///
/// # Errors
/// If the module does not match the WIT package.
pub fn write_component(name: &str, module: &[u8]) -> Result<()> {
    fs::write(out_dir()?.join(name), encode(module)?).context("cannot write the component")
}

fn encode(module: &[u8]) -> Result<Vec<u8>> {
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)
        .context("the module does not match the WIT package")?
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

/// The target folder for the components that a build script builds, beside the folder of the profile. A build in the outer target
/// folder would wait forever for the lock of the outer cargo.
///
/// # Errors
/// If `OUT_DIR` is not in the place where cargo puts it.
pub fn nested_target_dir(out_dir: &Path) -> Result<PathBuf> {
    // OUT_DIR is <target>/<profile>/build/<package>/out
    let target = out_dir.ancestors().nth(4).context("OUT_DIR is not where cargo puts it")?;
    Ok(target.join("component"))
}

/// Builds a package of the workspace in the target folder.
fn build(workspace: &Path, target_dir: &Path, package: &str, features: &[&str]) -> Result<Vec<u8>> {
    let std_source = StdSource::find()?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo
        .current_dir(workspace)
        .args(["rustc", "--locked", "--package", package, "--lib", "--crate-type", "cdylib"])
        .args(["--target", TARGET, "--profile", PROFILE, "--features", &features.join(",")])
        .arg("--target-dir")
        .arg(target_dir);
    // Flags and wrappers of the outer build, such as clippy's, are not meant for the component.
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
    // A component contains no path of the build machine, so that two machines make the same bytes.
    let mut flags = remap_paths(workspace);
    flags.extend(MEMORY_LAYOUT.map(|argument| format!("-Clink-arg={argument}")));
    flags.push(INLINE_THRESHOLD.to_owned());
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    std_source.prepare(&mut cargo);
    // All variants of a package are built in one folder under one name. Hold a lock until the module is read.
    fs::create_dir_all(target_dir).with_context(|| format!("cannot make {}", target_dir.display()))?;
    let lock = File::create(target_dir.join("componentize.lock")).context("cannot make a lock file")?;
    lock.lock().context("cannot take the lock")?;
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

/// The source of the target's standard library.
enum StdSource {
    /// Installed beside the compiler.
    Installed,
    /// Debian's compiler builds it once, from the sources in Debian's packages.
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

/// The linker for Debian's compiler, which has none for the target: rustup's `rust-lld`, or Debian's `wasm-ld`.
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

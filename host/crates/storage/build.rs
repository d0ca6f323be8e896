//! Lists the migrations in their folder, in the order of their names: a new migration is one new file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDER: &str = "src/migrations";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let folder = variable("CARGO_MANIFEST_DIR")?.join(FOLDER);
    let mut paths = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut list = "&[\n".to_owned();
    for path in &paths {
        // The text itself and no path: checkouts in different folders share a target folder. Writing into a string cannot fail.
        let _ = writeln!(list, "    ({:?}, {:?}),", name(path), fs::read_to_string(path)?);
    }
    list.push(']');
    fs::write(variable("OUT_DIR")?.join("migrations.rs"), list)
}

/// A variable that cargo sets for build scripts.
fn variable(name: &str) -> io::Result<PathBuf> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{name} is not set"));
    env::var_os(name).map(PathBuf::from).ok_or_else(missing)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

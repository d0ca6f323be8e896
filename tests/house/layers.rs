//! The layers: each crate of the host depends on what the table in docs/architecture.md allows, and on nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::sources::ROOT;

/// A row of the table.
#[derive(Debug)]
struct Layer {
    may: BTreeSet<String>,
    may_not: BTreeSet<String>,
}

/// The table of layers: the rows of the page whose first cell is the name of a crate.
fn table() -> BTreeMap<String, Layer> {
    let page = include_str!("../../docs/architecture.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Layers\n")).expect("a section on layers");
    let names = |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")).filter(|row| !row.contains("/` |"));
    let layers = rows.filter_map(|row| {
        let mut cells = row.split('|');
        let (name, _job, may, may_not) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        Some((name.trim().trim_end_matches('`').to_owned(), Layer { may: names(may), may_not: names(may_not) }))
    });
    layers.collect()
}

fn name(of: &Value) -> String {
    of["name"].as_str().unwrap().to_owned()
}

/// The packages of the workspace.
fn packages(metadata: &Value) -> BTreeSet<String> {
    metadata["packages"].as_array().unwrap().iter().map(name).collect()
}

/// The direct dependencies of each crate of the host, those of build scripts and tests among them. `root` is the folder of the
/// workspace.
fn dependencies(metadata: &Value, root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let is_host = |package: &&Value| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        manifest.strip_prefix(root).unwrap().starts_with("host")
    };
    let of = |package: &Value| package["dependencies"].as_array().unwrap().iter().map(name).collect();
    let host = metadata["packages"].as_array().unwrap().iter().filter(is_host);
    host.map(|package| (name(package), of(package))).collect()
}

/// The sentences that say which dependency the table does not allow. `packages` are those of the workspace.
fn violations(
    table: &BTreeMap<String, Layer>,
    packages: &BTreeSet<String>,
    found: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, dependencies) in found {
        let Some(layer) = table.get(name) else {
            violations.push(format!("{name} is not in the table"));
            continue;
        };
        for dependency in dependencies {
            if packages.contains(dependency) && !layer.may.contains(dependency) || layer.may_not.contains(dependency) {
                violations.push(format!("{name} may not depend on {dependency}"));
            }
        }
        for unused in layer.may.iter().filter(|allowed| !dependencies.contains(*allowed)) {
            violations.push(format!("{name} does not depend on {unused}, which the table allows"));
        }
    }
    violations.extend(table.keys().filter(|name| !found.contains_key(*name)).map(|name| format!("there is no {name}")));
    violations
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--locked", "--no-deps"];
    let output = Command::new(cargo).args(arguments).current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The folder of the workspace, as cargo prints it.
fn root(metadata: &Value) -> &Path {
    Path::new(metadata["workspace_root"].as_str().unwrap())
}

#[test]
fn each_crate_depends_on_what_its_layer_allows() {
    let metadata = metadata();
    let (packages, found) = (packages(&metadata), dependencies(&metadata, root(&metadata)));
    for (name, dependencies) in &found {
        let ours: Vec<_> = dependencies.intersection(&packages).collect();
        println!("{name}: {ours:?}");
    }
    assert!(found.len() >= 11, "{:?}", found.keys());
    assert_eq!(violations(&table(), &packages, &found), [""; 0]);
}

/// The control: a dependency that the table does not allow is reported.
#[test]
fn a_dependency_that_runs_up_is_reported() {
    let metadata = metadata();
    let (packages, found) = (packages(&metadata), dependencies(&metadata, root(&metadata)));
    for (name, dependency) in [
        ("storage", "hyper"),
        ("api", "rusqlite"),
        ("sandbox", "rules"),
        ("settings", "api"),
        ("storage", "componentize"),
        ("extensions", "onboarding-extension"),
        ("api", "onboarding-tests"),
    ] {
        let mut found = found.clone();
        found.get_mut(name).unwrap().insert(dependency.to_owned());
        assert_eq!(violations(&table(), &packages, &found), [format!("{name} may not depend on {dependency}")]);
    }
    let mut more = found.clone();
    more.insert("attic".to_owned(), BTreeSet::new());
    assert_eq!(violations(&table(), &packages, &more), ["attic is not in the table"]);
}

/// A checkout may lie below a folder of the name `host`.
#[test]
fn only_the_folder_of_the_workspace_decides_which_crates_belong_to_the_host() {
    let package = |name: &str, path: &str| json!({"name": name, "manifest_path": path, "dependencies": []});
    let packages =
        [package("guest", "/srv/host/x/guest/Cargo.toml"), package("api", "/srv/host/x/host/crates/api/Cargo.toml")];
    let found = dependencies(&json!({"packages": packages}), Path::new("/srv/host/x"));
    assert_eq!(found.into_keys().collect::<Vec<_>>(), ["api"]);
}

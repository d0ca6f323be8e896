//! The layers: each crate of the host depends on what the table in docs/architecture.md allows, and on nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

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

/// The direct dependencies of each crate of the host, those of build scripts and tests among them.
fn dependencies(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let packages = metadata["packages"].as_array().unwrap();
    let ours = packages.iter().filter(|package| package["manifest_path"].as_str().unwrap().contains("/host/"));
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
    };
    ours.map(|package| (package["name"].as_str().unwrap().to_owned(), of(package))).collect()
}

/// The sentences that say which dependency the table does not allow.
fn violations(table: &BTreeMap<String, Layer>, found: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, dependencies) in found {
        let Some(layer) = table.get(name) else {
            violations.push(format!("{name} is not in the table"));
            continue;
        };
        for dependency in dependencies {
            let is_ours = found.contains_key(dependency) || dependency == "guest";
            if is_ours && !layer.may.contains(dependency) || layer.may_not.contains(dependency) {
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

#[test]
fn each_crate_depends_on_what_its_layer_allows() {
    let (table, found) = (table(), dependencies(&metadata()));
    for (name, dependencies) in &found {
        let ours: Vec<_> = dependencies.iter().filter(|dependency| found.contains_key(*dependency)).collect();
        println!("{name}: {ours:?}");
    }
    assert!(found.len() >= 11, "{:?}", found.keys());
    assert_eq!(violations(&table, &found), [""; 0]);
}

/// The control: a dependency that the table does not allow is reported.
#[test]
fn a_dependency_that_runs_up_is_reported() {
    for (name, dependency) in [("storage", "hyper"), ("api", "rusqlite"), ("sandbox", "rules"), ("settings", "api")] {
        let mut found = dependencies(&metadata());
        found.get_mut(name).unwrap().insert(dependency.to_owned());
        assert_eq!(violations(&table(), &found), [format!("{name} may not depend on {dependency}")]);
    }
    let mut found = dependencies(&metadata());
    found.insert("attic".to_owned(), BTreeSet::new());
    assert_eq!(violations(&table(), &found), ["attic is not in the table"]);
}

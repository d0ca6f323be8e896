//! The rules of the house that a machine can check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use obp_host::component::EMBEDDED;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Every source file below that folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn all_sources() -> Vec<PathBuf> {
    ["componentize", "extensions", "guest", "host", "tests"].into_iter().flat_map(sources).collect()
}

/// What an embedder must provide: the project's own interfaces, and two of WASI.
#[test]
fn the_component_imports_exactly_what_the_world_names() {
    const ANSWERED: &str = "wasi:clocks/wall-clock wasi:random/random \
        accounts-storage banks-storage consumers-storage credentials customers-storage entitlements-storage kyc-storage \
        meeting-provider meetings-storage screening users-storage";
    const TYPES_ONLY: &str = "accounts-types banks-types caller changes consumers-types customers-types entitlements-types \
        kyc-types meetings-types problem timestamp users-types";
    let mut expected: Vec<String> = ANSWERED
        .split_whitespace()
        .chain(TYPES_ONLY.split_whitespace())
        .map(|name| match name.strip_prefix("wasi:") {
            Some(_) => format!("{name}@0.2.0"),
            None => format!("obp:onboarding/{name}@0.1.0"),
        })
        .collect();
    let engine = wasmtime::Engine::default();
    let component = wasmtime::component::Component::new(&engine, EMBEDDED).unwrap();
    let mut imports: Vec<_> = component.component_type().imports(&engine).map(|(name, _)| name.to_owned()).collect();
    expected.sort();
    imports.sort();
    assert_eq!(imports, expected);
}

#[test]
fn a_noun_has_one_stem_everywhere() {
    let shells = sources("guest/src/exports");
    let nouns: Vec<_> = shells
        .iter()
        .map(|shell| shell.file_stem().unwrap().to_str().unwrap())
        .filter(|stem| !["mod", "faults"].contains(stem))
        .collect();
    assert!(nouns.len() >= 8, "{nouns:?}");
    for noun in nouns {
        let files = [
            "wit/#.wit",
            "guest/src/#.rs",
            "guest/src/exports/#.rs",
            "host/crates/api/src/operations/#.rs",
            "host/crates/storage/src/#.rs",
            "tests/conformance/#.txt",
        ];
        for file in files {
            let file = file.replace('#', noun);
            assert!(Path::new(ROOT).join(&file).exists(), "{file}");
        }
    }
}

#[test]
fn the_texts_of_errors_stand_in_their_catalogues_only() {
    let catalogues = ["guest/src/refusals.rs", "host/crates/api/src/error_codes.rs"];
    for path in ["guest/src", "host/src", "host/crates"].into_iter().flat_map(sources) {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let allowed = catalogues.iter().any(|catalogue| path.ends_with(catalogue));
        assert!(allowed || !code.contains("\"OBP-"), "{}", path.display());
    }
}

#[test]
fn imports_are_called_by_the_shells_only_and_json_is_read_below_obp_only() {
    for path in sources("guest/src") {
        let is_shell = path.components().any(|part| part.as_os_str() == "exports") || path.ends_with("lib.rs");
        assert!(is_shell || !fs::read_to_string(&path).unwrap().contains("crate::bindings"), "{}", path.display());
    }
    for path in ["host/src", "host/crates"].into_iter().flat_map(sources) {
        let may = ["api", "cli", "pages", "providers"]
            .iter()
            .any(|folder| path.components().any(|part| part.as_os_str() == *folder));
        assert!(may || !fs::read_to_string(&path).unwrap().contains("serde_json"), "{}", path.display());
    }
}

#[test]
fn files_can_be_read_in_one_sitting_and_say_what_they_are_for() {
    let mut lines = BTreeMap::new();
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
        lines.insert(path, text.lines().count());
    }
    let mut counts: Vec<_> = lines.values().copied().collect();
    counts.sort_unstable();
    assert!(counts[counts.len() / 2] <= 150, "half of the files are longer than {}", counts[counts.len() / 2]);
    let long: Vec<_> = lines.iter().filter(|(_, count)| **count > 600).collect();
    assert!(long.is_empty(), "{long:?}");
}

/// The README, the pages of `docs/` and every file of the record of decisions.
fn documents() -> Vec<String> {
    let pages = ["architecture", "benchmarks", "configuration", "contributing", "embedding", "extensions"];
    let mut documents = vec!["README.md".to_owned()];
    documents.extend(pages.iter().map(|page| format!("docs/{page}.md")));
    documents.extend(decisions().into_iter().map(|name| format!("docs/decisions/{name}")));
    documents
}

/// File names in `docs/decisions/`, sorted.
fn decisions() -> Vec<String> {
    let entries = fs::read_dir(Path::new(ROOT).join("docs/decisions")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_list_of_decisions_has_number_title_and_date_of_every_decision() {
    let folder = Path::new(ROOT).join("docs/decisions");
    let list = fs::read_to_string(folder.join("README.md")).unwrap();
    let listed: Vec<&str> =
        list.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| number")).collect();
    let mut rows = Vec::new();
    for name in decisions().iter().filter(|name| *name != "README.md") {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let mut lines = text.lines();
        let heading = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap();
        let (number, title) = heading.split_once(". ").unwrap();
        assert_eq!(number, format!("{:03}", rows.len() + 1), "{name}");
        assert!(name.starts_with(&format!("{number}-")), "{name}");
        let date = lines.find_map(|line| line.strip_prefix("Date: ")).unwrap();
        assert!(text.contains("\n## Decision\n") && text.contains("\n## Reason\n"), "{name}");
        rows.push(format!("| {number} | [{title}]({name}) | {date} |"));
    }
    assert_eq!(listed, rows, "docs/decisions/README.md should list:\n{}", rows.join("\n"));
}

#[test]
fn every_path_that_the_readme_and_the_documents_name_exists() {
    for document in documents() {
        let text = fs::read_to_string(Path::new(ROOT).join(&document)).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = word.contains('/') && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let is_ours = ["wit/", "guest/", "host/", "tests/", "docs/", "scripts/", "componentize/", "extensions/"]
                .iter()
                .any(|folder| word.starts_with(folder));
            assert!(!(is_path && is_ours) || Path::new(ROOT).join(word).exists(), "{document} names {word}");
        }
    }
}

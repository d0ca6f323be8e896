//! The rules of the house that a machine can check.

#[path = "../embedding/component.rs"]
mod component;
mod layers;
mod modules;
mod sizes;
mod sources;
mod stops;
mod words;

use std::fs;
use std::path::Path;

use obp_host::component::EMBEDDED;

use self::sources::{ROOT, files, without_tests};

/// An embedder must provide the project's own interfaces, and two of WASI. The conformance kit has the list.
#[test]
fn the_component_imports_exactly_what_the_world_names() {
    component::promised(EMBEDDED).unwrap();
}

#[test]
fn a_noun_has_one_stem_everywhere() {
    let worlds = files(&["wit"], &["world.wit"]);
    let exports = worlds[0].text.lines().filter_map(|line| line.trim().strip_prefix("export "));
    let nouns: Vec<_> = exports.map(|export| export.trim_end_matches(';')).collect();
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
fn the_texts_of_errors_stand_in_their_tables_only() {
    let tables = ["guest/src/refusals.rs", "host/crates/api/src/error_codes.rs"];
    for file in files(&["guest/src", "host/src", "host/crates"], &[".rs"]) {
        let lines = without_tests(&file.text).into_iter();
        let code: String = lines.filter(|line| !line.trim_start().starts_with("//")).collect();
        let is_test = file.path.ends_with("/tests.rs");
        assert!(is_test || tables.contains(&file.path.as_str()) || !code.contains("\"OBP-"), "{}", file.path);
    }
}

/// The control: code after a module of tests is read.
#[test]
fn only_the_modules_of_tests_are_left_out() {
    let text = "#[cfg(test)]\nmod tests;\nfn one() {}\n#[cfg(test)]\nmod tests {\n    fn test() {}\n}\nfn two() {}\n";
    assert_eq!(without_tests(text), ["#[cfg(test)]", "mod tests;", "fn one() {}", "fn two() {}"]);
}

#[test]
fn only_the_shells_call_imports_and_only_the_upper_layers_read_json() {
    for file in files(&["guest/src"], &[".rs"]) {
        let is_shell = file.path.contains("/exports/") || file.path.ends_with("lib.rs");
        assert!(is_shell || !file.text.contains("crate::bindings"), "{}", file.path);
    }
    for file in files(&["host/src", "host/crates"], &[".rs"]) {
        let may = ["/api/", "/cli/", "/pages/", "/providers/"].iter().any(|folder| file.path.contains(folder));
        assert!(may || !file.text.contains("serde_json"), "{}", file.path);
    }
}

#[test]
fn every_path_that_the_readme_and_the_documents_name_exists() {
    let mut documents = files(&["docs"], &[".md"]);
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    documents.push(sources::Source { path: "README.md".to_owned(), text: readme });
    for document in documents {
        for word in document.text.split('`').skip(1).step_by(2) {
            let is_path = word.contains('/') && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let is_ours = ["wit/", "guest/", "host/", "tests/", "docs/", "scripts/", "componentize/", "extensions/"]
                .iter()
                .any(|folder| word.starts_with(folder));
            let exists = Path::new(ROOT).join(word).exists();
            assert!(!(is_path && is_ours) || exists, "{} names {word}", document.path);
        }
    }
}

#[test]
fn the_record_of_decisions_lists_number_title_and_date_of_each() {
    let files = files(&["docs/decisions"], &[".md"]);
    let (list, decisions): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.path.ends_with("/README.md"));
    let rows = list[0].text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| number"));
    let mut expected = Vec::new();
    for sources::Source { path, text } in decisions {
        let name = path.rsplit('/').next().unwrap();
        let (heading, rest) = text.split_once('\n').unwrap();
        let (number, title) = heading.strip_prefix("# ").and_then(|heading| heading.split_once(". ")).unwrap();
        assert_eq!(number, format!("{:03}", expected.len() + 1), "{name}");
        assert!(name.starts_with(&format!("{number}-")), "{name}");
        assert!(rest.contains("\n## Decision\n") && rest.contains("\n## Reason\n"), "{name}");
        let date = rest.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
        expected.push(format!("| {number} | [{title}]({name}) | {date} |"));
    }
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows, expected, "docs/decisions/README.md should list:\n{}", expected.join("\n"));
}

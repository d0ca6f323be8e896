//! The files of the repository, for the checks of the house.

use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned as _;

/// The root of the repository.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A file: its path from the root, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// Every file below these folders whose name ends in one of these endings, in the order of their paths. The empty ending
/// stands for names without a point.
pub fn files(folders: &[&str], endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| Path::new(ROOT).join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                if !["target", "node_modules", ".git", "__pycache__"].contains(&name.as_str()) {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| has_ending(&name, ending)) {
                let relative = path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned();
                found.push(Source { path: relative, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn has_ending(name: &str, ending: &str) -> bool {
    if ending.is_empty() { !name.contains('.') } else { name.ends_with(ending) }
}

/// The lines of a Rust file outside its modules for tests.
pub fn without_tests(text: &str) -> Vec<&str> {
    let items = syn::parse_file(text).unwrap().items;
    let tests = items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_some() && is_test(&module.attrs) => Some(module.span()),
        _ => None,
    });
    let tests: Vec<_> = tests.map(|span| span.start().line..=span.end().line).collect();
    let numbered = text.lines().zip(1..);
    numbered.filter(|(_, number)| !tests.iter().any(|lines| lines.contains(number))).map(|(line, _)| line).collect()
}

/// Whether an item is compiled for tests only.
pub fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// Every Rust file of the repository.
pub fn rust() -> Vec<Source> {
    files(&["componentize", "extensions", "guest", "host", "tests"], &[".rs"])
}

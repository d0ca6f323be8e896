//! The way of a request, as docs/architecture.md names its stops: each of them exists.

use std::fs;
use std::path::Path;

use syn::visit::Visit;

use super::sources::ROOT;

/// The stops: lines of the section of the form `path`: `item`.
fn stops() -> Vec<(&'static str, &'static str)> {
    let page = include_str!("../../docs/architecture.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Follow a request\n"));
    let lines = section.expect("a section on the stops of a request").lines();
    lines.filter_map(|line| line.split_once("`: `")).map(split).collect()
}

fn split((path, item): (&'static str, &'static str)) -> (&'static str, &'static str) {
    let path = path.rsplit('`').next().unwrap();
    (path, item.split('`').next().unwrap())
}

/// The items that a file defines: `function`, `Type`, `Type::method`.
#[derive(Default)]
struct Items(Vec<String>);

impl<'ast> Visit<'ast> for Items {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.0.push(item.sig.ident.to_string());
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.0.push(item.ident.to_string());
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.0.push(item.ident.to_string());
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let syn::Type::Path(of) = &*item.self_ty else { return };
        let Some(of) = of.path.segments.last() else { return };
        for item in &item.items {
            if let syn::ImplItem::Fn(function) = item {
                self.0.push(format!("{}::{}", of.ident, function.sig.ident));
            }
        }
    }
}

/// Whether a file defines that item. A function of an interface in WIT stands as `name: func`.
fn defines(path: &str, item: &str) -> bool {
    let Ok(text) = fs::read_to_string(Path::new(ROOT).join(path)) else { return false };
    if path.ends_with(".wit") {
        return text.lines().any(|line| line.trim().starts_with(&format!("{item}: func(")));
    }
    let mut items = Items::default();
    items.visit_file(&syn::parse_file(&text).unwrap());
    items.0.iter().any(|found| found == item)
}

#[test]
fn each_stop_of_a_request_exists() {
    let stops = stops();
    assert!(stops.len() >= 10, "{stops:?}");
    let missing: Vec<_> = stops.iter().filter(|(path, item)| !defines(path, item)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The control.
#[test]
fn a_stop_that_does_not_exist_is_noticed() {
    assert!(defines("guest/src/kyc.rs", "add_check"));
    assert!(defines("wit/kyc.wit", "add-check"));
    for (path, item) in [("guest/src/kyc.rs", "add_chec"), ("guest/src/kcy.rs", "add_check"), ("wit/kyc.wit", "add")] {
        assert!(!defines(path, item), "{path}: {item}");
    }
}

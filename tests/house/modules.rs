//! The order of modules inside each crate: no top-level module uses another one that uses it, directly or on a detour.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;

use super::sources::{Source, files};

/// The crates, by the folder of their sources.
const CRATES: [(&str, &str); 12] = [
    ("ambient", "host/crates/ambient/src"),
    ("api", "host/crates/api/src"),
    ("bindings", "host/crates/bindings/src"),
    ("extensions", "host/crates/extensions/src"),
    ("guest", "guest/src"),
    ("obp-host", "host/src"),
    ("pages", "host/crates/pages/src"),
    ("providers", "host/crates/providers/src"),
    ("rules", "host/crates/rules/src"),
    ("sandbox", "host/crates/sandbox/src"),
    ("settings", "host/crates/settings/src"),
    ("storage", "host/crates/storage/src"),
];

/// Uses against the order that are still there: crate, module, the module that it uses. The list may only shrink.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// Which module of a crate uses which others.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The paths in a file that begin with `crate`, `super` or `self`.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&item.tree, &mut Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }
}

impl Paths {
    fn tree(&mut self, tree: &syn::UseTree, way: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                way.push(path.ident.to_string());
                self.tree(&path.tree, way);
                way.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, way)),
            syn::UseTree::Name(syn::UseName { ident }) | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                self.0.push(way.iter().cloned().chain([ident.to_string()]).collect());
            }
            syn::UseTree::Glob(_) => self.0.push(way.clone()),
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// The path of a module inside its crate; empty for the root.
fn module_of(file: &str) -> Vec<String> {
    let names = file.trim_end_matches(".rs").split('/').filter(|name| !["lib", "main", "mod"].contains(name));
    names.map(str::to_owned).collect()
}

fn is_for_tests(file: &str) -> bool {
    module_of(file).iter().any(|name| ["tests", "fixtures"].contains(&name.as_str()))
}

/// A path from the root of the crate, as a file of that module writes it.
fn from_root(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut here = module.to_vec();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => (here, rest) = (Vec::new(), &rest[1..]),
        "self" => rest = &rest[1..],
        "super" => {}
        _ => return None,
    }
    while rest.first().is_some_and(|name| name == "super") {
        here.pop();
        rest = &rest[1..];
    }
    Some([here, rest.to_vec()].concat())
}

/// The graph of a crate, from its files. An item that the root re-exports counts as the module that defines it.
fn graph(sources: &[Source]) -> Graph {
    let modules: BTreeSet<_> = sources.iter().filter_map(|file| module_of(&file.path).into_iter().next()).collect();
    let mut paths = Vec::new();
    for file in sources.iter().filter(|file| !is_for_tests(&file.path)) {
        let mut found = Paths::default();
        found.visit_file(&syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path)));
        let module = module_of(&file.path);
        let from_root = found.0.iter().filter_map(|path| from_root(&module, path)).collect::<Vec<_>>();
        paths.push((module.into_iter().next(), from_root));
    }
    let at_root = paths.iter().filter(|(module, _)| module.is_none()).flat_map(|(_, paths)| paths);
    let exported: BTreeMap<_, _> =
        at_root.filter(|path| path.len() > 1).map(|path| (path.last().unwrap(), path.first().unwrap())).collect();
    let mut graph = Graph::new();
    for (module, paths) in &paths {
        let Some(module) = module else { continue };
        let firsts = paths.iter().filter_map(|path| path.first());
        let used =
            firsts.map(|first| if modules.contains(first) { first } else { exported.get(first).unwrap_or(&first) });
        let used = used.filter(|used| modules.contains(*used) && *used != module).cloned();
        graph.entry(module.clone()).or_default().extend(used);
    }
    graph
}

/// The modules in an order in which each uses only earlier ones, and the circles among those that have no place in it.
fn ordered(mut graph: Graph) -> (Vec<String>, Graph) {
    let mut order = Vec::new();
    loop {
        let is_free = |used: &BTreeSet<String>| used.iter().all(|module| !graph.contains_key(module));
        let free: Vec<_> = graph.iter().filter(|(_, used)| is_free(used)).map(|(module, _)| module.clone()).collect();
        if free.is_empty() {
            return (order, circles(graph));
        }
        graph.retain(|module, _| !free.contains(module));
        order.extend(free);
    }
}

/// The graph without the modules that no circle needs: those that no other one uses.
fn circles(mut graph: Graph) -> Graph {
    loop {
        let used: BTreeSet<_> = graph.values().flatten().cloned().collect();
        let modules = graph.len();
        graph.retain(|module, _| used.contains(module));
        let left: BTreeSet<_> = graph.keys().cloned().collect();
        graph.values_mut().for_each(|used| used.retain(|module| left.contains(module)));
        if graph.len() == modules {
            return graph;
        }
    }
}

fn crate_graph(folder: &str) -> Graph {
    let mut sources = files(&[folder], &[".rs"]);
    for source in &mut sources {
        source.path = source.path.strip_prefix(folder).unwrap().trim_start_matches('/').to_owned();
    }
    graph(&sources)
}

#[test]
fn the_modules_of_each_crate_have_an_order() {
    let mut circles = Vec::new();
    let mut unneeded: BTreeSet<_> = EXCEPTIONS.iter().collect();
    for (name, folder) in CRATES {
        let mut graph = crate_graph(folder);
        for exception @ (_, from, to) in EXCEPTIONS.iter().filter(|(of, _, _)| *of == name) {
            if graph.get_mut(*from).is_some_and(|used| used.remove(*to)) {
                unneeded.remove(exception);
            }
        }
        let (order, circle) = ordered(graph);
        println!("{name}: {}", order.join(" < "));
        circles.extend(circle.into_iter().map(|(module, used)| format!("{name}: {module} uses {used:?}")));
    }
    assert!(circles.is_empty(), "{circles:#?}");
    assert!(unneeded.is_empty(), "exceptions that are no longer needed: {unneeded:?}");
}

/// The control: a use against the order is reported, through a re-export of the root too.
#[test]
fn a_use_against_the_order_is_reported() {
    let file = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let root = file("lib.rs", "mod low; mod high; pub use self::high::High;");
    let high = file("high.rs", "use crate::low::Low; pub struct High(Low);");
    let circle = |low: &str| {
        let sources = [file("lib.rs", &root.text), file("high.rs", &high.text), file("low.rs", low)];
        ordered(graph(&sources)).1.into_keys().collect::<Vec<_>>()
    };
    for low in [
        "use crate::high::High; pub struct Low;",
        "use crate::{high::{self}}; pub struct Low;",
        "use super::high; pub struct Low;",
        "use crate::High; pub struct Low;",
        "pub struct Low; fn up() { crate::high::up() }",
        "pub struct Low(super::High);",
    ] {
        assert_eq!(circle(low), ["high", "low"], "{low}");
    }
    for low in ["pub struct Low;", "pub struct Low; #[cfg(test)] mod tests { use crate::high::High; }"] {
        assert_eq!(circle(low), [""; 0], "{low}");
    }
}

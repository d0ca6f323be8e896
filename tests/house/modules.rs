//! The order of modules inside each crate: no top-level module uses another one that uses it, directly or on a detour.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::sources::{ROOT, Source, files, is_test};

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

/// The paths in a file, each as its segments. Tests are left out.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&item.tree, &mut Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        // A single name may be that of a variable.
        if path.segments.len() > 1 {
            self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }

    /// The arguments of a macro are tokens, in which the parser finds no paths.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        syn::visit::visit_macro(self, call);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
        syn::visit::visit_meta_list(self, list);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
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
            syn::UseTree::Name(syn::UseName { ident }) => self.named(way, ident),
            syn::UseTree::Rename(syn::UseRename { ident, rename, .. }) => {
                self.named(way, ident);
                // The root may export the item by this name.
                self.named(way, rename);
            }
            syn::UseTree::Glob(_) => self.0.push(way.clone()),
        }
    }

    fn named(&mut self, way: &[String], name: &syn::Ident) {
        self.0.push(way.iter().cloned().chain([name.to_string()]).collect());
    }

    /// Every sequence of names with `::` between them, in groups too.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.end(&mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.end(&mut path);
                    self.tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => self.end(&mut path),
            }
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.0.push(std::mem::take(path));
        }
        path.clear();
    }
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
        // The root may name its modules without `self`.
        let is_at_root = |path: &[String]| module.is_empty() && path.first().is_some_and(|name| modules.contains(name));
        let from_root: Vec<_> = found
            .0
            .iter()
            .filter_map(|path| from_root(&module, path).or_else(|| is_at_root(path).then(|| path.clone())))
            .collect();
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

/// A crate that is missing in the list would not be checked.
#[test]
fn the_list_of_crates_has_every_crate_of_the_host() {
    let folders = fs::read_dir(Path::new(ROOT).join("host/crates")).unwrap();
    let folders: BTreeSet<_> =
        folders.map(|entry| format!("host/crates/{}/src", entry.unwrap().file_name().to_str().unwrap())).collect();
    let listed = CRATES.iter().map(|(_, folder)| (*folder).to_owned());
    assert_eq!(listed.filter(|folder| folder.starts_with("host/crates/")).collect::<BTreeSet<_>>(), folders);
}

/// The crates of the workspace, and the modules of the server's crate, that a file uses. `itself` is the file's own module.
fn used_crates(text: &str, itself: &str) -> BTreeSet<String> {
    let crates: BTreeSet<_> = CRATES.iter().map(|(name, _)| name.replace('-', "_")).collect();
    let mut found = Paths::default();
    found.visit_file(&syn::parse_file(text).unwrap());
    let of_crate = found.0.iter().filter(|path| path.first().is_some_and(|name| crates.contains(name)));
    let of_module = found.0.iter().filter(|path| path.first().is_some_and(|name| name == "crate"));
    let of_module = of_module.filter(|path| path.get(1).is_none_or(|module| module != itself));
    of_crate.chain(of_module).map(|path| path.join("::")).collect()
}

/// `host/src/server.rs` handles sockets and knows no OBP (docs/architecture.md).
#[test]
fn the_module_of_sockets_imports_no_crate_of_ours() {
    let sources = files(&["host/src"], &[".rs"]);
    let is_server = |file: &&Source| file.path == "host/src/server.rs" || file.path.starts_with("host/src/server/");
    let sources: Vec<_> = sources.iter().filter(is_server).collect();
    assert!(sources.len() > 3, "{}", sources.len());
    for Source { path, text } in sources {
        let used = used_crates(text, "server");
        assert!(used.is_empty(), "{path} uses {used:?}");
    }
    for (text, used) in [
        ("use api::Service;", &["api::Service"][..]),
        ("fn f() { rules::session::f(format!(\"{}\", storage::f())) }", &["rules::session::f", "storage::f"]),
        ("use crate::config::Config; use crate::server::Tls;", &["crate::config::Config"]),
        ("use hyper::Request; use super::Tls; #[cfg(test)] mod tests { use api::Service; }", &[]),
    ] {
        assert_eq!(used_crates(text, "server").into_iter().collect::<Vec<_>>(), used, "{text}");
    }
}

/// The control: a use against the order is reported, through a re-export of the root and inside a macro too.
#[test]
fn a_use_against_the_order_is_reported() {
    let file = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let circle = |export: &str, low: &str| {
        let root = format!("mod low; mod high; pub use {export};");
        let high = "use crate::low::Low; pub struct High(Low);";
        let sources = [file("lib.rs", &root), file("high.rs", high), file("low.rs", low)];
        ordered(graph(&sources)).1.into_keys().collect::<Vec<_>>()
    };
    for export in ["self::high::High", "high::High", "crate::high::High", "high::{High, other}", "high::Inner as High"]
    {
        for low in [
            "use crate::high::High; pub struct Low;",
            "use crate::{high::{self}}; pub struct Low;",
            "use super::high; pub struct Low;",
            "use crate::High; pub struct Low;",
            "use super::High as Low;",
            "pub struct Low; fn up() { crate::high::up() }",
            "pub struct Low(super::High);",
            "pub struct Low; fn up() -> String { format!(\"{}\", crate::high::up()) }",
            "pub struct Low; fn up() -> Markup { html! { p { @if x { (super::High::up(1)) } } } }",
            "macro_rules! low { () => { $crate::high::up() } }",
            "#[derive(X)] #[x(with(crate::High::x))] pub struct Low;",
        ] {
            assert_eq!(circle(export, low), ["high", "low"], "{export}: {low}");
        }
        for low in [
            "pub struct Low;",
            "pub struct Low; #[cfg(test)] mod tests { use crate::high::High; }",
            "pub struct Low; fn f() { print!(\"crate::high {}: {}\", crate::low::f(), other::high::f()) }",
        ] {
            assert_eq!(circle(export, low), [""; 0], "{export}: {low}");
        }
    }
}

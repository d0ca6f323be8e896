//! Rust files can be read in one sitting, and functions on one screen.

use syn::spanned::Spanned as _;
use syn::visit::Visit;

use super::sources::rust;

/// The longest Rust file, in lines.
const FILE_LINES_MAX: usize = 400;
/// Half of the Rust files are at most this long, in lines.
const FILE_LINES_MEDIAN_MAX: usize = 120;
/// The longest function, in lines.
const FUNCTION_LINES_MAX: usize = 70;

/// The names and lengths of a file's functions.
#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn note(&mut self, name: &syn::Ident, whole: proc_macro2::Span) {
        self.0.push((name.to_string(), whole.end().line - whole.start().line + 1));
    }

    fn of(text: &str) -> Vec<(String, usize)> {
        let mut functions = Self::default();
        functions.visit_file(&syn::parse_file(text).unwrap());
        functions.0
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.note(&function.sig.ident, function.sig.span().join(function.block.span()).unwrap());
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.note(&function.sig.ident, function.sig.span().join(block.span()).unwrap());
        }
        syn::visit::visit_trait_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.note(&function.sig.ident, function.sig.span().join(function.block.span()).unwrap());
        syn::visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn rust_files_can_be_read_in_one_sitting_and_state_their_purpose() {
    let sources = rust();
    let silent: Vec<_> = sources.iter().filter(|file| !file.text.starts_with("//!")).map(|file| &file.path).collect();
    assert!(silent.is_empty(), "files that do not state their purpose: {silent:?}");
    let mut lines: Vec<_> = sources.iter().map(|file| (file.text.lines().count(), &file.path)).collect();
    lines.sort();
    let median = lines[lines.len() / 2].0;
    println!("{} files, median {median} lines, longest {:?}", lines.len(), lines.last());
    assert!(median <= FILE_LINES_MEDIAN_MAX, "half of the files are longer than {median} lines");
    let long: Vec<_> = lines.iter().filter(|(count, _)| *count > FILE_LINES_MAX).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn functions_fit_a_screen() {
    let long = |lines: &usize| *lines > FUNCTION_LINES_MAX;
    let mut found = Vec::new();
    for file in rust() {
        let functions = Functions::of(&file.text).into_iter().filter(|(_, lines)| long(lines));
        found.extend(functions.map(|(name, lines)| format!("{}: {name} has {lines} lines", file.path)));
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The control.
#[test]
fn a_long_function_is_found() {
    for item in ["impl A", "trait A"] {
        let text =
            format!("{item} {{\n    fn short() {{}}\n    fn long() {{\n{}    }}\n}}\n", "        f();\n".repeat(70));
        assert_eq!(Functions::of(&text), [("short".to_owned(), 1), ("long".to_owned(), 72)], "{item}");
    }
    assert_eq!(Functions::of("trait A {\n    fn none();\n}\n"), []);
}

//! Small components without code, damaged ones, and ones that try to make reading expensive.

mod proposals;

use wasm_encoder::{
    Component, ComponentBuilder, ComponentExportKind, ComponentTypeRef, CustomSection, InstanceType, Module,
    ModuleSection, NestedComponentSection, TypeSection,
};

use super::*;

/// A component with one import, one export and a version.
fn small() -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    builder.custom_section(&CustomSection { name: "version".into(), data: b"0.1.0".as_slice().into() });
    builder.custom_section(&CustomSection { name: "other".into(), data: b"x".as_slice().into() });
    let nothing = builder.type_instance(None, &InstanceType::new());
    builder.import("wasi:random/random@0.2.0", ComponentTypeRef::Instance(nothing));
    let empty = builder.component(None, ComponentBuilder::default());
    let instance = builder.instantiate(None, empty, Vec::<(&str, ComponentExportKind, u32)>::new());
    builder.export("obp:onboarding/kyc@0.1.0", ComponentExportKind::Instance, instance, None);
    builder.finish()
}

#[test]
fn a_component_is_described_by_its_own_bytes() {
    let bytes = small();
    let about = About::read(&bytes).unwrap();
    assert_eq!(about.imports, ["wasi:random/random@0.2.0"]);
    assert_eq!(about.exports, [Export { name: "obp:onboarding/kyc@0.1.0".to_owned(), kind: "instance" }]);
    assert_eq!(about.annotations, BTreeMap::from([("version".to_owned(), "0.1.0".to_owned())]));
    assert_eq!((about.bytes, about.sha256), (bytes.len(), Sha256::digest(&bytes).into()));
    assert_eq!((about.modules, about.memories, about.tables, about.memory_bytes), (0, 0, 0, 0));
}

#[test]
fn an_export_shows_its_kind_unless_it_is_an_interface() {
    let shown = |kind| Export { name: "a:b/c".to_owned(), kind }.to_string();
    assert_eq!((shown("instance"), shown("func")), ("a:b/c".to_owned(), "func a:b/c".to_owned()));
}

#[test]
fn bytes_that_are_no_component_are_refused() {
    let right = small();
    assert!(About::read(&right).is_ok());
    for bytes in [b"".as_slice(), b"\0asm", b"onboarding"] {
        assert_eq!(About::read(bytes).unwrap_err().to_string(), "is no WebAssembly, not a component");
    }
    assert_eq!(About::read(&Module::new().finish()).unwrap_err().to_string(), "is a core module, not a component");
    for length in 8..right.len() {
        // A cut between two sections leaves a component with fewer sections.
        if let Ok(about) = About::read(&right[..length]) {
            assert!(about.exports.is_empty(), "{length}");
        }
    }
    let text = About::read(&[&right, [0xff; 9].as_slice()].concat()).unwrap_err().to_string();
    assert!(text.starts_with("is no valid component: "), "{text}");
}

#[test]
fn components_are_nested_to_a_bounded_depth() {
    let nested = |depth: usize| {
        (1..depth).fold(Component::new(), |inner, _| {
            let mut outer = Component::new();
            outer.section(&NestedComponentSection(&inner));
            outer
        })
    };
    assert!(About::read(&nested(DEPTH_MAX).finish()).is_ok());
    let text = About::read(&nested(DEPTH_MAX + 1).finish()).unwrap_err().to_string();
    assert_eq!(text, "has components within components, deeper than 8");
}

#[test]
fn a_component_has_a_bounded_number_of_parts() {
    // There are two kinds of part, so that the validator's own bound on each kind is not reached.
    let parts = |count: usize| {
        let mut builder = ComponentBuilder::default();
        for part in 1..count {
            if part % 2 == 0 {
                builder.component(None, ComponentBuilder::default());
            } else {
                builder.core_module(None, &Module::new());
            }
        }
        builder.finish()
    };
    assert_eq!(About::read(&parts(PARTS_MAX)).unwrap().modules, 500);
    let text = About::read(&parts(PARTS_MAX + 1)).unwrap_err().to_string();
    assert_eq!(text, "has more than 1000 modules and components");
}

#[test]
fn types_imports_and_exports_have_a_bounded_size() {
    let types = |count: usize| {
        let mut section = TypeSection::new();
        for _ in 0..count {
            section.ty().function([], []);
        }
        let mut component = Component::new();
        component.section(&ModuleSection(Module::new().section(&section)));
        component.finish()
    };
    assert!(About::read(&types(600_000)).is_ok());
    let text = About::read(&types(900_000)).unwrap_err().to_string();
    assert_eq!(text, "has more than 2097152 bytes of types, imports, exports and the like");
}

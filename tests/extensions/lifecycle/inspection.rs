//! The commands that only read: `extension inspect`, `check` and `diff`.

use std::fs;
use std::path::Path;

use wasm_encoder::{
    ComponentBuilder, ComponentExportKind, ComponentTypeRef, InstanceType, MemorySection, MemoryType, Module,
    ModuleArg, RefType, TableSection, TableType,
};

use super::{SCREENER, text};
use crate::support::operator::{Edits, Operator, example, said, variant, with_component, with_module};

/// A component with the exports of a screener and this import. It has no functions.
fn importing(import: &str) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    let nothing = builder.type_instance(None, &InstanceType::new());
    builder.import(import, ComponentTypeRef::Instance(nothing));
    let empty = builder.component(None, ComponentBuilder::default());
    let screening = builder.instantiate(None, empty, Vec::<(&str, ComponentExportKind, u32)>::new());
    builder.export("obp:onboarding/screening@0.1.0", ComponentExportKind::Instance, screening, None);
    builder.finish()
}

#[tokio::test]
async fn inspect_describes_a_component_without_a_manifest() {
    let component = example(SCREENER).join("component.wasm");
    let told = said(&["extension", "inspect", text(&component)]).await;
    assert_eq!(told.code, 0, "{told:?}");
    let bytes = fs::metadata(&component).unwrap().len();
    for line in [
        "world     screening-extension\n",
        "built for obp:onboarding@0.1.0\n",
        &format!("size      {bytes} bytes\n"),
        "sha256    ",
        "imports   obp:onboarding/settings@0.1.0\n",
        "exports   obp:onboarding/screening@0.1.0\n",
    ] {
        assert!(told.out.contains(line), "{line}: {}", told.out);
    }
    // The manifest is in the same folder, so its requests are shown, for the file as for the folder.
    for path in [&component, &example(SCREENER)] {
        let told = said(&["extension", "inspect", text(path)]).await;
        for line in
            ["extension expired-documents 1.0.0\n", "requests  record kyc-check\n", "requests  record kyc-document\n"]
        {
            assert!(told.out.contains(line), "{line}: {told:?}");
        }
        assert!(!told.out.contains("record user"), "{told:?}");
    }
    let alone = crate::support::folder().unwrap();
    let alone = alone.path().join("component.wasm");
    fs::copy(&component, &alone).unwrap();
    assert!(!said(&["extension", "inspect", text(&alone)]).await.out.contains("requests"), "the control");
    let manifest = example(SCREENER).join("extension.toml");
    let told = said(&["extension", "inspect", text(&manifest)]).await;
    assert!(told.code == 1 && told.err.contains("is no WebAssembly, not a component"), "{told:?}");
}

/// A text that reverses the order and looks shorter than it is.
const HIDDEN: &str = "\u{202e}evil\u{202c}\u{200b}\u{3164}\u{e0041}\u{2066}";

/// The characters of an output that a reader cannot see, except line breaks.
fn unseen(text: &str) -> Vec<char> {
    let is_hidden = |c: char| c.is_control() || (!c.is_ascii() && HIDDEN.contains(c));
    text.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect()
}

#[tokio::test]
async fn no_output_of_the_commands_contains_an_invisible_character() {
    let folder = crate::support::folder().unwrap();
    let place = folder.path().join(format!("\u{9b}2J{HIDDEN}"));
    let version = format!("version = \"2{HIDDEN}\"");
    let forged = "birth_marker = \"\\u001b[2J\\n+ import forged\u{2066}\"\n[secrets]\nkey = { file = \"/a\\n+ bank forged\\u009b\" }";
    let edits = [("version = \"1.0.0\"", version.as_str()), ("birth_marker = \"date_of_birth=\"", forged)];
    let new = variant(SCREENER, &place, &edits);
    let manifest = fs::read_to_string(new.join("extension.toml")).unwrap();
    assert!(!unseen(&manifest).is_empty(), "the control: the manifest has such characters");

    let named = importing(&format!("a:b/c{HIDDEN}"));
    fs::write(place.join("named.wasm"), named).unwrap();
    let case = place.join("case.json");
    fs::write(&case, "{}").unwrap();
    let data = place.join("data");
    for (arguments, code) in [
        (&["diff", text(&example(SCREENER)), text(&new)][..], 3),
        (&["add", text(&new), "--data", text(&data)], 0),
        (&["list", "--data", text(&data)], 0),
        (&["check", text(&new)], 1),
        (&["test", text(&new), "--case", text(&case)], 1),
        (&["inspect", text(&place.join("named.wasm"))], 1),
        (&["inspect", text(&place.join("missing.wasm"))], 1),
        (&["remove", HIDDEN, "--data", text(&data)], 1),
    ] {
        let told = said(&[&["extension"], arguments].concat()).await;
        assert_eq!(told.code, code, "{told:?}");
        for text in [&told.out, &told.err] {
            assert!(unseen(text).is_empty(), "{arguments:?}: {text:?}");
            assert!(
                !text.lines().any(|line| line.starts_with("+ ")
                    && line.contains("forged")
                    && !line.contains("setting")
                    && !line.contains("secret")),
                "{text}"
            );
        }
        assert!(told.out.contains("\\u{202e}") || told.err.contains("\\u{202e}"), "{arguments:?}: {told:?}");
    }
}

/// The line of the screener's manifest with the kinds of its records.
const RECORDS: &str = "records = [\"kyc-check\", \"kyc-document\"]\n";

/// Edits of the manifest, the line that becomes wrong, and a part of the reason.
const WRONG: &[(Edits<'_>, usize, &str)] = &[
    (&[("sha256 = \"", "sha256 = \"00")], 4, "it must be 64 hexadecimal digits"),
    (&[("warn_days = 30", "warn_days = 30\n[limts]\nrunning_ms_max = 1")], 15, "unknown key `limts.running_ms_max`"),
    (&[("on_failure", "on_failur")], 9, "unknown key `on_failur`, the nearest known one is `on_failure`"),
    (&[("api = \"0.1.0\"", "api = \"0.2.0\"")], 6, "this server speaks version 0.1.0 of obp:onboarding, not 0.2.0"),
    (
        &[
            ("screening-ext", "meeting-provider-ext"),
            (RECORDS, ""),
            ("on_failure = \"reject\"", "provider_ids = [\"a\"]"),
        ],
        5,
        "it exports no",
    ),
    (&[("version = \"1.0.0\"", "publisher = \"acme\"\nversion = \"1.0.0\"")], 2, "`sha256` is, too"),
];

#[tokio::test]
async fn check_calls_a_correct_extension_and_names_the_line_of_an_error() {
    let told = said(&["extension", "check", text(&example(SCREENER))]).await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.contains("compiled and called once, without outbound calls: {\"accept\":true}"), "{told:?}");

    let folder = crate::support::folder().unwrap();
    let refused = async |place: &Path, line: usize, reason: &str| {
        let told = said(&["extension", "check", text(place)]).await;
        let begin = format!("error: {}, line {line}: ", place.join("extension.toml").display());
        assert!(told.code == 1 && told.err.starts_with(&begin), "{begin}: {told:?}");
        assert!(told.err.contains(reason) && told.err.contains("\nhint: "), "{reason}: {told:?}");
    };
    for (edits, line, reason) in WRONG {
        refused(&variant(SCREENER, folder.path(), edits), *line, reason).await;
    }
    let other = with_component(SCREENER, folder.path(), b"something else", &[]);
    refused(&other, 3, "component.wasm is no WebAssembly, not a component").await;
    fs::copy(example("jitsi-provider").join("component.wasm"), other.join("component.wasm")).unwrap();
    refused(&other, 4, "not the one that `sha256` names").await;
    let imports = importing("wasi:filesystem/types@0.2.0");
    refused(&with_component(SCREENER, folder.path(), &imports, &[]), 3, "wasi:filesystem/types@0.2.0").await;
    let imports = importing("wasi:http/outgoing-handler@0.2.0");
    refused(&with_component(SCREENER, folder.path(), &imports, &[]), 3, "imports wasi:http/outgoing-handler, but")
        .await;
}

/// A screener without functions that has this many instances with a memory.
fn of_instances(count: usize) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    let module = builder.core_module(None, Module::new().section(&memory(false)));
    for _ in 0..count {
        builder.core_instantiate(None, module, Vec::<(&str, ModuleArg)>::new());
    }
    let empty = builder.component(None, ComponentBuilder::default());
    let screening = builder.instantiate(None, empty, Vec::<(&str, ComponentExportKind, u32)>::new());
    builder.export("obp:onboarding/screening@0.1.0", ComponentExportKind::Instance, screening, None);
    builder.finish()
}

fn memory(memory64: bool) -> MemorySection {
    let mut section = MemorySection::new();
    section.memory(MemoryType { minimum: 1, maximum: Some(1), memory64, shared: false, page_size_log2: None });
    section
}

/// A module with a table of references to the host, which need a garbage collector.
fn references() -> Module {
    let mut tables = TableSection::new();
    let element_type = RefType::EXTERNREF;
    tables.table(TableType { element_type, table64: false, minimum: 1, maximum: None, shared: false });
    let mut module = Module::new();
    module.section(&tables);
    module
}

#[tokio::test]
async fn a_component_that_the_engine_refuses_is_refused_by_every_command() {
    let operator = Operator::new().await;
    let mut wide = Module::new();
    wide.section(&memory(true));
    for (component, reason) in [
        (with_module(SCREENER, &wide), "memory64 must be enabled"),
        (with_module(SCREENER, &references()), "is no valid component: "),
        // The validator accepts it. Only the compiler knows the number of slots.
        (of_instances(5), "memories"),
    ] {
        let folder = with_component(SCREENER, &operator.elsewhere("new"), &component, &[]);
        let file = folder.join("component.wasm");
        for arguments in [
            &["inspect", text(&file)][..],
            &["inspect", text(&folder)],
            &["check", text(&folder)],
            &["add", text(&folder)],
        ] {
            let told = operator.extension(arguments).await;
            assert!(told.code == 1 && told.err.contains(reason), "{arguments:?}, {reason}: {told:?}");
            assert!(told.out.is_empty() || arguments[0] != "inspect", "{told:?}");
        }
        assert!(!operator.extensions().join(SCREENER).exists(), "nothing is left behind");
    }
    // The controls.
    let four = operator.elsewhere("four.wasm");
    fs::write(&four, of_instances(4)).unwrap();
    assert_eq!(operator.extension(&["inspect", text(&four)]).await.code, 0);
    let mut narrow = Module::new();
    narrow.section(&memory(false));
    let folder = with_component(SCREENER, &operator.elsewhere("new"), &with_module(SCREENER, &narrow), &[]);
    for command in ["inspect", "check", "add"] {
        let told = operator.extension(&[command, text(&folder)]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
}

#[tokio::test]
async fn diff_exits_with_3_if_the_new_version_requests_more() {
    let folder = crate::support::folder().unwrap();
    let with_host = "warn_days = 30\n[outbound]\nhosts = [\"api.acme.example\"]";
    // Remove the setting that follows: it would become a key of [outbound].
    let host: Edits<'_> = &[("birth_marker = \"date_of_birth=\"\n", ""), ("warn_days = 30", with_host)];
    for (edits, there, back) in [
        (&[][..], (0, ""), (0, "")),
        (host, (3, "+ outbound host https://api.acme.example:443\n"), (3, "+ setting birth_marker\n")),
        (&[("\"reject\"", "\"skip\"")], (3, "~ on_failure reject -> skip (more)\n"), (0, "(less)\n")),
        (&[("[\"*\"]", "[\"bank-1\"]")], (0, "- banks all"), (3, "+ banks all")),
        (&[("\"kyc-document\"", "\"user\"")], (3, "+ record user\n"), (3, "+ record kyc-document\n")),
        (&[(RECORDS, "")], (3, "+ record account\n"), (0, "- record account\n")),
        (&[("\"kyc-check\", ", "")], (0, "- record kyc-check\n"), (3, "+ record kyc-check\n")),
    ] {
        let new = variant(SCREENER, folder.path(), edits);
        for (old, new, (code, line)) in
            [(example(SCREENER), new.clone(), there), (new.clone(), example(SCREENER), back)]
        {
            let told = said(&["extension", "diff", text(&old), text(&new)]).await;
            assert_eq!(told.code, code, "{edits:?}: {told:?}");
            assert!(told.out.contains(line), "{line}: {told:?}");
        }
    }
}

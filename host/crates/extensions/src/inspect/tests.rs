//! Components without code: only their names and sizes matter here.

use super::*;
use crate::fixtures::{Folder, PROVIDER, SCREENER, SCREENING, component, shown};

/// All interfaces that an extension with outbound hosts may import.
const ALL: &[&str] = &[
    "wasi:clocks/wall-clock@0.2.0",
    "wasi:clocks/monotonic-clock@0.2.6",
    "wasi:random/random@0.2.0",
    "wasi:io/error@0.2.0",
    "wasi:io/poll@0.2.0",
    "wasi:io/streams@0.2.0",
    "wasi:http/types@0.2.0",
    "wasi:http/outgoing-handler@0.2.0",
    "obp:onboarding/logging@0.1.0",
    "obp:onboarding/settings@0.1.0",
    "obp:onboarding/kyc-types@0.1.0",
    "obp:onboarding/timestamp@0.1.0",
];

/// The judgement about a component under that manifest.
fn against(manifest: &str, component: &[u8]) -> Result<(), String> {
    let folder = Folder::with(manifest);
    let manifest = Manifest::read(&folder.path()).unwrap();
    let inspection = Inspection::of(component).unwrap();
    inspection.against(&manifest).map_err(|refused| shown(&refused, &folder.path()))
}

fn without_hosts() -> String {
    SCREENER.replace("\nhosts = ", "\n#")
}

#[test]
fn worlds_and_versions_are_those_of_the_interfaces() {
    let bytes = component(ALL, &[SCREENING], &[1, 2]);
    let found = Inspection::of(&bytes).unwrap();
    assert_eq!((found.worlds, found.api), (vec![World::Screening], vec![API_VERSION]));
    let about = found.about;
    assert_eq!(about.imports, ALL);
    assert_eq!(about.exports.iter().map(ToString::to_string).collect::<Vec<_>>(), [SCREENING]);
    assert_eq!((about.bytes, about.modules, about.memories, about.tables), (bytes.len(), 2, 2, 0));
    assert_eq!(about.memory_bytes, 3 * 65_536);
}

#[test]
fn a_component_without_the_interface_of_its_world_is_refused() {
    let rules = component(&[], &["obp:onboarding/kyc@0.1.0"], &[]);
    assert_eq!(
        against(SCREENER, &rules).unwrap_err(),
        "extension.toml, line 5: it exports no obp:onboarding/screening, as the world `screening-extension` needs"
    );
}

/// The list is compared with the WIT package.
#[test]
fn interfaces_of_types_only_are_those_without_functions() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../wit")).unwrap() {
        let Ok(text) = std::fs::read_to_string(entry.unwrap().path()) else { continue };
        for interface in text.split("\ninterface ").skip(1) {
            let body = interface.split("\n}").next().unwrap();
            if !body.contains("func(") && !body.contains("resource ") {
                found.push(interface.split_whitespace().next().unwrap().to_owned());
            }
        }
    }
    found.sort();
    assert_eq!(found, TYPES_ONLY);
}

#[test]
fn an_extension_may_import_the_interfaces_of_its_world_only() {
    let with = |import| component(&[import], &[SCREENING], &[]);
    for import in ALL {
        assert_eq!(against(SCREENER, &with(import)), Ok(()), "{import}");
        let granted = against(&without_hosts(), &with(import));
        match import.strip_suffix("@0.2.0").filter(|name| name.starts_with("wasi:http/")) {
            Some(name) => {
                let expected = format!("extension.toml, line 3: imports {name}, but `outbound.hosts` allows no host");
                assert_eq!(granted, Err(expected));
            }
            None => assert_eq!(granted, Ok(()), "{import}"),
        }
    }
    for import in [
        "wasi:cli/environment@0.2.0",
        "wasi:filesystem/types@0.2.0",
        "wasi:sockets/tcp@0.2.0",
        "wasi:http/incoming-handler@0.2.0",
        "wasi:random/random@0.3.0",
        "wasi:random/random",
        "wasi:random/insecure@0.2.0",
        "obp:onboarding/kyc-storage@0.1.0",
        "obp:onboarding/credentials@0.1.0",
        "obp:onboarding/screening@0.1.0",
        "obp:onboarding/logging",
        "obp:onboardings/logging@0.1.0",
        "a:b/c",
    ] {
        let expected = format!("extension.toml, line 3: imports {import}, which no extension may");
        assert_eq!(against(SCREENER, &with(import)), Err(expected));
    }
}

#[test]
fn a_component_has_the_world_and_version_of_its_manifest() {
    let exporting = |name: &str| component(&[], &[name], &[]);
    let provider = exporting("obp:onboarding/meeting-provider@0.1.0");
    assert_eq!(against(SCREENER, &exporting(SCREENING)), Ok(()));
    assert_eq!(against(PROVIDER, &provider), Ok(()));
    let needs = |line, interface: &str, world: &str| {
        Err(format!(
            "extension.toml, line {line}: it exports no obp:onboarding/{interface}, as the world `{world}` needs"
        ))
    };
    for none in ["obp:onboarding/screening", "obp:onboarding/screening@0.1.0-rc", "other:onboarding/screening@0.1.0"] {
        assert_eq!(against(SCREENER, &exporting(none)), needs(5, "screening", "screening-extension"), "{none}");
    }
    assert_eq!(against(SCREENER, &provider), needs(5, "screening", "screening-extension"));
    assert_eq!(against(PROVIDER, &exporting(SCREENING)), needs(6, "meeting-provider", "meeting-provider-extension"));

    let speaks = |version: &str| {
        let manifest = SCREENER.replace("api = \"0.1.0\"", &format!("api = \"{version}\""));
        against(&manifest, &exporting(&format!("obp:onboarding/screening@{version}")))
    };
    assert_eq!(speaks("0.1.0"), Ok(()));
    for other in ["0.1.1", "0.2.0", "0.0.9", "1.0.0"] {
        let expected =
            format!("extension.toml, line 6: this server speaks version 0.1.0 of obp:onboarding, not {other}");
        assert_eq!(speaks(other), Err(expected));
    }
    let expected = "extension.toml, line 6: it was built for version 0.1.1 of obp:onboarding, `api` says 0.1.0";
    assert_eq!(against(SCREENER, &exporting("obp:onboarding/screening@0.1.1")).unwrap_err(), expected);
    let mixed = component(&["obp:onboarding/logging@0.1.1"], &[SCREENING], &[]);
    assert_eq!(against(SCREENER, &mixed).unwrap_err(), expected);
}

#[test]
fn the_initial_size_of_all_memories_is_limited() {
    let with = |pages: &[u64]| against(SCREENER, &component(&[], &[SCREENING], pages));
    assert_eq!((with(&[2]), with(&[1, 1])), (Ok(()), Ok(())));
    let expected = "extension.toml, line 12: its memories begin with 196608 bytes, `limits.memory_bytes_max` is 131072";
    for pages in [[3, 0], [2, 1]] {
        assert_eq!(with(&pages).unwrap_err(), expected);
    }
    // A limit that the manifest leaves out has no line.
    let text = against(&SCREENER.replace("memory_bytes_max = 131072", ""), &component(&[], &[SCREENING], &[257]));
    let expected =
        "extension.toml, line 3: its memories begin with 16842752 bytes, `limits.memory_bytes_max` is 16777216";
    assert_eq!(text.unwrap_err(), expected);
}

#[test]
fn a_name_cannot_forge_a_line_of_the_log() {
    let named = |name: &str| Inspection::of(&component(&[name], &[SCREENING], &[]));
    assert!(named("a:b/c").is_ok());
    assert!(named(&"x".repeat(90_000).replacen('x', "X y", 1)).unwrap_err().to_string().len() < 400);
    let reason = named("a\nforged").unwrap_err().to_string();
    let refused = LoadError { path: "extension.toml".into(), line: Some(3), reason, hint: String::new() };
    assert!(!refused.to_string().contains('\n'), "{refused}");
    assert!(refused.to_string().contains("forged"), "{refused}");
}

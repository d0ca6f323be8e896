//! The WIT package as a promise to those who build against it: what changes between a released version and this one is held against
//! the policy of docs/embedding.md, and the component is the same bytes wherever it is built.

use std::fs;
use std::process::Command;

use obp_host::component::{EMBEDDED, WIT};
use wit_component::semver_check;
use wit_parser::{PackageId, Resolve, WorldId};

use crate::support::process::obp_host;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// Its component is ours, its hosts are others'. Of all other worlds the components are others', and the host is ours.
const OURS: &str = "onboarding";

/// How a package differs from an earlier one, for those who built against that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// In nothing but words.
    None,
    /// They go on as they are.
    Compatible,
    /// They have to change.
    Incompatible,
}

type Version = (u64, u64, u64);

fn version(text: &str) -> Version {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap());
    let version = std::array::from_fn(|_| numbers.next().unwrap());
    let [major, minor, patch] = version;
    (major, minor, patch)
}

/// The version that a text of the package says it has.
fn said(text: &str) -> &str {
    text.split("package obp:onboarding@").nth(1).unwrap().split(';').next().unwrap()
}

fn parsed(text: &str, named: &str) -> (Resolve, PackageId) {
    let text = text.replace(&format!("obp:onboarding@{}", said(text)), &format!("obp:onboarding@{named}"));
    let mut resolve = Resolve::default();
    let package = resolve.push_str("onboarding.wit", &text).unwrap();
    (resolve, package)
}

fn between(released: &str, current: &str) -> Change {
    // Two versions that are never released: packages of one name and version could not lie side by side.
    let ((mut all, released), (other, current)) = (parsed(released, "0.0.1"), parsed(current, "0.0.2"));
    let current = all.merge(other).unwrap().packages[current.index()];
    let worlds = |package: PackageId| -> Vec<(String, WorldId)> {
        all.packages[package].worlds.iter().map(|(name, id)| (name.clone(), *id)).collect()
    };
    let (before, now) = (worlds(released), worlds(current));
    let fits = |component: WorldId, host: WorldId| semver_check(all.clone(), component, host).is_ok();
    let mut change = if before.len() == now.len() { Change::None } else { Change::Compatible };
    for (name, before) in before {
        let Some((_, now)) = now.iter().find(|(other, _)| *other == name) else { return Change::Incompatible };
        // The newer component in the older host, or the older component in the newer host.
        let (forth, back) = (fits(*now, before), fits(before, *now));
        let (needed, other) = if name == OURS { (forth, back) } else { (back, forth) };
        change = change.max(match (needed, other) {
            (true, true) => Change::None,
            (true, false) => Change::Compatible,
            (false, _) => Change::Incompatible,
        });
    }
    change
}

/// Whether that version may differ so from the released one: below 1.0.0 the second number is what says that others have to change.
fn may(released: Version, current: Version, change: Change) -> bool {
    let breaking = |(major, minor, _): Version| if major == 0 { (0, minor) } else { (major, 0) };
    match change {
        Change::None => current >= released,
        Change::Compatible => current > released,
        Change::Incompatible => breaking(current) > breaking(released),
    }
}

/// The released versions, the latest last, with their texts.
fn released() -> Vec<(Version, String)> {
    let files = fs::read_dir(format!("{ROOT}/wit/released")).unwrap().map(|entry| entry.unwrap().path());
    let mut versions: Vec<_> = files
        .map(|file| (version(file.file_stem().unwrap().to_str().unwrap()), fs::read_to_string(&file).unwrap()))
        .collect();
    versions.sort();
    versions
}

#[test]
fn a_change_that_others_have_to_follow_has_a_version_that_says_so() {
    for (version_of_file, text) in released() {
        assert_eq!(version(said(&text)), version_of_file, "a released file has its version as its name");
    }
    let (released, text) = released().pop().unwrap();
    let change = between(&text, WIT);
    assert!(
        may(released, version(said(WIT)), change),
        "against {released:?} the change is {change:?}, but the package still says {}: give it a new version in wit/world.wit \
         (docs/embedding.md, \"Versions\")",
        said(WIT)
    );
}

/// The control: what would be found.
#[test]
fn what_a_change_means_for_others_is_found() {
    const ONBOARDING: &str = "world onboarding {";
    const EXPORTING_MORE: &str = "interface more { more: func(); }\n\nworld onboarding {\n  export more;";
    let edits: &[(&str, &str, &str, Change)] = &[
        ("words", "/// addKycCheck: creates", "/// Creates", Change::None),
        (
            "an operation more",
            "  add-check: func(",
            "  forget: func(id: string);\n\n  add-check: func(",
            Change::Compatible,
        ),
        ("an exported interface more", ONBOARDING, EXPORTING_MORE, Change::Compatible),
        ("a field more", "    satisfied: bool,", "    satisfied: bool,\n    score: u32,", Change::Incompatible),
        ("a field of another type", "    satisfied: bool,", "    satisfied: u8,", Change::Incompatible),
        (
            "a kind of change more",
            "    note-screening(",
            "    forget(string),\n    note-screening(",
            Change::Incompatible,
        ),
        (
            "a read more",
            "  exists: func(bank-id: string) -> bool;",
            "  exists: func(bank-id: string) -> bool;\n  count: func() -> u32;",
            Change::Incompatible,
        ),
        (
            "a read of something else",
            "exists: func(bank-id: string)",
            "exists: func(bank-id: u64)",
            Change::Incompatible,
        ),
        ("an import more", "world onboarding {", "world onboarding {\n  import logging;", Change::Incompatible),
        ("extensions get more", "world extension {", "world extension {\n  import banks-storage;", Change::Compatible),
        (
            "extensions owe more",
            "  export screening;",
            "  export screening;\n  export credentials;",
            Change::Incompatible,
        ),
    ];
    for (what, from, to, expected) in edits {
        assert!(WIT.contains(from), "{what}: the WIT has no {from:?}");
        assert_eq!(between(WIT, &WIT.replacen(from, to, 1)), *expected, "{what}");
    }
    // Backwards: what somebody relies on is gone.
    assert_eq!(between(&WIT.replacen(ONBOARDING, EXPORTING_MORE, 1), WIT), Change::Incompatible);
}

#[test]
fn the_second_number_says_that_others_have_to_change_and_from_1_on_the_first() {
    let cases = [
        ("0.1.0", "0.1.0", Change::None, true),
        ("0.1.0", "0.1.0", Change::Compatible, false),
        ("0.1.0", "0.1.1", Change::Compatible, true),
        ("0.1.0", "0.1.9", Change::Incompatible, false),
        ("0.1.0", "0.2.0", Change::Incompatible, true),
        ("0.9.0", "1.0.0", Change::Incompatible, true),
        ("1.1.0", "1.2.0", Change::Incompatible, false),
        ("1.1.0", "2.0.0", Change::Incompatible, true),
        ("0.2.0", "0.1.0", Change::None, false),
    ];
    for (released, current, change, allowed) in cases {
        assert_eq!(may(version(released), version(current), change), allowed, "{released} to {current}, {change:?}");
    }
}

#[test]
fn the_command_prints_the_package_for_tools_to_read() {
    let output = Command::new(obp_host()).args(["component", "--wit"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, WIT);
    assert_eq!(between(&text, WIT), Change::None, "it parses");
    assert!(text.contains("  /// addKycCheck: "), "it is documented");
}

/// Another folder, other target folders, everything anew: the same bytes.
#[test]
fn the_component_is_the_same_bytes_wherever_it_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("somewhere/else");
    let files = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(ROOT)
        .output();
    for name in String::from_utf8(files.unwrap().stdout).unwrap().split_terminator('\0') {
        let (from, to) = (format!("{ROOT}/{name}"), copy.join(name));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        // A file may be gone from the folder that git still knows.
        if fs::exists(&from).unwrap() {
            fs::copy(from, to).unwrap();
        }
    }
    let componentize = obp_host().with_file_name("componentize");
    assert!(componentize.exists(), "{} is missing: run the tests by `make test`", componentize.display());
    let made = folder.path().join("made.wasm");
    let mut command = Command::new(componentize);
    command.arg("--guest").arg(&copy).arg("--out").arg(&made).env("CARGO_TARGET_DIR", folder.path().join("target"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read(made).unwrap() == EMBEDDED, "a second clean build makes other bytes");
}

//! The WIT package as a promise to people who build against it. A change since the latest released version must fit the policy of
//! `docs/embedding.md`. The limits in its documentation are those of the rules, and the API's documents list its problems. The
//! component is the same bytes wherever it is built.

mod limits;
mod problems;

use std::fs;
use std::path::Path;
use std::process::Command;

use obp_host::component::{EMBEDDED, WIT};
use wit_component::semver_check;
use wit_parser::{PackageId, Resolve, WorldId};

use crate::support::process::obp_host;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The world whose component is ours and whose hosts are third-party. For all other worlds it is the reverse.
const OURS: &str = "onboarding";

/// The difference between a package and an earlier version, for people who built against that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// Only the documentation differs.
    None,
    /// Their hosts and extensions work unchanged.
    Compatible,
    /// Their hosts or extensions must change.
    Incompatible,
}

type Version = (u64, u64, u64);

fn version(text: &str) -> Version {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap());
    let version = std::array::from_fn(|_| numbers.next().unwrap());
    let [major, minor, patch] = version;
    (major, minor, patch)
}

/// The version in a package's text.
fn version_in(text: &str) -> &str {
    text.split("package obp:onboarding@").nth(1).unwrap().split(';').next().unwrap()
}

fn parsed(text: &str, named: &str) -> (Resolve, PackageId) {
    let text = text.replace(&format!("obp:onboarding@{}", version_in(text)), &format!("obp:onboarding@{named}"));
    let mut resolve = Resolve::default();
    let package = resolve.push_str("onboarding.wit", &text).unwrap();
    (resolve, package)
}

fn between(released: &str, current: &str) -> Change {
    // Two packages with the same name and version cannot be in one resolve, so both get versions that are never released.
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
        // `forth` is the newer component in the older host, `back` the older component in the newer host.
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

/// Whether the current version may differ so from the released one. Below 1.0.0, the second number tells of incompatible changes.
fn may(released: Version, current: Version, change: Change) -> bool {
    let breaking = |(major, minor, _): Version| if major == 0 { (0, minor) } else { (major, 0) };
    match change {
        Change::None => current >= released,
        Change::Compatible => current > released,
        Change::Incompatible => breaking(current) > breaking(released),
    }
}

/// The released versions in the folder with their texts, the latest last. Only files with the extension `wit` count.
fn released(folder: &Path) -> Vec<(Version, String)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut versions: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "wit"))
        .map(|file| (version(file.file_stem().unwrap().to_str().unwrap()), fs::read_to_string(&file).unwrap()))
        .collect();
    versions.sort();
    versions
}

/// Checks the current package against the released versions in the folder. Without a released version every package is right.
fn check(folder: &Path, current: &str) -> Result<(), String> {
    let versions = released(folder);
    for (version_of_file, text) in &versions {
        if version(version_in(text)) != *version_of_file {
            return Err(format!("the file of version {version_of_file:?} contains version {}", version_in(text)));
        }
    }
    let Some((latest, text)) = versions.last() else { return Ok(()) };
    let change = between(text, current);
    if may(*latest, version(version_in(current)), change) {
        return Ok(());
    }
    Err(format!(
        "the change since {latest:?} is {change:?}, but the package still has version {}: give it a new version in \
         wit/world.wit (docs/embedding.md, \"Versions\")",
        version_in(current)
    ))
}

#[test]
fn the_version_of_the_package_fits_its_changes_since_the_latest_release() {
    assert_eq!(check(&Path::new(ROOT).join("wit/released"), WIT), Ok(()));
}

/// The control: a small package of its own, with two released versions.
#[test]
fn a_change_without_a_fitting_version_is_found() {
    const OPERATION: (&str, &str) = ("  add-check: func(", "  remove-check: func(how: string);\n  add-check: func(");
    const FIELD: (&str, &str) = ("    satisfied: bool,", "    satisfied: bool,\n    score: u32,");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wit/released");
    let latest = released(&folder).pop().unwrap();
    assert_eq!(latest.0, (0, 10, 0), "versions are compared as numbers");
    let cases = [
        ("nothing", "0.10.0", ("", ""), true),
        ("words", "0.10.0", ("/// addKycCheck.", "/// Adds a check."), true),
        ("an added operation", "0.10.0", OPERATION, false),
        ("an added operation", "0.10.1", OPERATION, true),
        ("an added field", "0.10.0", FIELD, false),
        ("an added field", "0.10.1", FIELD, false),
        ("an added field", "0.11.0", FIELD, true),
        ("an added field", "1.0.0", FIELD, true),
        ("nothing", "0.9.0", ("", ""), false),
    ];
    for (what, version, (from, to), fits) in cases {
        assert!(latest.1.contains(from), "{what}");
        let current = latest.1.replacen(from, to, 1).replace("onboarding@0.10.0", &format!("onboarding@{version}"));
        let found = check(&folder, &current);
        assert_eq!(found.is_ok(), fits, "{what} in {version}: {found:?}");
    }

    let copy = tempfile::tempdir().unwrap();
    assert_eq!(check(copy.path(), &latest.1), Ok(()), "nothing is released");
    fs::write(copy.path().join("0.10.1.wit"), &latest.1).unwrap();
    assert!(check(copy.path(), &latest.1).is_err(), "the file of a version contains another");
}

/// The control on the real package: one edit for each kind of change.
#[test]
fn a_compatible_change_is_told_from_an_incompatible_one() {
    const ONBOARDING: &str = "world onboarding {";
    const EXPORTING_MORE: &str = "interface more { more: func(); }\n\nworld onboarding {\n  export more;";
    let edits: &[(&str, &str, &str, Change)] = &[
        ("words", "/// addKycCheck: creates", "/// Creates", Change::None),
        (
            "an added operation",
            "  add-check: func(",
            "  forget: func(id: string);\n\n  add-check: func(",
            Change::Compatible,
        ),
        ("an added exported interface", ONBOARDING, EXPORTING_MORE, Change::Compatible),
        ("an added field", "    satisfied: bool,", "    satisfied: bool,\n    score: u32,", Change::Incompatible),
        ("a field with another type", "    satisfied: bool,", "    satisfied: u8,", Change::Incompatible),
        (
            "an added kind of change",
            "    note-screening(",
            "    forget(string),\n    note-screening(",
            Change::Incompatible,
        ),
        (
            "an added read",
            "  exists: func(bank-id: string) -> bool;",
            "  exists: func(bank-id: string) -> bool;\n  count: func() -> u32;",
            Change::Incompatible,
        ),
        (
            "a read with another parameter",
            "exists: func(bank-id: string)",
            "exists: func(bank-id: u64)",
            Change::Incompatible,
        ),
        ("an added import", "world onboarding {", "world onboarding {\n  import logging;", Change::Incompatible),
        (
            "an added import of extensions",
            "world extension {",
            "world extension {\n  import banks-storage;",
            Change::Compatible,
        ),
        (
            "an added export of extensions",
            "  export screening;",
            "  export screening;\n  export credentials;",
            Change::Incompatible,
        ),
    ];
    for (what, from, to, expected) in edits {
        assert!(WIT.contains(from), "{what}: the WIT has no {from:?}");
        assert_eq!(between(WIT, &WIT.replacen(from, to, 1)), *expected, "{what}");
    }
    // The reverse edit removes an export that hosts rely on.
    assert_eq!(between(&WIT.replacen(ONBOARDING, EXPORTING_MORE, 1), WIT), Change::Incompatible);
}

#[test]
fn an_incompatible_change_needs_a_new_second_number_and_from_1_0_0_on_a_new_first_number() {
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

/// Builds a copy of the workspace in another folder, with an empty target folder.
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
        // Git still lists a file that was removed from the folder.
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
    assert!(fs::read(made).unwrap() == EMBEDDED, "a second clean build produced other bytes");
}

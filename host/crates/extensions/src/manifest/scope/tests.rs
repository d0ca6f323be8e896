//! Tests of the scope of rejected screeners.

use super::*;
use crate::fixtures::{Folder, PROVIDER, SCREENER, with};
use crate::manifest::Manifest;

#[test]
fn a_rejected_screener_keeps_the_scope_of_its_manifest() {
    let scope = |manifest: &str| ScreeningScope::read(&Folder::with(manifest).path());
    let these = Banks::These(["gh.29.uk".to_owned()].into());
    let right = ScreeningScope {
        name: "sample".to_owned(),
        banks: these,
        records: [RecordKind::KycDocument, RecordKind::KycMedia].into(),
        on_failure: OnFailure::Skip,
        order: 50,
    };
    assert!(Manifest::read(&Folder::with(SCREENER).path()).is_ok());
    assert_eq!(scope(SCREENER).as_ref(), Some(&right));
    let right_one = right.clone();
    for (line, instead) in [
        ("sha256", "sha256 = 7"),
        ("version", "versoin = \"1\""),
        ("running_ms_max", "running_ms_max = 0"),
        ("api_key", "api_key = 7"),
    ] {
        let manifest = with(SCREENER, line, instead);
        assert!(Manifest::read(&Folder::with(&manifest).path()).is_err(), "{manifest}");
        assert_eq!(scope(&manifest).as_ref(), Some(&right), "{manifest}");
    }
    for (line, instead, expected) in [
        ("banks", "banks = []", ScreeningScope { banks: Banks::All, ..right.clone() }),
        ("banks", "banks = [\"gh.29.uk\", 7]", ScreeningScope { banks: Banks::All, ..right.clone() }),
        ("banks", "", ScreeningScope { banks: Banks::All, ..right.clone() }),
        ("records", "records = [\"kyc-documents\"]", ScreeningScope { records: RecordKind::all(), ..right.clone() }),
        ("records", "records = []", ScreeningScope { records: RecordKind::all(), ..right.clone() }),
        ("records", "", ScreeningScope { records: RecordKind::all(), ..right.clone() }),
        (
            "records",
            "records = [\"user\"]",
            ScreeningScope { records: [RecordKind::User].into(), banks: Banks::All, ..right.clone() },
        ),
        ("on_failure", "on_failure = \"skp\"", ScreeningScope { on_failure: OnFailure::Reject, ..right.clone() }),
        ("on_failure", "", ScreeningScope { on_failure: OnFailure::Reject, ..right.clone() }),
        ("order", "order = \"first\"", ScreeningScope { order: 100, ..right.clone() }),
    ] {
        assert_eq!(scope(&with(SCREENER, line, instead)), Some(expected), "{instead}");
    }
    // A manifest that is not TOML counts as a screener's, and its values are not used.
    let records = RecordKind::all();
    let worst = ScreeningScope { banks: Banks::All, records, on_failure: OnFailure::Reject, order: 100, ..right };
    for (line, instead) in [("banks", "banks = [\"gh.29.uk\""), ("order", "order ="), ("api_key", "api_key = \"")] {
        assert_eq!(scope(&with(SCREENER, line, instead)).as_ref(), Some(&worst), "{instead}");
    }
    // A manifest without a valid world counts as a screener's.
    for nothing in ["", &with(SCREENER, "world", ""), &with(SCREENER, "world", "world = \"screening\"")] {
        assert!(scope(nothing).is_some(), "{nothing}");
    }
    assert_eq!(scope("").as_ref(), Some(&worst));
    assert_eq!(scope(PROVIDER), None);
    let folder = Folder::with(SCREENER);
    let (manifest, elsewhere) = (folder.path().join("extension.toml"), folder.path().join("elsewhere"));
    std::fs::rename(&manifest, &elsewhere).unwrap();
    assert_eq!(ScreeningScope::read(&folder.path()).as_ref(), Some(&worst), "a folder without a manifest");
    std::os::unix::fs::symlink(&elsewhere, &manifest).unwrap();
    assert_eq!(ScreeningScope::read(&folder.path()).as_ref(), Some(&right_one), "a link to one");
    std::fs::remove_file(&elsewhere).unwrap();
    assert_eq!(ScreeningScope::read(&folder.path()).as_ref(), Some(&worst), "a link that leads nowhere");
}

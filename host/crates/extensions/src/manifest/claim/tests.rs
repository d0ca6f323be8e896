//! What is believed of a manifest that is refused.

use super::*;
use crate::fixtures::{Folder, PROVIDER, SCREENER, with};
use crate::manifest::Manifest;

#[test]
fn a_refused_screener_still_says_whom_it_screens() {
    let claim = |manifest: &str| Claim::read(&Folder::with(manifest).path());
    let these = Banks::These(["gh.29.uk".to_owned()].into());
    let right = Claim { name: "sample".to_owned(), banks: these, on_failure: OnFailure::Skip, order: 50 };
    assert!(Manifest::read(&Folder::with(SCREENER).path()).is_ok());
    assert_eq!(claim(SCREENER).as_ref(), Some(&right));
    let right_one = right.clone();
    for (line, instead) in [
        ("sha256", "sha256 = 7"),
        ("version", "versoin = \"1\""),
        ("running_ms_max", "running_ms_max = 0"),
        ("api_key", "api_key = 7"),
    ] {
        let manifest = with(SCREENER, line, instead);
        assert!(Manifest::read(&Folder::with(&manifest).path()).is_err(), "{manifest}");
        assert_eq!(claim(&manifest).as_ref(), Some(&right), "{manifest}");
    }
    for (line, instead, expected) in [
        ("banks", "banks = []", Claim { banks: Banks::All, ..right.clone() }),
        ("banks", "banks = [\"gh.29.uk\", 7]", Claim { banks: Banks::All, ..right.clone() }),
        ("banks", "", Claim { banks: Banks::All, ..right.clone() }),
        ("on_failure", "on_failure = \"skp\"", Claim { on_failure: OnFailure::Reject, ..right.clone() }),
        ("on_failure", "", Claim { on_failure: OnFailure::Reject, ..right.clone() }),
        ("order", "order = \"first\"", Claim { order: 100, ..right.clone() }),
    ] {
        assert_eq!(claim(&with(SCREENER, line, instead)), Some(expected), "{instead}");
    }
    // What is not TOML is a screener still, and what it says of itself is not believed.
    let worst = Claim { banks: Banks::All, on_failure: OnFailure::Reject, order: 100, ..right };
    for (line, instead) in [("banks", "banks = [\"gh.29.uk\""), ("order", "order ="), ("api_key", "api_key = \"")] {
        assert_eq!(claim(&with(SCREENER, line, instead)).as_ref(), Some(&worst), "{instead}");
    }
    // Nor does one count as no screener that does not say what it is.
    for nothing in ["", &with(SCREENER, "world", ""), &with(SCREENER, "world", "world = \"screening\"")] {
        assert!(claim(nothing).is_some(), "{nothing}");
    }
    assert_eq!(claim("").as_ref(), Some(&worst));
    assert_eq!(claim(PROVIDER), None);
    let folder = Folder::with(SCREENER);
    let (manifest, elsewhere) = (folder.path().join("extension.toml"), folder.path().join("elsewhere"));
    std::fs::rename(&manifest, &elsewhere).unwrap();
    assert_eq!(Claim::read(&folder.path()), None, "a folder without a manifest");
    std::os::unix::fs::symlink(&elsewhere, &manifest).unwrap();
    assert_eq!(Claim::read(&folder.path()).as_ref(), Some(&right_one), "a link to one");
    std::fs::remove_file(&elsewhere).unwrap();
    assert_eq!(Claim::read(&folder.path()).as_ref(), Some(&worst), "a link that leads nowhere");
}

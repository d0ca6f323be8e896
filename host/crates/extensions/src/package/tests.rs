//! Folders with one error, each beside the same folder without it.

use std::os::unix::fs::symlink;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use settings::PublicKey;

use super::*;
use crate::fixtures::{Folder, PROVIDER, SCREENER, SCREENING, component, shown};

fn environment(name: &str) -> Option<String> {
    (name == "ACME_API_KEY").then(|| "hush4711".to_owned())
}

fn open(folder: &Folder, publishers: &Publishers) -> Result<Package, String> {
    Package::open(&folder.path(), publishers, &environment, &BTreeMap::new())
        .map_err(|refused| shown(&refused, &folder.path()))
}

fn unsigned(folder: &Folder) -> Result<Package, String> {
    open(folder, &Publishers::new())
}

#[test]
fn a_folder_without_errors_is_a_package() {
    let bytes = component(&["wasi:http/types@0.2.0"], &[SCREENING], &[1]);
    let package = unsigned(&Folder::of(SCREENER, &bytes)).unwrap();
    assert_eq!(package.component, bytes);
    assert_eq!((package.manifest.name.as_str(), package.inspection.about.memories), ("sample", 1));
    assert_eq!(package.secrets["api_key"].expose(), "hush4711");
    assert!(!format!("{package:?}").contains("hush"));
}

#[test]
fn a_component_with_another_digest_is_not_inspected() {
    let folder = Folder::of(SCREENER, &component(&[], &[SCREENING], &[]));
    assert!(unsigned(&folder).is_ok());
    // These bytes are not even a component, but the error is about the digest.
    folder.put("screening.wasm", b"other");
    let other = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";
    let expected =
        format!("extension.toml, line 4: screening.wasm has the SHA-256 {other}, not the one that `sha256` names");
    assert_eq!(unsigned(&folder).unwrap_err(), expected);
}

#[test]
fn a_signature_needs_a_trusted_publisher_and_covers_all_bytes() {
    let bytes = component(&[], &["obp:onboarding/meeting-provider@0.1.0"], &[]);
    let [acme, other] = [(); 2].map(|()| Ed25519KeyPair::generate().unwrap());
    let public = |pair: &Ed25519KeyPair| PublicKey(pair.public_key().as_ref().try_into().unwrap());
    let signed = |by: &Ed25519KeyPair, over: &[u8]| {
        let folder = Folder::with(&PROVIDER.replace("SIGNATURE", &STANDARD.encode(by.sign(over))));
        folder.put("video.wasm", &bytes);
        folder
    };
    let trusted = |name: &str, pair| Publishers::from([(name.to_owned(), public(pair))]);
    assert!(open(&signed(&acme, &bytes), &trusted("acme", &acme)).is_ok());

    let wrong = "extension.toml, line 5: `signature` is not one of `acme` over video.wasm";
    let last = bytes.len() - 1;
    for (by, over) in [(&acme, &bytes[..last]), (&acme, b"".as_slice()), (&other, &bytes)] {
        assert_eq!(open(&signed(by, over), &trusted("acme", &acme)).unwrap_err(), wrong);
    }
    let damaged = signed(&acme, &bytes);
    let mut others = bytes.clone();
    others[last] ^= 1;
    damaged.put("video.wasm", &others);
    assert_eq!(open(&damaged, &trusted("acme", &acme)).unwrap_err(), wrong);
    let text = open(&signed(&acme, &bytes), &trusted("kyc-inc", &acme)).unwrap_err();
    assert_eq!(text, "extension.toml, line 4: the publisher `acme` is not one of `[extensions.publishers]`");
}

#[test]
fn the_component_is_a_file_of_the_folder() {
    let bytes = component(&[], &[SCREENING], &[]);
    let folder = Folder::of(SCREENER, &bytes);
    assert!(unsigned(&folder).is_ok());
    let file = folder.path().join("screening.wasm");
    let place = "extension.toml, line 3: screening.wasm";

    // The right bytes stand outside the folder, or in it under another name.
    for target in [folder.outside("elsewhere.wasm"), folder.path().join("other.wasm")] {
        fs::write(&target, &bytes).unwrap();
        fs::remove_file(&file).unwrap();
        symlink(&target, &file).unwrap();
        assert_eq!(unsigned(&folder).unwrap_err(), format!("{place} is a symbolic link"));
    }
    fs::remove_file(&file).unwrap();
    let text = unsigned(&folder).unwrap_err();
    assert!(text.starts_with(&format!("{place} cannot be read: ")), "{text}");
    fs::create_dir(&file).unwrap();
    assert_eq!(unsigned(&folder).unwrap_err(), format!("{place} is no regular file"));
    fs::remove_dir(&file).unwrap();
    fs::File::create(&file).unwrap().set_len(COMPONENT_BYTES_MAX + 1).unwrap();
    assert_eq!(unsigned(&folder).unwrap_err(), format!("{place} has more than 67108864 bytes"));
    fs::write(&file, &bytes).unwrap();
    assert!(unsigned(&folder).is_ok());
}

#[test]
fn a_component_with_the_right_digest_is_inspected() {
    let text = unsigned(&Folder::of(SCREENER, b"text")).unwrap_err();
    assert_eq!(text, "extension.toml, line 3: screening.wasm is no WebAssembly, not a component");
    let text = unsigned(&Folder::of(SCREENER, &component(&["a:b/c"], &[SCREENING], &[]))).unwrap_err();
    assert_eq!(text, "extension.toml, line 3: imports a:b/c, which no extension may");
}

#[test]
fn a_secret_is_read_from_the_place_in_the_manifest() {
    let bytes = component(&[], &[SCREENING], &[]);
    let secret = |line: &str| {
        let folder = Folder::of(&SCREENER.replace("api_key = { environment = \"ACME_API_KEY\" }", line), &bytes);
        unsigned(&folder).map(|package| package.secrets["api_key"].expose().to_owned())
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    let from_file = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        secret(&format!("api_key = {{ file = \"{}\" }}", file.path().display()))
    };
    for (written, read) in
        [("hush", "hush"), ("hush\n", "hush"), ("hush\r\n", "hush"), ("a\n\n", "a\n"), (" a ", " a ")]
    {
        assert_eq!(from_file(written.as_bytes()).as_deref(), Ok(read), "{written:?}");
    }
    assert_eq!(from_file(&[b'a'; 64 << 10]).map(|secret| secret.len()), Ok(64 << 10));
    let place =
        format!("extension.toml, line 25: the secret `api_key` is not available: file {}", file.path().display());
    for (bytes, why) in [
        (b"hush\xff".as_slice(), "is not UTF-8"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (&[b'a'; (64 << 10) + 1], "has more than 65536 bytes"),
    ] {
        assert_eq!(from_file(bytes), Err(format!("{place} {why}")));
    }
    let expected = "extension.toml, line 25: the secret `api_key` is not available: environment variable OTHER is not set, or is not UTF-8";
    assert_eq!(secret("api_key.environment = \"OTHER\"").unwrap_err(), expected);
    let text = secret("api_key.file = \"/no/such/file\"").unwrap_err();
    assert!(
        text.contains("line 25: the secret `api_key` is not available: file /no/such/file cannot be read: "),
        "{text}"
    );
}

#[test]
fn a_folder_with_a_file_may_be_a_screener_and_counts() {
    let root = tempfile::tempdir().unwrap();
    let put = |path: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    };
    for path in ["b/extension.toml", "a/component.wasm", "c-1/deep/er/file", "d/.hidden", "x.bak/file"] {
        put(path);
    }
    // These count as nothing: files, what is hidden, the folder of fsck, and folders without a file.
    for path in ["file", ".hidden/extension.toml", "lost+found/#1234", ".file"] {
        put(path);
    }
    for path in ["empty", "nested/empty", "nested/also/empty"] {
        fs::create_dir_all(root.path().join(path)).unwrap();
    }
    symlink(root.path().join("file"), root.path().join("link-to-a-file")).unwrap();
    symlink(root.path().join("empty"), root.path().join("link-to-an-empty-folder")).unwrap();
    let found = || {
        let folders = folders(root.path()).unwrap().unwrap();
        folders.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(), ["a", "b", "c-1", "d", "x.bak"]);
    assert_eq!(folders(&root.path().join("none")).unwrap(), None);
    // A broken link may stand for a screener, which must not be skipped. So may any entry in a folder.
    symlink(root.path().join("gone"), root.path().join("e")).unwrap();
    symlink(root.path().join("gone"), root.path().join("empty/extension.toml")).unwrap();
    symlink(root.path().join("a"), root.path().join("f")).unwrap();
    assert_eq!(found(), ["a", "b", "c-1", "d", "e", "empty", "f", "link-to-an-empty-folder", "x.bak"]);
    assert!(folders(&root.path().join("file")).is_err());
}

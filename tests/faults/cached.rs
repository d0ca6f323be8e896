//! The cache of compiled components, over whole starts of the server. An unchanged file is loaded, any other file is replaced,
//! and no fault of the cache aborts startup.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use obp_host::app::CACHE_FOLDER;
use obp_host::component::EMBEDDED;
use tokio::process::Command;

use crate::support::app::FAULTY;
use crate::support::damage::Damage;
use crate::support::process::{Server, obp_host};

const COMPILED: &str = "the built-in component was compiled in";
const LOADED: &str = "the built-in component was loaded from the cache in";

fn serve(data: &Path) -> Command {
    let mut command = Command::new(obp_host());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    command
}

/// Starts the server, runs the component once, stops the server, and returns its log.
async fn log_of(mut command: Command) -> String {
    let log = tempfile::NamedTempFile::new().unwrap();
    let server = Server::start(command.stderr(log.reopen().unwrap())).await;
    let answer = reqwest::get(format!("{}/obp/v3.1.0/banks", server.url)).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, r#"{"banks":[]}"#.to_owned()));
    assert!(server.stop().await.success());
    fs::read_to_string(log.path()).unwrap()
}

/// The compiled components in the folder, without the key.
fn entries(data: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(data.join(CACHE_FOLDER)).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some()).collect()
}

#[tokio::test]
async fn the_second_start_loads_the_compiled_component() {
    let data = crate::support::folder().unwrap();
    let log = log_of(serve(data.path())).await;
    assert!(log.contains(COMPILED), "{log}");
    let log = log_of(serve(data.path())).await;
    assert!(log.contains(LOADED) && !log.contains("WARN"), "{log}");
    // Another component gets another entry. The first entry stays.
    let mut other = serve(data.path());
    other.args(["--component", FAULTY]);
    let log = log_of(other).await;
    assert!(log.contains(&format!("the component {FAULTY} was compiled in")), "{log}");
    assert_eq!(entries(data.path()).len(), 2);
    let log = log_of(serve(data.path())).await;
    assert!(log.contains(LOADED), "{log}");
}

#[tokio::test]
async fn a_disabled_cache_is_neither_written_nor_read() {
    let data = crate::support::folder().unwrap();
    let off = || {
        let mut command = serve(data.path());
        command.env("OBP_HOST_COMPILED_CACHE", "false");
        command
    };
    assert!(log_of(off()).await.contains(COMPILED));
    assert!(!data.path().join(CACHE_FOLDER).exists());
    log_of(serve(data.path())).await;
    assert!(log_of(off()).await.contains(COMPILED));
}

#[tokio::test]
async fn a_damaged_file_is_logged_and_replaced() {
    let damage = Damage::new();
    let data = crate::support::folder().unwrap();
    log_of(serve(data.path())).await;
    let [entry] = entries(data.path()).try_into().unwrap();
    let good = fs::read(&entry).unwrap();
    for _ in 0..4 {
        let (what, file) = damage.to(&good);
        fs::write(&entry, file).unwrap();
        let log = log_of(serve(data.path())).await;
        assert!(log.contains(entry.to_str().unwrap()) && log.contains(COMPILED), "{what}: {log}");
        let log = log_of(serve(data.path())).await;
        assert!(log.contains(LOADED) && !log.contains("WARN"), "{what}: {log}");
    }
}

#[tokio::test]
async fn a_file_that_other_users_can_change_is_logged_and_not_used() {
    let data = crate::support::folder().unwrap();
    log_of(serve(data.path())).await;
    let folder = data.path().join(CACHE_FOLDER);
    for (path, open, closed) in [(folder.clone(), 0o777, 0o700), (folder.join("key"), 0o644, 0o600)] {
        fs::set_permissions(&path, Permissions::from_mode(open)).unwrap();
        let log = log_of(serve(data.path())).await;
        assert!(log.contains(&format!("{}: ", path.display())) && log.contains(COMPILED), "{log}");
        fs::set_permissions(&path, Permissions::from_mode(closed)).unwrap();
        let log = log_of(serve(data.path())).await;
        assert!(log.contains(LOADED), "{log}");
    }
}

#[tokio::test]
async fn on_a_full_disk_the_server_starts_and_caches_nothing() {
    let data = crate::support::folder().unwrap();
    // The limit for a file is 512 KiB: enough for an empty store, too little for the compiled component.
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; ulimit -f 1024; exec "$0" serve --listen 127.0.0.1:0 --data "$1""#]);
    command.arg(obp_host()).arg(data.path());
    let log = log_of(command).await;
    assert!(log.contains("not kept") && log.contains(".compiled: ") && log.contains(COMPILED), "{log}");
    assert_eq!(fs::read_dir(data.path().join(CACHE_FOLDER)).unwrap().count(), 1, "nothing but the key is left");
}

/// The exit code and the text on standard error.
async fn refused(component: &Path, pin: Option<&str>) -> (i32, String) {
    let data = crate::support::folder().unwrap();
    let mut command = serve(data.path());
    command.arg("--component").arg(component).envs(pin.map(|pin| ("OBP_HOST_COMPONENT_SHA256", pin)));
    let output = command.output().await.unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn a_file_that_is_not_the_component_is_refused_with_one_line() {
    let folder = crate::support::folder().unwrap();
    let file = folder.path().join("rules.wasm");
    let name = file.display();
    for (bytes, reason) in [
        (b"#!/bin/sh\n".as_slice(), "is no WebAssembly, not a component"),
        (b"", "is no WebAssembly, not a component"),
        (b"\0asm\x01\0\0\0", "is a core module, not a component"),
        (b"\0asm\x0d\0\x01\0", "cannot be run: the component has no export create of obp:onboarding/accounts@0.1.0"),
    ] {
        fs::write(&file, bytes).unwrap();
        let said = format!("error: the component {name} {reason}\n");
        assert_eq!(refused(&file, None).await, (1, said));
    }
    fs::write(&file, EMBEDDED).unwrap();
    let pin = "0".repeat(64);
    let (code, said) = refused(&file, Some(&pin)).await;
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    for part in [&name.to_string(), "`component_sha256`", &pin] {
        assert!(said.contains(part), "{said}");
    }
}

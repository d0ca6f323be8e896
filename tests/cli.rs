//! The command line of `obp-host`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::process::obp_host;
use crate::support::tls::{Files, Pair};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(obp_host())
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .output()
        .unwrap()
}

/// The exit code and the text on standard error.
fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let output = run(arguments, environment);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Decision 10: the server leaves loopback only if the configuration names the profile.
#[test]
fn the_server_refuses_to_listen_beyond_loopback_unless_the_profile_is_named() {
    for command in ["serve", "demo"] {
        let (code, said) = refused(&[command, "--listen", "0.0.0.0:0"], &[]);
        assert_eq!(code, 78, "{said}");
        assert!(said.contains("profile") && said.contains("hint: "), "{said}");
    }
    // The control: with a named profile, startup continues until the store.
    let environment = [("OBP_HOST_ACCESS__PROFILE", "seed"), ("OBP_HOST_DATA", "/dev/null/nowhere")];
    let (code, said) = refused(&["serve", "--listen", "0.0.0.0:0"], &environment);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("/dev/null/nowhere"), "{said}");
}

#[test]
fn an_unknown_setting_suggests_the_closest_known_one() {
    let (code, said) = refused(&["serve"], &[("OBP_HOST_LISTN", "127.0.0.1:0")]);
    assert_eq!(code, 78, "{said}");
    assert!(said.contains("OBP_HOST_LISTN") && said.contains("OBP_HOST_LISTEN"), "{said}");
}

#[test]
fn an_unusable_certificate_aborts_startup_with_a_hint() {
    let (pair, other) = (Pair::new(), Pair::new());
    let files = Files::of(&pair);
    let (chain, key) = (files.certificate().display().to_string(), files.key().display().to_string());
    let start = || {
        let data = tempfile::tempdir().unwrap();
        let settings = files.settings(&[("OBP_HOST_DATA", data.path().to_str().unwrap())]);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        refused(&["serve", "--listen", "127.0.0.1:0"], &settings)
    };
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (certificate, private, file, advice) in [
        (pair.certificate.as_str(), other.key.as_str(), &key, "begin with the server's own certificate"),
        ("", &pair.key, &chain, "-----BEGIN CERTIFICATE-----"),
        (&pair.key, &pair.key, &chain, "`tls.certificate` must name"),
        (&pair.certificate, "", &key, "-----BEGIN PRIVATE KEY-----"),
        (&pair.certificate, &pair.certificate, &key, "`tls.key` must name"),
        (&format!("{}{broken}", pair.certificate), &pair.key, &chain, "certificate 2 in"),
    ] {
        files.write(certificate, private);
        let (code, said) = start();
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(file) && said.contains(advice), "{said}");
    }
    files.write(&pair.certificate, &pair.key);
    std::fs::remove_file(files.key()).unwrap();
    let (code, said) = start();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&key) && said.contains("`tls.key` must name"), "{said}");

    let (code, said) = refused(&["serve"], &[("OBP_HOST_TLS__KEY", "key.pem")]);
    assert_eq!(code, 78, "{said}");
    assert!(said.contains("OBP_HOST_TLS__KEY") && said.contains("set `tls.certificate` too"), "{said}");
}

#[test]
fn a_private_key_that_every_user_can_read_gives_a_warning() {
    let (pair, other) = (Pair::new(), Pair::new());
    let files = Files::of(&pair);
    // Certificate and key do not match, so the server ends by itself.
    files.write(&pair.certificate, &other.key);
    for (mode, warned) in [(0o644, true), (0o640, false)] {
        std::fs::set_permissions(files.key(), std::fs::Permissions::from_mode(mode)).unwrap();
        let data = tempfile::tempdir().unwrap();
        let settings = files.settings(&[("OBP_HOST_DATA", data.path().to_str().unwrap())]);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (_, said) = refused(&["serve", "--listen", "127.0.0.1:0"], &settings);
        assert_eq!(said.contains("may read the private key"), warned, "{mode:o}: {said}");
    }
}

#[test]
fn the_component_in_a_written_file_is_the_embedded_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("onboarding.wasm");
    let output = run(&["component", "--out", file.to_str().unwrap()], &[]);
    assert!(output.status.success());
    assert_eq!(std::fs::read(file).unwrap(), obp_host::component::EMBEDDED);
}

#[test]
fn known_errors_are_explained_and_unknown_ones_suggest_similar_ones() {
    for written in ["OBP-30111", "obp-30111", "30111"] {
        let output = run(&["explain", written], &[]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.starts_with("OBP-30111: Invalid Bank Id."), "{written}: {said}");
        for part in ["Status      400", "\nMeaning ", "\nWhen ", "\nWhat to do "] {
            assert!(said.contains(part), "{written}: {said}");
        }
    }
    let (code, said) = refused(&["explain", "OBP-30113"], &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("OBP-30111") && said.contains("OBP-30112"), "{said}");
    // Nothing is similar to these.
    for written in ["OBP-99999", "no such text"] {
        let (code, said) = refused(&["explain", written], &[]);
        assert!(code == 1 && said.contains("no error has this code or text") && !said.contains("OBP-3"), "{said}");
    }
    let begun = String::from_utf8(run(&["explain", "User not found by"], &[]).stdout).unwrap();
    assert!(begun.starts_with("OBP-20027: "), "{begun}");

    let listed = String::from_utf8(run(&["explain"], &[]).stdout).unwrap();
    for code in guest::refusals::RefusalCode::ALL {
        assert!(listed.contains(code.text()), "{code:?}");
    }
}

/// A command that cannot print fails with an exit code. It says so, unless its reader has read enough.
#[test]
fn output_that_is_not_taken_is_an_exit_code_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    for arguments in [
        &["explain"][..],
        &["explain", "OBP-30111"],
        &["component"],
        &["component", "--wit"],
        &["consumer", "create", "--name", "test", "--init", "--data", &data],
        &["super-admin", "add", "kim", "--data", &data],
        &["user", "list", "--data", &data],
        &["extension", "list", "--data", &data],
    ] {
        let run = |output: Stdio| {
            let mut command = Command::new(obp_host());
            let output = command.args(arguments).stdout(output).stderr(Stdio::piped()).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        let (reader, reader_gone) = std::io::pipe().unwrap();
        drop(reader);
        assert_eq!(run(reader_gone.into()), (Some(1), String::new()), "{arguments:?}");
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let (code, said) = run(full.into());
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("error: cannot write to standard output: "), "{arguments:?}: {said}");
        assert_eq!(run(Stdio::null()), (Some(0), String::new()), "{arguments:?}");
    }
}

/// An error message that is not taken changes no exit code.
#[test]
fn the_exit_code_of_an_error_needs_no_reader() {
    let (reader, reader_gone) = std::io::pipe().unwrap();
    drop(reader);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for stderr in [reader_gone.into(), full.into(), Stdio::null()] {
        let mut command = Command::new(obp_host());
        let status = command.arg("serve").env("OBP_HOST_LISTN", "x").stderr::<Stdio>(stderr).status().unwrap();
        assert_eq!(status.code(), Some(78));
    }
}

#[test]
fn the_help_of_every_command_has_an_example() {
    for command in [
        &["serve"][..],
        &["demo"],
        &["consumer", "create"],
        &["super-admin", "add"],
        &["user", "list"],
        &["user", "lock"],
        &["user", "unlock"],
        &["user", "password"],
        &["user", "revoke"],
        &["component"],
        &["explain"],
        &["check"],
        &["backup"],
        &["restore"],
    ] {
        let output = run(&[command, &["--help"]].concat(), &[]);
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && help.contains("Example"), "{command:?}: {help}");
    }
}

#[test]
fn an_address_in_use_is_noticed_before_anything_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    for command in ["serve", "demo"] {
        let data = folder.path().join(command);
        let (code, said) = refused(&[command, "--listen", &address, "--data", data.to_str().unwrap()], &[]);
        assert!(code == 1 && said.contains(&format!("cannot listen at {address}")), "{said}");
        assert!(said.contains("is another server there?"), "{said}");
        // The control: each server that starts creates its folder.
        assert!(!data.exists(), "{command}");
    }
}

#[test]
fn a_newer_or_missing_store_is_refused_and_left_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("onboarding.db");
    let serve = |data: &Path| refused(&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()], &[]);

    std::fs::write(&file, "this is no database, and it is long enough to be read as one").unwrap();
    let (code, said) = serve(folder.path());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("onboarding.db"), "{said}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("this is no database"));

    std::fs::remove_file(&file).unwrap();
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let (code, said) = serve(folder.path());
    assert_eq!(code, 1, "{said}");
}

//! The data folder: one server a folder, and no file that another user of the machine can change.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::support::operator::{Said, said};
use crate::support::process::{Server, obp_host, store};
use crate::support::tls::{Files, Pair};
use crate::support::world;

/// Starts a server that cannot start, and returns its result.
async fn refused(data: &Path, environment: &[(String, String)], more: &[&str]) -> Said {
    let mut command = Command::new(obp_host());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(more).stdin(Stdio::null());
    let output = command.envs(environment.iter().cloned()).kill_on_drop(true).output().await.unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_has_one_server_and_commands_work_beside_it() {
    let data = crate::support::folder().unwrap();
    let folder = data.path().to_str().unwrap();
    let server = Server::serve(data.path()).await;
    let second = refused(data.path(), &[], &[]).await;
    assert!(second.code == 1 && second.out.is_empty(), "{second:?}");
    for part in [folder, &format!("process {}", server.pid()), "stop it first"] {
        assert!(second.err.contains(part), "{part}: {second:?}");
    }
    let created = said(&["consumer", "create", "--data", folder, "--name", "beside"]).await;
    assert_eq!(created.code, 0, "{created:?}");
    assert_eq!(said(&["super-admin", "add", "--data", folder, "kim"]).await.code, 0);
    assert_eq!(said(&["check", "--data", folder]).await.code, 0);
    // The lock of a killed server does not stay.
    server.kill().await;
    Server::serve(data.path()).await.kill().await;
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The commands in a message, each between two backquotes.
fn commands(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).filter(|text| text.starts_with("ch")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_other_users_can_change_aborts_startup_until_the_named_command_was_run() {
    let folder = crate::support::folder().unwrap();
    let data = folder.path().join("the data");
    world::create(&store(&data)).await;
    let extension = data.join("extensions/other");
    fs::create_dir_all(&extension).unwrap();
    let manifest = extension.join("extension.toml");
    fs::write(&manifest, "").unwrap();
    let pair = Pair::new();
    let files = Files::of(&pair);
    let settings = files.settings(&[]);
    let config = folder.path().join("obp.toml");
    fs::write(&config, "[meetings.providers.video]\nkind = \"jitsi\"\nsecret = \"hush\"\n").unwrap();
    let more = ["--config", config.to_str().unwrap()];
    let database = data.join("onboarding.db");
    // The path, its mode, and whether the server starts. With `open`, all users can enter the data folder.
    let cases: &[(PathBuf, u32, bool, bool)] = &[
        (data.clone(), 0o700, false, true),
        (data.clone(), 0o755, false, true),
        (data.clone(), 0o770, false, false),
        (data.clone(), 0o702, false, false),
        (data.clone(), 0o1777, false, false),
        (database.clone(), 0o600, false, true),
        (database.clone(), 0o644, false, true),
        (database.clone(), 0o640, true, true),
        (database.clone(), 0o644, true, false),
        (database.clone(), 0o660, false, false),
        (database.clone(), 0o606, false, false),
        (data.join("extensions"), 0o755, false, true),
        (data.join("extensions"), 0o775, false, false),
        (extension.clone(), 0o777, false, false),
        (manifest.clone(), 0o644, false, true),
        (manifest.clone(), 0o646, false, false),
        (files.key(), 0o640, false, true),
        (files.key(), 0o644, false, true),
        (files.key(), 0o620, false, false),
        (config.clone(), 0o644, false, true),
        (config.clone(), 0o664, false, false),
    ];
    for (path, mode, open, starts) in cases {
        let (safe, data_mode) = if path.is_dir() { (0o700, 0o700) } else { (0o600, if *open { 0o755 } else { 0o700 }) };
        chmod(&data, data_mode);
        chmod(path, *mode);
        let case = format!("{} {mode:o} {open}", path.display());
        if !starts {
            let told = refused(&data, &settings, &more).await;
            assert_eq!((told.code, told.out.as_str()), (1, ""), "{case}: {told:?}");
            assert!(told.err.contains(path.to_str().unwrap()), "{case}: {told:?}");
            let commands = commands(&told.err);
            assert!(!commands.is_empty(), "{case}: {told:?}");
            for command in commands {
                assert!(Command::new("sh").args(["-c", command]).status().await.unwrap().success(), "{command}");
            }
        }
        let mut command = Command::new(obp_host());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).args(more);
        command.envs(settings.iter().cloned()).env("OBP_HOST_COMPILED_CACHE", "true").stderr(Stdio::null());
        Server::start(&mut command).await.kill().await;
        chmod(path, safe);
        println!("{case}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_another_user_aborts_startup_unless_root_owns_it() {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let database = data.path().join("onboarding.db");
    if std::os::unix::fs::chown(&database, Some(12_345), None).is_err() {
        // Only root can give a file away. The unit test of the judgement does not need it.
        return;
    }
    let told = refused(data.path(), &[], &[]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("user 12345 owns the database"), "{told:?}");
    let [command] = commands(&told.err)[..] else { panic!("{told:?}") };
    assert!(Command::new("sh").args(["-c", command]).status().await.unwrap().success(), "{command}");
    Server::serve(data.path()).await.kill().await;
}

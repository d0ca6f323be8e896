//! The commands that change the folder of extensions: `extension add` and `remove`, with and without a running server.

use std::fs;
use std::path::Path;

use tokio::process::Command;

use super::{SCREENER, screened, text};
use crate::support::operator::{Operator, example, variant};
use crate::support::process::obp_host;

#[tokio::test]
async fn the_commands_work_without_a_running_server() {
    let operator = Operator::new().await;
    assert_eq!(operator.extension(&["reload"]).await.code, 1);
    assert!(operator.add(&example(SCREENER)).await.contains("it takes effect at the next start"));
    // Only the server needs the secret; the command does not.
    operator.add(&example("jitsi-provider")).await;
    variant("disposable-mail", &operator.extensions(), &[("\"reject\"", "\"rejct\"")]);
    let told = operator.extension(&["list"]).await;
    assert_eq!(told.code, 0, "{told:?}");
    for line in [
        "these extensions would be loaded:",
        "jitsi-provider           1.0.0",
        "extension.toml, line 9: `on_failure` cannot be",
    ] {
        assert!(told.out.contains(line), "{line}: {told:?}");
    }
    for name in ["missing", "", ".", "..", "../data"] {
        let told = operator.extension(&["remove", name]).await;
        assert!(told.code == 1 && told.err.contains("there is no extension"), "{told:?}");
    }
    assert_eq!(operator.extension(&["remove", "disposable-mail"]).await.code, 0);
    // A folder without a manifest is listed as a damaged extension, an empty one is not, and both can be removed.
    for (name, file) in [("old.bak", true), ("empty", false)] {
        let folder = operator.extensions().join(name);
        fs::create_dir(&folder).unwrap();
        if file {
            fs::write(folder.join("component.wasm"), "").unwrap();
        }
        let told = operator.extension(&["list"]).await;
        assert_eq!(told.out.contains("NOT LOADED"), file, "{told:?}");
        assert_eq!(operator.extension(&["remove", name]).await.code, 0);
    }
    let server = operator.serve().await;
    assert!(screened(&server).await);
}

#[tokio::test]
async fn an_extension_replaces_another_only_with_the_option_and_shows_the_difference() {
    let operator = Operator::new().await;
    let server = operator.serve().await;
    operator.add(&example(SCREENER)).await;
    let new = variant(SCREENER, &operator.elsewhere("new"), &[("1.0.0", "2.0.0"), ("\"*\"", "\"bank-2\"")]);
    let told = operator.extension(&["add", text(&new)]).await;
    assert!(told.code == 1 && told.err.contains("say --replace"), "{told:?}");
    assert!(screened(&server).await);
    let told = operator.extension(&["add", "--replace", text(&new)]).await;
    assert!(told.code == 0 && told.out.contains("- banks all"), "{told:?}");
    assert_eq!(operator.row(SCREENER).await[1], "2.0.0");
    assert!(!screened(&server).await, "it screens only at another bank");
}

/// The files of a folder: paths and bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn an_extension_that_the_server_refuses_is_not_left_on_the_disk() {
    let operator = Operator::new().await;
    // The server does not get the provider's secret.
    let server = operator.serve_with(&[]).await;
    operator.add(&example(SCREENER)).await;
    let before = contents(&operator.extensions());
    let slow = variant(
        SCREENER,
        &operator.elsewhere("slow"),
        &[("[settings]", "[limits]\nrunning_ms_max = 10000\n[settings]")],
    );
    for (arguments, reason) in [
        (&["add", text(&example("jitsi-provider"))][..], "environment variable JITSI_JWT_SECRET is not set"),
        (&["add", "--replace", text(&slow)], "line 12: a call may take 10000 ms, and a request waits for 9500"),
    ] {
        let told = operator.extension(arguments).await;
        assert!(told.code == 1 && told.err.contains("nothing was changed: "), "{told:?}");
        assert!(told.err.contains("extension.toml, line ") && told.err.contains(reason), "{told:?}");
        assert_eq!(contents(&operator.extensions()), before);
    }
    assert!(screened(&server).await, "the old set is loaded");
    // The command uses another folder than the server.
    let elsewhere = operator.elsewhere("other");
    fs::create_dir_all(&elsewhere).unwrap();
    let mut command = Command::new(obp_host());
    command.args(["extension", "add", text(&example("disposable-mail")), "--data", text(&operator.data)]);
    let output = command.env("OBP_HOST_EXTENSIONS__FOLDER", &elsewhere).output().await.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("is its `extensions.folder` another?"), "{told}");
    assert_eq!(contents(&elsewhere), []);
    // The command does not create a missing folder: the server would lose the extensions that were in it.
    let (extensions, gone) = (operator.extensions(), operator.elsewhere("gone"));
    fs::rename(&extensions, &gone).unwrap();
    let told = operator.extension(&["add", text(&example("disposable-mail"))]).await;
    assert!(
        told.code == 1 && told.err.contains("does not exist, but the running server has loaded extensions from it"),
        "{told:?}"
    );
    fs::rename(&gone, &extensions).unwrap();
    assert!(screened(&server).await);
}

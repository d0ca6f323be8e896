//! The pages in Chromium, driven by the scripts beside this file, and the requests that the pages refuse.

mod explorer;
mod forms;
mod guarded;
mod http;
mod meeting;
mod shown;

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use crate::support::process::{Server, obp_host};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/browser");

/// The folder with the scripts' packages. `scripts/browser-tools.sh` installs missing ones.
async fn tools() -> String {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let mut command = Command::new("scripts/browser-tools.sh");
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).env("CARGO_TARGET_DIR", target);
    let output = command.stderr(Stdio::inherit()).output().await.unwrap();
    assert!(output.status.success(), "scripts/browser-tools.sh failed");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Meetings at the provider `jitsi`.
const MEETINGS: [(&str, &str); 5] = [
    ("OBP_HOST_MEETINGS__ENABLED", "true"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__KIND", "jitsi"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__APP_ID", "bank"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__SECRET", "a secret of the tests"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__BASE_URL", "https://meet.bank.example"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_get_from_an_empty_server_to_a_customers_kyc_file() {
    let data = tempfile::tempdir().unwrap();
    let settings = [&[("OBP_HOST_LOG__LEVEL", "warn")][..], &MEETINGS].concat();
    let tools = tools().await;
    let server = Server::serve_with(data.path(), &settings).await;
    let mut admin = Command::new(obp_host());
    admin.args(["super-admin", "add", "--data"]).arg(data.path()).arg("kim");
    assert!(admin.status().await.unwrap().success());

    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let mut script = Command::new("node");
    script.arg("run.mjs").current_dir(HERE).env("BROWSER_TOOLS", tools).env("SERVER", &server.url);
    let output = script.env("PICTURES", pictures).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

//! Public SDKs of later versions, unmodified: the thirteen operations, and those on banks, customers and users.

use tokio::process::Command;

use crate::support::process::{Server, store};
use crate::support::world;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");
/// A provider whose meetings need no other server.
const SETTINGS: [(&str, &str); 5] = [
    ("OBP_HOST_LOG__LEVEL", "warn"),
    ("OBP_HOST_MEETINGS__ENABLED", "true"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__KIND", "jitsi"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__APP_ID", "bank"),
    ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__SECRET", "hush"),
];

/// Runs a script that calls a fresh server as `ada`, who holds every role. It prints `ok` at its end.
async fn run(script: &str) {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let server = Server::serve_with(data.path(), &SETTINGS).await;
    let test = std::env::current_exe().unwrap();
    let python = test.ancestors().nth(3).unwrap().join("test-tools/python-sdks/bin/python");
    assert!(python.exists(), "{} is missing: run the tests by `make test`, or `make test-tools`", python.display());
    let mut command = Command::new(python);
    command.arg(script).current_dir(HERE);
    command.env("SERVER", &server.url).env("TOKEN", world::token("ada")).env("CONSUMER_KEY", "key-1");
    let output = command.output().await.unwrap();
    let [said, failed] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success() && said == "ok\n", "{script}: {said}{failed}");
}

/// Its models refuse an answer that lacks a key which they require.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_fits_the_models_of_a_typed_sdk() {
    run("typed_sdk.py").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sdk_that_sends_bodies_of_v5_1_0_is_understood() {
    run("obp_api_sdk.py").await;
}

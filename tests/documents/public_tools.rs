//! Public tools check the documents: a validator for each, and schemathesis. It sends valid and invalid requests, made from
//! the OpenAPI document, and checks the answers.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::Documented;
use crate::support::world;

const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/schemathesis.toml");

/// A program of the tests' Python environment, in the target folder of this test.
fn tool(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    let tool = target.join("test-tools/bin").join(name);
    assert!(tool.exists(), "{} is missing: run the tests by `make test`, or `make test-tools` first", tool.display());
    tool
}

async fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().await.unwrap();
    let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), streams.concat())
}

async fn fetched(server: &Documented, path: &str, folder: &Path) -> PathBuf {
    let file = folder.join("document.json");
    let document = reqwest::get(server.app.url(path)).await.unwrap().text().await.unwrap();
    std::fs::write(&file, document).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_documents_are_valid() {
    let server = Documented::start().await;
    let folder = tempfile::tempdir().unwrap();
    for path in [
        "~/openapi.json",
        "/resource-docs/v3.1.0/swagger",
        "/resource-docs/v3.1.0/swagger?tags=KYC,Onboarding",
        "/resource-docs/v2.0.0/swagger?functions=createUser",
    ] {
        let file = fetched(&server, path, folder.path()).await;
        let (valid, output) = run(Command::new(tool("openapi-spec-validator")).arg(&file)).await;
        assert!(valid, "{path}: {output}");
        // The control: a document whose operation has no responses is not valid.
        let broken = std::fs::read_to_string(&file).unwrap().replacen("\"responses\"", "\"answers\"", 1);
        std::fs::write(&file, broken).unwrap();
        let (valid, output) = run(Command::new(tool("openapi-spec-validator")).arg(&file)).await;
        assert!(!valid, "{path}: {output}");
    }
}

/// All checks, all phases. The configuration lists the few answers that no schema can describe, each with its reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing() {
    let mut server = Documented::start().await;
    for operation in ["createUser", "createAccount"] {
        let route = obp_host::obp::routes::ROUTES.iter().find(|route| route.operation == operation).unwrap();
        let (status, answer) = server.send(route, route.doc.request().as_deref()).await;
        assert_eq!(status, route.success.as_u16(), "{answer}");
    }
    let folder = tempfile::tempdir().unwrap();
    let (found_nothing, output) = run(Command::new(tool("schemathesis"))
        .args(["--config-file", CONFIGURATION, "run", &server.app.url("~/openapi.json")])
        .args(["--header", &format!("DirectLogin: token={}", world::token("ada"))])
        .current_dir(folder.path()))
    .await;
    assert!(found_nothing, "{output}");
    assert!(output.contains("Examples") && output.contains("Coverage") && output.contains("Fuzzing"), "{output}");
    assert!(output.contains("Stateful"), "{output}");
}

/// The control: schemathesis finds a document that allows longer names than the rules.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_an_error_in_a_document() {
    let server = Documented::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = fetched(&server, "~/openapi.json", folder.path()).await;
    let mut document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    *document.pointer_mut("/components/schemas/CreateUserRequest/properties/first_name/maxLength").unwrap() =
        5000.into();
    std::fs::write(&file, document.to_string()).unwrap();
    let (found_nothing, output) = run(Command::new(tool("schemathesis"))
        .args([
            "--config-file",
            CONFIGURATION,
            "run",
            "--phases",
            "coverage",
            "--include-name",
            "POST /obp/v3.1.0/users",
        ])
        .args(["--url", &server.app.url("~/")])
        .arg(&file)
        .current_dir(folder.path()))
    .await;
    assert!(!found_nothing && output.contains("must have at most 100 characters"), "{output}");
}

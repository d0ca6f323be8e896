//! The three examples, deployed with the documented commands on a running server, as clients see them.

use std::collections::HashSet;
use std::path::Path;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::process::Command;

use crate::support::operator::{Operator, SECRET, example};
use crate::support::process::{Server, obp_host};
use crate::support::send;

const MANUAL: &str = include_str!("../../docs/extensions.md");

const MEETING: (&str, &str) =
    ("/banks/bank-1/meetings", r#"{"provider_id":"jitsi-extension","purpose_id":"onboarding"}"#);
const EXPIRED: (&str, &str) = (
    "/banks/bank-1/customers/c-1/kyc_documents/d-1",
    r#"{"customer_number":"1","type":"passport","number":"7","issue_date":"2009-05-01T00:00:00Z","issue_place":"Berlin","expiry_date":"2019-05-01T00:00:00Z"}"#,
);
const DISPOSABLE: (&str, &str) = (
    "/users",
    r#"{"email":"zoe@mailinator.com","username":"zoe","password":"Abcdefg12!","first_name":"Zoe","last_name":"Test"}"#,
);

async fn asked(server: &Server, method: Method, (path, body): (&str, &str)) -> (u16, String) {
    send(&Client::new(), method, "kim", server.url(path), body.to_owned()).await.unwrap()
}

/// The claims of a token that is signed with the secret.
fn claims(token: &Value) -> Value {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["jitsi"]);
    validation.required_spec_claims = HashSet::from(["exp".to_owned()]);
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    decode::<Value>(token.as_str().unwrap(), &key, &validation).unwrap().claims
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_are_added_and_removed_without_a_restart() {
    let operator = Operator::new().await;
    let server = operator.serve().await;
    let no_provider = asked(&server, Method::POST, MEETING).await;
    assert_eq!(no_provider.0, 400, "{no_provider:?}");
    for name in ["jitsi-provider", "expired-documents", "disposable-mail"] {
        let said = operator.add(&example(name)).await;
        assert!(said.contains("has applied the change") && said.contains(&format!("added {name} 1.0.0")), "{said}");
    }

    let (status, meeting) = asked(&server, Method::POST, MEETING).await;
    assert_eq!(status, 201, "{meeting}");
    let meeting: Value = serde_json::from_str(&meeting).unwrap();
    let claims = claims(&meeting["keys"]["customer_token"]);
    assert_eq!(claims["room"], meeting["keys"]["session_id"]);
    let room = claims["room"].as_str().unwrap();
    assert!(room.starts_with(&format!("{}-", meeting["meeting_id"].as_str().unwrap())), "{room}");
    assert_eq!((&claims["iss"], &claims["sub"]), (&"bank".into(), &"meet.example".into()));
    assert_eq!(claims["context"]["user"]["id"], "u-kim");
    assert_eq!(claims["context"]["user"]["moderator"], false);
    let path = format!("/banks/bank-1/meetings/{}/join", meeting["meeting_id"].as_str().unwrap());
    let (status, link) = asked(&server, Method::PUT, (&path, "")).await;
    let link: Value = serde_json::from_str(&link).unwrap();
    let url = format!("https://meet.example/{room}?jwt={}", link["token"].as_str().unwrap());
    assert_eq!((status, &link["url"], &link["session_id"]), (200, &url.into(), &room.into()));

    let reason = |(status, body): (u16, String)| {
        assert_eq!(status, 400, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()["message"].as_str().unwrap().to_owned()
    };
    let expired = reason(asked(&server, Method::PUT, EXPIRED).await);
    assert!(expired.starts_with("OBP-10035: ") && expired.contains("The document expired on 2019-05-01."), "{expired}");
    let disposable = reason(asked(&server, Method::POST, DISPOSABLE).await);
    assert!(disposable.contains("E-mail addresses of mailinator.com are not accepted."), "{disposable}");

    // Columns: name, version, calls, rejections, notes, failures. Each screener gets the kinds of records that its manifest names.
    for (name, figures) in [
        ("disposable-mail", ["1", "1", "0", "0"]),
        ("expired-documents", ["1", "1", "0", "0"]),
        // A session, an access with the answer, and one to join.
        ("jitsi-provider", ["3", "0", "0", "0"]),
    ] {
        let row = operator.row(name).await;
        assert_eq!(row[1], "1.0.0");
        assert_eq!(row[2..6], figures, "{row:?}");
    }

    for name in ["jitsi-provider", "expired-documents", "disposable-mail"] {
        let said = operator.extension(&["remove", name]).await;
        assert!(said.code == 0 && said.out.contains(&format!("removed {name}")), "{said:?}");
    }
    assert_eq!(asked(&server, Method::POST, MEETING).await, no_provider);
    assert_eq!(asked(&server, Method::PUT, EXPIRED).await.0, 200);
    assert_eq!(asked(&server, Method::POST, DISPOSABLE).await.0, 201);
    assert_eq!(operator.extension(&["list"]).await.out, "no extensions\n");
    assert_eq!(server.stop().await.code(), Some(0));
}

/// The `sh` blocks in a section of the page, each with the kind and text of its output, if the page shows it.
fn commands(page: &'static str, section: &str) -> Vec<(&'static str, Option<(&'static str, &'static str)>)> {
    let section = page.split("\n## ").find(|part| part.starts_with(section)).unwrap();
    let blocks: Vec<_> = section.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap()).collect();
    let shown = |at: usize| blocks.get(at).copied().filter(|(kind, _)| ["json", "text"].contains(kind));
    blocks
        .iter()
        .enumerate()
        .filter(|(_, (kind, _))| *kind == "sh")
        .map(|(at, (_, text))| (*text, shown(at + 1)))
        .collect()
}

/// Runs the commands as printed, in a folder with a link to the `target` folder that `make extensions` has filled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_manual_print_the_shown_output() {
    const START: &str = "JITSI_JWT_SECRET=hush obp-host demo --data demo-data";
    assert!(MANUAL.contains(START));
    let folder = crate::support::folder().unwrap();
    let host = obp_host();
    let release = host.parent().unwrap();
    std::os::unix::fs::symlink(release.parent().unwrap(), folder.path().join("target")).unwrap();
    let path = format!("{}:{}", release.display(), std::env::var("PATH").unwrap());
    let mut demo = Command::new(&host);
    demo.args(["demo", "--data", "demo-data", "--listen", "127.0.0.1:0"]).env("JITSI_JWT_SECRET", "hush");
    let server = Server::start(demo.current_dir(folder.path())).await;
    let address = server.url.strip_prefix("http://").unwrap();

    let commands = commands(MANUAL, "Running extensions\n");
    assert!(commands.len() >= 5, "the manual has {} commands", commands.len());
    let mut shell = String::from("set -e\n");
    for (command, _) in &commands {
        shell.push_str(&format!("{}\nprintf '\\n--\\n'\n", command.replace("127.0.0.1:8080", address)));
    }
    let output =
        Command::new("sh").args(["-c", &shell]).env("PATH", path).current_dir(folder.path()).output().await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    for ((command, shown), printed) in commands.iter().zip(printed.split("\n--\n")) {
        match shown {
            Some(("json", shown)) => assert_eq!(printed.trim(), shown.trim(), "{command}"),
            // Times differ between machines, so only the columns before them are compared.
            Some((_, shown)) => assert_eq!(first_columns(printed), first_columns(shown), "{command}"),
            None => {}
        }
    }
    assert!(folder.path().join("demo-data").is_dir());
    assert_eq!(server.stop().await.code(), Some(0));
    assert!(!folder.path().join("demo-data").exists(), "the demo removes its data");
}

fn first_columns(table: &str) -> Vec<Vec<&str>> {
    table.trim().lines().map(|line| line.split_whitespace().take(6).collect()).collect()
}

/// `demo --data` takes only a folder that does not exist, because it removes the folder at the end.
#[tokio::test]
async fn a_demo_refuses_an_existing_folder() {
    let folder = crate::support::folder().unwrap();
    let taken: &Path = folder.path();
    let mut demo = Command::new(obp_host());
    let output = demo.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(taken).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains(taken.to_str().unwrap()), "{said}");
    assert!(taken.is_dir());
}

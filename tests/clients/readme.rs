//! The commands of README as printed: the first calls to `obp-host demo`, and the steps to an own bank.

use tokio::process::Command;

use crate::support::process::{Server, obp_host};

const README: &str = include_str!("../../README.md");

/// The blocks of a section: the language and the text of each.
fn blocks(section: &str) -> Vec<(&'static str, &'static str)> {
    let section = README.split("\n## ").find(|part| part.lines().next() == Some(section)).expect("a section");
    section.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap_or((block, ""))).collect()
}

/// Runs the script and returns its output.
async fn run(script: &str, folder: &std::path::Path) -> String {
    let path = format!("{}:{}", obp_host().parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh").args(["-c", script]).env("PATH", path).current_dir(folder).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_calls_are_answered_as_printed() {
    let server = Server::start(Command::new(obp_host()).args(["demo", "--listen", "127.0.0.1:0"])).await;
    let address = server.url.strip_prefix("http://").unwrap();
    let mut script = String::from("set -e\n");
    let mut printed = Vec::new();
    for pair in blocks("The first calls").windows(2) {
        if let [("sh", call), ("json", answer)] = pair {
            script.push_str(&call.replace("127.0.0.1:8080", address));
            script.push_str("\nprintf '\\n--\\n'\n");
            printed.push(answer.trim());
        }
    }
    assert!(printed.len() >= 4, "the README shows {} calls", printed.len());
    let answers = run(&script, &std::env::temp_dir()).await;
    let answers: Vec<_> = answers.split("\n--\n").map(str::trim).filter(|answer| !answer.is_empty()).collect();
    assert_eq!(answers, printed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_printed_commands_create_a_bank_with_a_customer() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = Command::new(obp_host());
    serve.args(["serve", "--data", "data", "--listen", "127.0.0.1:0"]).current_dir(folder.path());
    let server = Server::start(&mut serve).await;
    let address = server.url.strip_prefix("http://").unwrap();
    let steps: String = blocks("Your own server")
        .iter()
        .filter(|(language, _)| *language == "sh")
        .map(|(_, step)| format!("{}\necho\n", step.replace("127.0.0.1:8080", address)))
        .collect();
    let printed = run(&format!("set -e\n{steps}"), folder.path()).await;
    assert!(!printed.contains("OBP-"), "a step was refused: {printed}");
    let last = printed.trim().lines().last().unwrap();
    let statuses: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(statuses["statuses"][0]["ok"], true, "{last}");
    assert_eq!(statuses["statuses"][0]["date"], "2026-11-28T00:00:00Z", "{last}");
}

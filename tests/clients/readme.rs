//! The README's curl lines, against `obp-host demo`: answered as printed there.

use tokio::process::Command;

use crate::support::process::{Server, obp_host};

const README: &str = include_str!("../../README.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_calls_of_the_readme_are_answered_as_printed_there() {
    let server = Server::start(Command::new(obp_host()).args(["demo", "--listen", "127.0.0.1:0"])).await;
    let address = server.url.strip_prefix("http://").unwrap();
    // Blocks of ```sh hold calls; the block that follows one, ```json, is what it prints.
    let blocks: Vec<(&str, &str)> =
        README.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap_or((block, ""))).collect();
    let mut shell = String::from("set -e\n");
    let mut printed = Vec::new();
    for pair in blocks.windows(2) {
        if let [("sh", call), ("json", answer)] = pair {
            shell.push_str(&call.replace("127.0.0.1:8080", address).replace("localhost:8080", address));
            shell.push_str("\nprintf '\\n--\\n'\n");
            printed.push(answer.trim());
        }
    }
    assert!(printed.len() >= 3, "the README shows {} calls", printed.len());
    let output = Command::new("sh").args(["-c", &shell]).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<_> = answers.split("\n--\n").map(str::trim).filter(|answer| !answer.is_empty()).collect();
    assert_eq!(answers, printed);
}

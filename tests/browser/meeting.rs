//! A meeting in two browsers, on a server whose clock the test moves.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use super::{HERE, tools};
use crate::support::TestApp;

const HOUR_MS: i64 = 60 * 60 * 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officer_and_customer_hold_links_that_jitsi_accepts_also_hours_later() {
    let tools = tools().await;
    let app = TestApp::with(&super::MEETINGS).await;
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let mut script = Command::new("node");
    script.arg("meeting.mjs").current_dir(HERE).env("BROWSER_TOOLS", tools).env("PICTURES", pictures);
    script.env("SERVER", format!("http://{}", app.address)).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut script = script.kill_on_drop(true).spawn().unwrap();
    let mut answers = script.stdin.take().unwrap();
    let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        println!("{line}");
        let hours = line.strip_prefix("pass ").and_then(|rest| rest.strip_suffix(" hours"));
        if let Some(hours) = hours {
            app.app.onboarding.services.ambient.pass_ms(hours.parse::<i64>().unwrap() * HOUR_MS);
            answers.write_all(b"passed\n").await.unwrap();
        }
    }
    assert!(script.wait().await.unwrap().success(), "the script says why on standard error");
}

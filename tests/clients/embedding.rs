//! Runs every command block of docs/embedding.md as printed. Its output must be the block that follows.

use std::path::Path;

use tokio::process::Command;

use crate::support::process::obp_host;

const MANUAL: &str = include_str!("../../docs/embedding.md");

/// The command blocks of a section, each with the output block that follows it, if there is one.
fn blocks(section: &str) -> Vec<(&str, Option<&str>)> {
    let blocks: Vec<_> = section.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect();
    let shown = |at: usize| blocks.get(at).filter(|(kind, _)| *kind == "text").map(|(_, text)| *text);
    let commands = blocks.iter().enumerate().filter(|(_, (kind, _))| *kind == "sh");
    commands.map(|(at, (_, text))| (*text, shown(at + 1))).collect()
}

async fn run(section: &str) {
    let text =
        MANUAL.split("\n## ").find(|part| part.lines().next() == Some(section)).expect("the manual has the section");
    let blocks = blocks(text);
    assert!(!blocks.is_empty(), "{section} has commands");
    let folder = tempfile::tempdir().unwrap();
    let host = obp_host();
    let path = format!("{}:{}", host.parent().unwrap().display(), std::env::var("PATH").unwrap());
    // Each block of a section starts where the one before it ended.
    let shell: String = blocks.iter().map(|(command, _)| format!("{command}\nprintf '\\n--\\n'\n")).collect();
    let mut command = Command::new("sh");
    command.args(["-ec", &shell]).env("PATH", path).current_dir(folder.path());
    command.env("REPO", Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    // Keep the Rust builds of the manual for the next run.
    command.env("CARGO_TARGET_DIR", host.parent().unwrap().parent().unwrap().join("embedding-manual"));
    let output = command.output().await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{section}: {printed}\n{}", String::from_utf8_lossy(&output.stderr));
    for ((command, shown), printed) in blocks.iter().zip(printed.split("\n--\n")) {
        if let Some(shown) = shown {
            assert_eq!(printed.trim(), shown.trim(), "{section}: {command}");
        }
    }
}

macro_rules! sections {
    ($($name:ident: $section:literal),* $(,)?) => {
        const RUN: &[&str] = &[$($section),*];
        $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            run($section).await;
        }
        )*
    };
}

sections! {
    the_component: "The component",
    rust: "Rust",
    node: "Node.js",
    a_browser: "A browser",
    python: "Python",
}

#[test]
fn every_section_with_commands_is_run() {
    let sections = MANUAL.split("\n## ").filter(|part| part.contains("```sh"));
    let names: Vec<_> = sections.filter_map(|part| part.lines().next()).collect();
    assert_eq!(names, RUN);
}

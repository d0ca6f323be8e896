//! The server as a process: the binary that people run, which a test can kill.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use obp_host::storage::Store;
use obp_host::storage::sqlite::SqliteStore;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::app::config;

/// The binary that `make build` makes, in the folder above that of this test.
pub fn obp_host() -> PathBuf {
    let binary = beside("obp-host");
    assert!(binary.exists(), "{} is missing: run the tests by `make test`, or `make build` first", binary.display());
    binary
}

/// A binary of this package.
pub fn weak_server() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_weak-server"))
}

fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test is a file");
    test.ancestors().nth(2).expect("it lies in <profile>/deps").join(name)
}

/// A store in this folder, which a test fills before the server starts.
pub fn store(data: &Path) -> impl Store {
    SqliteStore::open(data, obp_host::app::store_options(&config::<&str>(&[]))).expect("a store")
}

/// A running server, which is killed when this is dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Server {
    /// Starts a command that prints `listening on URL`, and waits for that line.
    pub async fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let url = loop {
            let line = lines.next_line().await.expect("its output").expect("the server prints its address");
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        // Keep reading, so that the server never blocks on its output.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, url }
    }

    /// Starts `obp-host serve` on this folder.
    pub async fn serve(data: &Path) -> Self {
        Self::serve_with(data, &[("OBP_HOST_LOG__LEVEL", "warn")]).await
    }

    /// The same as [`Server::serve`], with these settings.
    pub async fn serve_with(data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(obp_host());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        Self::start(command.envs(settings.iter().copied())).await
    }

    /// The URL of a path below `/obp/v3.1.0`.
    pub fn url(&self, path: &str) -> String {
        format!("{}/obp/v3.1.0{path}", self.url)
    }

    /// The current and the largest resident set, in KiB.
    pub fn resident_kib(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let figure = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the kernel says it");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        (figure("VmRSS:"), figure("VmHWM:"))
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Kills the server (`kill -9`) and waits for its end.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it is killed");
    }

    /// Waits until the server has ended by itself.
    pub async fn ended(mut self) {
        self.child.wait().await.expect("it ends");
    }

    /// Sends SIGTERM and returns the exit status.
    pub async fn stop(mut self) -> std::process::ExitStatus {
        let status = Command::new("kill").arg(self.pid().to_string()).status().await.expect("kill runs");
        assert!(status.success());
        self.child.wait().await.expect("it ends")
    }
}

//! A store that cannot write: locked by another process, no space, a failing sync. Only writes on disk are acknowledged, reads
//! succeed, and writes succeed again when the cause is gone.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::process::{Server, store};
use crate::support::{TestApp, check_body, get, sample_body, try_put, world};

const COULD_NOT_ADD: &str = r#"{"code":503,"message":"OBP-00004: Server error: could not add message"}"#;

/// Writes, and the error of each while the store cannot write: the text of the seed page if it names one (decision 1).
const WRITES: [(&str, &str, &str); 6] = [
    ("PUT", "/banks/bank-1/customers/c-1/kyc_check/k", "OBP-00004: Server error: could not add message"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_documents/d", "Server error: could not add KycDocument"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_media/m", "OBP-00004: Server error: could not add message"),
    ("PUT", "/banks/bank-1/customers/c-1/kyc_statuses", "OBP-00004: Server error: could not add message"),
    ("POST", "/users", "Error occurred during user creation."),
    ("PUT", "/banks/bank-1/accounts/a", "OBP-50000: Unknown Error."),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_another_process_holds_the_write_lock_writes_are_503_and_reads_go_on() {
    let app = TestApp::with(&[("OBP_HOST_LIMITS__SQLITE_BUSY_MS_MAX", "50")]).await;
    let client = reqwest::Client::new();
    let write = |(method, path, _): (&'static str, &str, &str)| {
        let request = client.request(method.parse().unwrap(), app.url(path));
        request
            .header("DirectLogin", "token=token-of-kim")
            .header("Content-Type", "application/json")
            .body(sample_body(path))
            .send()
    };
    let other = rusqlite::Connection::open(app.data.path().join("onboarding.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for case in WRITES {
        let response = write(case).await.unwrap();
        assert_eq!(response.headers()["retry-after"], "1", "{}", case.1);
        let expected = format!(r#"{{"code":503,"message":"{}"}}"#, case.2);
        assert_eq!((response.status().as_u16(), response.text().await.unwrap()), (503, expected), "{}", case.1);
    }
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, r#"{"checks":[]}"#);

    other.execute_batch("ROLLBACK").unwrap();
    for case in WRITES {
        assert!(write(case).await.unwrap().status().is_success(), "{}", case.1);
    }
}

/// Makes a system call of a running process fail, until [`Self::end`].
struct Injection(tokio::process::Child);

impl Injection {
    async fn into(pid: u32, fault: &str) -> Self {
        let mut strace = Command::new("strace")
            .args(["-f", "-e", fault, "-o", "/dev/null", "-p", &pid.to_string()])
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("strace runs");
        let mut lines = BufReader::new(strace.stderr.take().unwrap()).lines();
        // strace names each thread to which it attaches. The first line is the process itself.
        let attached = lines.next_line().await.unwrap().unwrap_or_default();
        assert!(attached.contains("attached"), "strace: {attached}");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self(strace)
    }

    async fn end(mut self) {
        let pid = self.0.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
        self.0.wait().await.unwrap();
    }
}

/// Writes before, during and after the fault. Exactly the acknowledged writes are stored.
async fn writes_fail_and_recover(fault: &str, refusals: &[(u16, &str)]) {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let server = Server::serve(data.path()).await;
    let client = reqwest::Client::new();
    let url = |id: &str| format!("{}/obp/v3.1.0/banks/bank-1/customers/c-1/kyc_check/{id}", server.url);
    let (status, _) = try_put(&client, "kim", url("before"), check_body("")).await.unwrap();
    assert_eq!(status, 200);

    let injection = Injection::into(server.pid(), fault).await;
    for number in 0..5 {
        let (status, body) = try_put(&client, "kim", url(&format!("during-{number}")), check_body("")).await.unwrap();
        assert!(refusals.contains(&(status, body.as_str())), "{status} {body}");
    }
    get(&client, "kim", format!("{}/obp/v3.1.0/customers/c-1/kyc_checks", server.url)).await;
    injection.end().await;

    let (status, body) = try_put(&client, "kim", url("after"), check_body("")).await.unwrap();
    assert_eq!(status, 200, "{body}");
    server.kill().await;
    let server = Server::serve(data.path()).await;
    let listed = get(&client, "kim", format!("{}/obp/v3.1.0/customers/c-1/kyc_checks", server.url)).await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let ids: Vec<_> = listed["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"before") && ids.contains(&"after"), "{ids:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_writes_are_503_and_nothing_is_acknowledged() {
    writes_fail_and_recover("inject=pwrite64:error=ENOSPC", &[(503, COULD_NOT_ADD)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_disk_fails_to_sync_is_not_acknowledged() {
    const FAILED: &str = r#"{"code":500,"message":"OBP-00004: Server error: could not add message"}"#;
    writes_fail_and_recover("inject=fsync,fdatasync:error=EIO", &[(500, FAILED), (503, COULD_NOT_ADD)]).await;
}

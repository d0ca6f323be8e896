//! The server acknowledges a write only after the disk has synced it.
//!
//! strace records the running server's system calls. For each answered write, the test looks for the record's id in the writes to
//! the log. A sync of the log must begin after that write and end before the response is sent.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::support::process::{Server, obp_host, store, weak_server};
use crate::support::{check_body, try_put, world};

const WRITERS: usize = 8;
const WRITES_OF_A_WRITER: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_is_acknowledged_before_its_commit_is_synced() {
    let mut server = Command::new("strace");
    let trace = run(&mut server, |data, command| {
        command.arg(obp_host()).args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    })
    .await;
    let acks = judge(&trace);
    assert_eq!(acks.len(), WRITERS * WRITES_OF_A_WRITER, "strace saw every response");
    let early: Vec<_> = acks.iter().filter(|(_, synced)| !**synced).collect();
    assert!(early.is_empty(), "{} of {} were answered before they were synced", early.len(), acks.len());
    println!("{} acknowledged writes, 0 before their sync", acks.len());
}

/// The control: with `synchronous = NORMAL`, the same check must find early responses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_synced_too_late_is_detected() {
    let mut server = Command::new("strace");
    let trace = run(&mut server, |data, command| {
        command.arg(weak_server()).arg("unsynced").arg(data);
    })
    .await;
    let acks = judge(&trace);
    let early = acks.values().filter(|synced| !**synced).count();
    println!("control: {early} of {} acknowledged writes left before their sync", acks.len());
    assert!(early > acks.len() / 2, "only {early} of {} are early", acks.len());
}

/// Writes through a server under strace, and returns the trace.
async fn run(command: &mut Command, server: impl Fn(&Path, &mut Command)) -> String {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let output = data.path().join("strace.txt");
    command
        .args(["-f", "-s", "5000", "-e", "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg", "-o"])
        .arg(&output);
    server(data.path(), command.stderr(Stdio::null()));
    let server = Server::start(command).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let url = server.url.clone();
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                for number in 0..WRITES_OF_A_WRITER {
                    let path =
                        format!("{url}/obp/v3.1.0/banks/bank-1/customers/c-1/kyc_check/rec-{writer:02}-{number:02}");
                    let (status, body) = try_put(&client, "kim", path, check_body("traced")).await.expect("an answer");
                    assert_eq!(status, 200, "{body}");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    // strace ends with the server, and has then written the whole trace.
    let status = Command::new("pkill").args(["-TERM", "-P"]).arg(server.pid().to_string()).status().await.unwrap();
    assert!(status.success(), "the server gets the signal to stop");
    server.ended().await;
    std::fs::read_to_string(output).unwrap()
}

/// Tells for each answered record whether the file of its first write was synced before the response.
fn judge(trace: &str) -> BTreeMap<String, bool> {
    // By thread: the file, and the line where its unfinished sync began.
    let mut syncing: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    // By file: the line where the last successful sync began.
    let mut synced_from: BTreeMap<&str, usize> = BTreeMap::new();
    let mut logged: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    let mut answered = BTreeMap::new();
    for (number, line) in trace.lines().enumerate() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(written) = call.strip_prefix("pwrite64(") {
            for id in records(call) {
                // Later records write the page again. The first write belongs to the record's own commit.
                logged.entry(id).or_insert((first_argument(written), number));
            }
        } else if let Some(file) = call.strip_prefix("fdatasync(").or_else(|| call.strip_prefix("fsync(")) {
            if call.contains("unfinished") {
                syncing.insert(thread, (first_argument(file), number));
            } else if call.ends_with("= 0") {
                synced_from.insert(first_argument(file), number);
            }
        } else if call.contains("sync resumed>") && call.ends_with("= 0") {
            synced_from.extend(syncing.remove(thread));
        } else if call.contains("HTTP/1.1 200") {
            for id in records(call) {
                let synced = logged
                    .get(&id)
                    .is_some_and(|(file, logged)| synced_from.get(file).is_some_and(|from| from > logged));
                answered.entry(id).or_insert(synced);
            }
        }
    }
    answered
}

/// The first argument of a call, a file descriptor. `call` begins after the parenthesis.
fn first_argument(call: &str) -> &str {
    call.split([',', ')', ' ', '<']).next().unwrap_or_default()
}

/// The ids of this test's records that a line mentions.
fn records(line: &str) -> impl Iterator<Item = String> {
    line.match_indices("rec-").filter_map(|(at, _)| line.get(at..at + "rec-00-00".len())).map(str::to_owned)
}

//! Standard error that is closed, full, on a full disk or without a reader: the server answers every request, ends in order, and
//! counts the lines that it could not write.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, PipeReader, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::watch;

use crate::support::app::FAULTY;
use crate::support::process::{Server, obp_host, store, weak_server};
use crate::support::{check_body, get, send, try_put, unknown_error, world};

const REQUESTS: usize = 40;
/// More lines than the log's queue takes.
const CONNECTIONS: usize = 3000;
/// A bound for a test that fails. A good server writes its lines at once.
const LINES_TIMEOUT: Duration = Duration::from_secs(60);
/// The kernel's default size of a pipe.
const PIPE_BYTES: usize = 64 << 10;

/// The other side of the server's standard error.
#[derive(Clone, Copy, Debug)]
enum Behind {
    Nothing,
    FullDisk,
    ReaderGone,
    FullPipe,
}

const ALL: [Behind; 4] = [Behind::Nothing, Behind::FullDisk, Behind::ReaderGone, Behind::FullPipe];

/// A server with this standard error. The reader is the other end of a full pipe.
async fn started(mut command: Command, behind: Behind) -> (Server, Option<PipeReader>) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let (stderr, reader) = match behind {
        Behind::Nothing => {
            let inner = command.as_std();
            let mut shell = Command::new("sh");
            shell.args(["-c", r#"exec "$0" "$@" 2>&-"#]).arg(inner.get_program()).args(inner.get_args());
            shell.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
            command = shell;
            (Stdio::inherit(), None)
        }
        Behind::FullDisk => (OpenOptions::new().write(true).open("/dev/full").unwrap().into(), None),
        Behind::ReaderGone => {
            drop(reader);
            (writer.into(), None)
        }
        Behind::FullPipe => {
            let line = format!("{}\n", "x".repeat(63));
            writer.write_all(line.repeat(PIPE_BYTES / line.len()).as_bytes()).unwrap();
            (writer.into(), Some(reader))
        }
    };
    (Server::start(command.stderr(stderr)).await, reader)
}

/// The server with the component that traps on request. It logs every connection that breaks.
fn faulty(data: &std::path::Path) -> Command {
    let mut command = Command::new(obp_host());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    command.env("OBP_HOST_COMPONENT", FAULTY).env("OBP_HOST_COMPILED_CACHE", "false");
    command.env("OBP_HOST_LOG__LEVEL", "debug");
    command
}

async fn world() -> tempfile::TempDir {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    data
}

/// Sends a request that traps, which the server logs as an error.
async fn trap(url: &str, number: usize) -> Option<(u16, String)> {
    let url = format!("{url}/obp/v3.1.0/banks/bank-1/customers/c-1/kyc_check/trap-{number}");
    try_put(&Client::new(), "kim", url, check_body("fault: trap")).await
}

/// Leaves in the middle of a head, which the server logs as a broken connection.
async fn break_connection(url: &str) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
    stream.shutdown().await.unwrap();
    // The server may reset the connection.
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_answered_whatever_is_behind_standard_error() {
    for behind in ALL {
        let data = world().await;
        let (server, _reader) = started(faulty(data.path()), behind).await;
        for _ in 0..CONNECTIONS {
            break_connection(&server.url).await;
        }
        for number in 0..REQUESTS {
            assert_eq!(trap(&server.url, number).await, Some(unknown_error(500)), "{behind:?}");
            let checks = get(&Client::new(), "kim", server.url("/customers/c-1/kyc_checks")).await;
            assert_eq!(checks, r#"{"checks":[]}"#, "{behind:?}");
        }
        assert_eq!(server.stop().await.code(), Some(0), "{behind:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_lines_are_counted_and_stated_when_the_reader_goes_on() {
    let data = world().await;
    let (server, reader) = started(faulty(data.path()), Behind::FullPipe).await;
    for _ in 0..CONNECTIONS {
        break_connection(&server.url).await;
    }
    let (counts, mut counted) = watch::channel((0, 0));
    thread::spawn(move || {
        for line in BufReader::new(reader.unwrap()).lines().map_while(Result::ok) {
            counts.send_modify(|(broken, stated)| {
                *broken += usize::from(line.contains("a connection broke"));
                if let Some((before, _)) = line.split_once(" log lines were dropped") {
                    *stated += before.rsplit(' ').next().unwrap().parse::<usize>().unwrap();
                }
            });
        }
    });
    let all = counted.wait_for(|(broken, stated)| broken + stated >= CONNECTIONS);
    let all = tokio::time::timeout(LINES_TIMEOUT, all).await.is_ok();
    let (broken, stated) = *counted.borrow();
    println!("{broken} lines written, {stated} dropped");
    assert!(all && broken > 0 && stated > 0, "{broken} written, {stated} dropped");
    assert_eq!(server.stop().await.code(), Some(0));
}

/// The control: a server that logs as before gives no answer to a request that it logs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_log_that_can_fail_the_request_has_no_answer() {
    for behind in [Behind::FullDisk, Behind::ReaderGone] {
        let data = world().await;
        let mut command = Command::new(weak_server());
        command.arg("loud").arg(data.path());
        let (server, _) = started(command, behind).await;
        assert_eq!(trap(&server.url, 0).await, None, "{behind:?}");
    }
}

/// The control: a server that logs as before answers only after its line was read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_log_that_can_block_the_request_waits_for_the_reader() {
    let data = world().await;
    let mut command = Command::new(weak_server());
    command.arg("loud").arg(data.path());
    let (server, reader) = started(command, Behind::FullPipe).await;
    let url = server.url.clone();
    let request = tokio::spawn(async move { trap(&url, 0).await });
    while !writes_to_standard_error(server.pid()) {
        tokio::task::yield_now().await;
    }
    assert!(!request.is_finished());
    let reading = thread::spawn(move || BufReader::new(reader.unwrap()).lines().map_while(Result::ok).count());
    assert_eq!(request.await.unwrap(), Some(unknown_error(500)));
    server.kill().await;
    reading.join().unwrap();
}

/// Whether a thread of the process is in a write to standard error.
fn writes_to_standard_error(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let calls = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("syscall")));
    // The number of the call, and its first argument.
    calls.flatten().any(|call| call.starts_with("1 0x2 "))
}

/// Registrations beyond the limit of hashing are refused as saturation, and the log does not grow with them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saturated_hashing_is_503_and_logged_once_a_second() {
    const USERS: usize = 300;
    let data = world().await;
    let log = data.path().join("log");
    let mut command = Command::new(obp_host());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
    command.env("OBP_HOST_LIMITS__PASSWORD_HASHES_AT_ONCE_MAX", "1");
    command.env("OBP_HOST_LIMITS__PASSWORD_HASHES_WAITING_MAX", "1");
    let server = Server::start(command.stderr(std::fs::File::create(&log).unwrap())).await;
    let register = |number: usize| {
        let (client, url) = (Client::new(), server.url("/users"));
        async move {
            let mut user: Value = serde_json::from_str(&crate::support::sample_body("/users")).unwrap();
            user["username"] = format!("user-{number}").into();
            send(&client, Method::POST, "kim", url, user.to_string()).await.expect("an answer")
        }
    };
    let started = std::time::Instant::now();
    let sent: Vec<_> = (0..USERS).map(|number| tokio::spawn(register(number))).collect();
    let mut busy = 0;
    for answer in sent {
        match answer.await.unwrap() {
            (201, _) => {}
            answer => {
                assert_eq!(answer, unknown_error(503));
                busy += 1;
            }
        }
    }
    assert_eq!(register(USERS).await.0, 201);
    let seconds = started.elapsed().as_secs() + 1;
    assert_eq!(server.stop().await.code(), Some(0));
    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("too many passwords wait")).collect();
    println!("{busy} of {USERS} busy in {seconds} s: {} of {} lines", lines.len(), log.lines().count());
    assert!(busy > USERS / 2, "{busy}");
    // Each second has a line and its count.
    assert!(lines.len() as u64 <= 2 * seconds + 2, "{log}");
    assert!(lines.iter().any(|line| line.contains("repeated")) && !log.contains("backtrace"), "{log}");
}

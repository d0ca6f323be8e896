//! Connections: how many one address and its block may open, and how many files the process may.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;

use crate::support::TestApp;
use crate::support::process::{Server, obp_host};

async fn connect(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse::<IpAddr>().unwrap(), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// Whether the server answers a request on this connection. It stays open.
async fn is_answered(stream: &mut TcpStream) -> bool {
    if stream.write_all(b"GET /obp/v3.1.0/root HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.is_err() {
        return false;
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"}}") {
        if !matches!(stream.read_buf(&mut answer).await, Ok(1..)) {
            return false;
        }
    }
    answer.starts_with(b"HTTP/1.1 200 ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_and_its_block_can_open_only_so_many_connections() {
    let app = TestApp::with(&[
        ("OBP_HOST_LIMITS__CONNECTIONS_PER_ADDRESS_MAX", "2"),
        ("OBP_HOST_LIMITS__CONNECTIONS_PER_BLOCK_MAX", "3"),
    ])
    .await;
    let mut open = Vec::new();
    for (from, admitted) in [
        ("127.0.0.2", true),
        ("127.0.0.2", true),
        // The address has two.
        ("127.0.0.2", false),
        ("127.0.0.3", true),
        // The block 127.0.0.0/24 has three.
        ("127.0.0.4", false),
        // The control: other blocks have their own limit.
        ("127.0.1.2", true),
    ] {
        let mut stream = connect(from, app.address).await;
        assert_eq!(is_answered(&mut stream).await, admitted, "{from}");
        open.push(stream);
    }
    // A connection that ends makes room for another.
    drop(open);
    while !is_answered(&mut connect("127.0.0.2", app.address).await).await {}
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_and_a_low_one_is_reported() {
    for (soft, hard, warns) in [(128, 20_000, false), (128, 256, true)] {
        let data = crate::support::folder().unwrap();
        let log = data.path().join("log");
        let mut command = Command::new("sh");
        let script = format!("ulimit -Sn {soft} && ulimit -Hn {hard} && exec \"$0\" \"$@\" 2>\"$LOG\"");
        command.arg("-c").arg(script).arg(obp_host()).args(["serve", "--listen", "127.0.0.1:0", "--data"]);
        let server = Server::start(command.arg(data.path()).env("LOG", &log)).await;
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
        let files: Vec<_> =
            limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap().split_whitespace().collect();
        assert_eq!(files[..2], [hard.to_string(), hard.to_string()]);
        let log = std::fs::read_to_string(&log).unwrap();
        assert_eq!(log.contains("`limits.connections_max` = 10000"), warns, "{log}");
    }
}

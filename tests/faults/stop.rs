//! A server that is told to stop answers every request whose connection the kernel has accepted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::gate::Gate;
use crate::support::process::{Server, store};
use crate::support::sizes::sized;
use crate::support::{TestApp, world};

const CLIENTS: usize = 24;
/// Requests that are answered before the server is told to stop.
const ANSWERED_BEFORE: usize = 200;
const HEAD: &str =
    "GET /obp/v3.1.0/users/current HTTP/1.1\r\nHost: 127.0.0.1\r\nDirectLogin: token=token-of-kim\r\n\r\n";

/// Sends a request. Returns whether the answer is whole, and whether the connection stays open.
async fn ask(stream: &mut TcpStream) -> Option<bool> {
    stream.write_all(HEAD.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    loop {
        if !matches!(stream.read_buf(&mut answer).await, Ok(1..)) {
            return None;
        }
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if Some(body.len()) == length {
            assert!(head.starts_with("HTTP/1.1 200 "), "{text}");
            return Some(!head.to_ascii_lowercase().contains("connection: close"));
        }
    }
}

/// The results of the clients.
#[derive(Default)]
struct Seen {
    answered: AtomicUsize,
    lost: AtomicUsize,
    after_the_signal: AtomicUsize,
    is_told: AtomicBool,
}

impl Seen {
    /// Sends requests until no connection is possible. `reuses` says whether a connection carries more than one request.
    async fn load(&self, address: SocketAddr, reuses: bool) {
        while let Ok(mut stream) = TcpStream::connect(address).await {
            loop {
                let is_told = self.is_told.load(Ordering::SeqCst);
                match ask(&mut stream).await {
                    Some(stays_open) => {
                        self.answered.fetch_add(1, Ordering::SeqCst);
                        self.after_the_signal.fetch_add(is_told.into(), Ordering::SeqCst);
                        if !(stays_open && reuses) {
                            break;
                        }
                    }
                    None => {
                        self.lost.fetch_add(1, Ordering::SeqCst);
                        break;
                    }
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_loses_no_request_of_an_accepted_connection() {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let (mut answered, mut after) = (0, 0);
    let rounds = sized(5, 50);
    for round in 0..rounds {
        let server = Server::serve(data.path()).await;
        let address = server.url.strip_prefix("http://").unwrap().parse().unwrap();
        let seen = Arc::<Seen>::default();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let seen = Arc::clone(&seen);
                tokio::spawn(async move { seen.load(address, client % 2 == 0).await })
            })
            .collect();
        while seen.answered.load(Ordering::SeqCst) < ANSWERED_BEFORE {
            tokio::task::yield_now().await;
        }
        seen.is_told.store(true, Ordering::SeqCst);
        assert!(server.stop().await.success());
        for client in clients {
            client.await.unwrap();
        }
        assert_eq!(seen.lost.load(Ordering::SeqCst), 0, "round {round}");
        answered += seen.answered.load(Ordering::SeqCst);
        after += seen.after_the_signal.load(Ordering::SeqCst);
    }
    println!("{answered} answers, {after} of them to requests after the signal");
    assert!(after > 0, "no request was under way at a signal, so the test showed nothing");
}

/// The only permit is in use, so that the second client waits in the kernel's queue when the server is told to stop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_in_the_queue_of_the_kernel_is_answered_after_the_stop() {
    let gate = Gate::new();
    let settings = [("OBP_HOST_LIMITS__CONNECTIONS_MAX", "1")];
    let mut app = TestApp::with_over(&settings, |store| gate.before(store)).await;
    let mut first = TcpStream::connect(app.address).await.unwrap();
    let first = tokio::spawn(async move { ask(&mut first).await });
    gate.arrived(1).await;
    let mut second = TcpStream::connect(app.address).await.unwrap();
    let second = tokio::spawn(async move { ask(&mut second).await });
    app.stop();
    gate.open();
    assert_eq!(
        (first.await.unwrap(), second.await.unwrap()),
        (Some(false), Some(false)),
        "both are answered and closed"
    );
    app.ended().await;
}

/// The control: a server that only closes its socket loses the connections in the queue.
#[tokio::test]
async fn a_server_that_closes_its_socket_loses_the_connections_in_the_queue() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    drop(listener);
    assert_eq!(ask(&mut stream).await, None);
}

//! A stub of a service on the internet, which extensions call:
//!
//! - `/ok` is answered at once, `/after/MS` after this time, `/held` when the test allows it.
//! - `/long/BYTES` has a body of this length, `/endless/BYTES` the same without a `Content-Length`.
//! - `/redirect/HOST` redirects to this host.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// The end of a chunked body.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// A running stub, which stops when this is dropped.
pub struct Peer {
    pub port: u16,
    asked: Arc<AtomicUsize>,
    held: Arc<Semaphore>,
    serving: JoinHandle<()>,
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::<AtomicUsize>::default();
        let held = Arc::new(Semaphore::new(0));
        let (counted, gate) = (Arc::clone(&asked), Arc::clone(&held));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer(stream, Arc::clone(&gate)));
            }
        });
        Self { port, asked, held, serving }
    }

    /// The number of connections so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Waits for the first connection.
    pub async fn is_asked(&self) {
        while self.asked() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Answers the held requests.
    pub fn let_go(&self) {
        self.held.close();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request. Returns `None` if the client closes the connection.
async fn answer(mut stream: TcpStream, held: Arc<Semaphore>) -> Option<()> {
    let mut read = Vec::new();
    while !is_whole(&read) {
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&read).into_owned();
    let path = head.split(' ').nth(1)?;
    let (what, with) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let number = with.parse().unwrap_or_default();
    let reply = match what {
        "after" => {
            tokio::time::sleep(Duration::from_millis(number)).await;
            with_length("200 OK", "late")
        }
        "held" => {
            let _ = held.acquire().await;
            with_length("200 OK", "at last")
        }
        "long" => with_length("200 OK", &"x".repeat(number as usize)),
        "endless" => format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(number as usize)),
        "redirect" => {
            let location = format!("http://{with}");
            with_length(&format!("302 Found\r\nLocation: {location}"), &location)
        }
        _ => with_length("200 OK", "fine"),
    };
    stream.write_all(reply.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

fn is_whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let chunked = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase().contains("transfer-encoding");
    !chunked || request.ends_with(LAST_CHUNK)
}

fn with_length(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

//! A scripted server on 127.0.0.1. It reports its requests and the end of connections.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The action on each request.
#[derive(Clone)]
pub(super) enum Script {
    /// Answers with that text, and waits for the next request.
    Answer(String),
    /// Answers with that text and leaves.
    Leave(&'static str),
    /// Answers with that text, and then with bytes without end.
    Flood(&'static str),
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: UnboundedReceiver<String>,
    left: UnboundedReceiver<()>,
}

impl Server {
    pub(super) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let (asked, requests) = unbounded_channel();
        let (leave, left) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, leave, script) = (asked.clone(), leave.clone(), script.clone());
                tokio::spawn(async move {
                    serve(stream, script, asked).await;
                    let _ = leave.send(());
                });
            }
        });
        Self { address, requests, left }
    }

    /// Answers 200 with that body.
    pub(super) async fn says(body: &str) -> Self {
        let length = body.len();
        Self::start(Script::Answer(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"))).await
    }

    /// Never answers.
    pub(super) async fn silent() -> Self {
        Self::start(Script::Answer(String::new())).await
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next request, head and body.
    pub(super) async fn request(&mut self) -> String {
        self.requests.recv().await.expect("the server runs")
    }

    /// Whether there was a request that was not taken.
    pub(super) fn was_asked(&mut self) -> bool {
        self.requests.try_recv().is_ok()
    }

    /// Waits until a connection has ended.
    pub(super) async fn is_left(&mut self) {
        self.left.recv().await.expect("the server runs");
    }
}

async fn serve(mut stream: TcpStream, script: Script, asked: UnboundedSender<String>) {
    while let Some(request) = read(&mut stream).await {
        let _ = asked.send(request);
        let (text, endless, again) = match &script {
            Script::Answer(text) => (text.as_str(), false, true),
            Script::Leave(text) => (*text, false, false),
            Script::Flood(text) => (*text, true, false),
        };
        let mut went = stream.write_all(text.as_bytes()).await;
        while endless && went.is_ok() {
            went = stream.write_all(&[b'x'; 4096]).await;
        }
        if !again {
            return;
        }
    }
}

/// A request whose body has a length or is chunked; `None` if the connection ended before.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map(str::parse::<usize>);
        let whole = match length {
            Some(length) => body.len() >= length.expect("a length"),
            None => !head.contains("transfer-encoding: chunked") || body.ends_with("0\r\n\r\n"),
        };
        if whole {
            return Some(text);
        }
    }
}

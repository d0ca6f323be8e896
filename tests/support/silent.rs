//! Clients that send requests and do not read their answers, or read them slowly.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;

use super::tls::Pair;

/// The receive buffer, so that few bytes of an answer are in the kernel.
const RECEIVE_BYTES: u32 = 4096;
/// How long a client is silent before it connects again.
const SILENCE: Duration = Duration::from_secs(3);
/// The first bytes of an HTTP/2 client.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Settings with a window of 0 for every stream: the server may send heads only.
const NO_WINDOW: &[u8] = &[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    /// The user whose token is sent.
    pub user: Option<&'static str>,
}

impl Asked {
    fn login(&self) -> Option<String> {
        self.user.map(|user| format!("token={}", super::world::token(user)))
    }

    fn http1(&self) -> String {
        let login = self.login().map_or(String::new(), |login| format!("DirectLogin: {login}\r\n"));
        format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{login}\r\n", self.path)
    }

    /// A HEADERS frame. Each header is a literal of RFC 7541 §6.2.2, or of the static table.
    fn http2(&self, stream: u32) -> Vec<u8> {
        const GET: u8 = 0x82;
        const HTTPS: u8 = 0x87;
        let mut block = vec![GET, HTTPS, 0x04];
        let text = |block: &mut Vec<u8>, text: &str| {
            // An integer with a prefix of 7 bits.
            match text.len() {
                short @ 0..127 => block.push(short as u8),
                long => {
                    block.push(127);
                    let mut rest = long - 127;
                    while rest >= 128 {
                        block.push((rest % 128) as u8 | 0x80);
                        rest /= 128;
                    }
                    block.push(rest as u8);
                }
            }
            block.extend_from_slice(text.as_bytes());
        };
        text(&mut block, &self.path);
        block.push(0x01);
        text(&mut block, "127.0.0.1");
        if let Some(login) = self.login() {
            block.push(0x00);
            text(&mut block, "directlogin");
            text(&mut block, &login);
        }
        const HEADERS: u8 = 1;
        const END_OF_STREAM_AND_OF_HEADERS: u8 = 5;
        let length = (block.len() as u32).to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], HEADERS, END_OF_STREAM_AND_OF_HEADERS];
        frame.extend(stream.to_be_bytes());
        frame.extend(block);
        frame
    }
}

/// A connection with a small receive buffer.
async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BYTES)?;
    socket.connect(address).await
}

/// A client of HTTP/1.1 that reads nothing.
pub async fn http1(pair: &Pair, address: SocketAddr, asked: &Asked) -> std::io::Result<TlsStream<TcpStream>> {
    let mut stream = pair.secure(connect(address).await?, &["http/1.1"]).await?;
    stream.write_all(asked.http1().as_bytes()).await?;
    Ok(stream)
}

/// A client of HTTP/2 that opens this many streams and grants no window to any.
pub async fn http2(
    pair: &Pair,
    address: SocketAddr,
    asked: &Asked,
    streams: u32,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut stream = pair.secure(connect(address).await?, &["h2"]).await?;
    stream.write_all(PREFACE).await?;
    stream.write_all(NO_WINDOW).await?;
    for number in 0..streams {
        stream.write_all(&asked.http2(2 * number + 1)).await?;
    }
    Ok(stream)
}

/// Reads a few bytes again and again until the server ends the connection.
pub async fn sip(mut stream: TlsStream<TcpStream>) {
    let mut few = [0; 64];
    while let Ok(1..) = stream.read(&mut few).await {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Keeps a client connected: it connects again when the server ends its connection, or after [`SILENCE`]. Ends when it is aborted.
pub async fn keep(pair: Arc<Pair>, address: SocketAddr, asked: Asked, kind: Kind) {
    loop {
        let connected = match kind {
            Kind::Http1Slow | Kind::Http1Silent => http1(&pair, address, &asked).await,
            Kind::Http2 { streams } => http2(&pair, address, &asked, streams).await,
        };
        match connected {
            Ok(stream) if matches!(kind, Kind::Http1Slow) => sip(stream).await,
            Ok(_silent) => tokio::time::sleep(SILENCE).await,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// A kind of client.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Http1Silent,
    Http1Slow,
    Http2 { streams: u32 },
}

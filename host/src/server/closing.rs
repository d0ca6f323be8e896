//! The end of an HTTP/1.1 connection that the server closes: a last answer, and a moment in which the client can read it.

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How long the server reads and discards what the client still sends. If the socket were closed with unread bytes, the kernel would
/// reset the connection, and the client could lose the answer.
const LINGER: Duration = Duration::from_secs(1);
/// The most bytes that are discarded.
const DISCARDED_BYTES_MAX: usize = 4 << 20;
/// A request for the HTTP library, so that it writes an answer to a message that it has refused, or that has not arrived.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// Sends a last answer, if there is one, and ends the connection.
pub(super) async fn close(stream: impl AsyncRead + AsyncWrite + Unpin, last: Option<Response<Full<Bytes>>>) {
    let closing = async {
        let (mut reader, mut writer) = tokio::io::split(stream);
        if let Some(last) = last {
            answer(&mut writer, last).await;
        }
        // The library has ended the writing if it has written.
        let _ = writer.shutdown().await;
        discard(&mut reader).await;
    };
    let _ = tokio::time::timeout(LINGER, closing).await;
}

async fn answer(writer: &mut (impl AsyncWrite + Unpin), last: Response<Full<Bytes>>) {
    let service = service_fn(move |_: Request<Incoming>| ready(Ok::<_, Infallible>(last.clone())));
    let stand_in = tokio::io::join(STAND_IN, writer);
    // The stand-in ends after the request: the connection must not count as broken.
    let served = http1::Builder::new().half_close(true).serve_connection(TokioIo::new(stand_in), service).await;
    if let Err(error) = served {
        tracing::debug!(error = &error as &dyn std::error::Error, "a last answer was not sent");
    }
}

async fn discard(reader: &mut (impl AsyncRead + Unpin)) {
    let mut discarded = 0;
    let mut bytes = [0; 4096];
    while discarded < DISCARDED_BYTES_MAX
        && let Ok(read @ 1..) = reader.read(&mut bytes).await
    {
        discarded += read;
    }
}

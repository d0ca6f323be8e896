//! The bytes of an HTTP/1.1 connection. Notes its progress, and holds back the answers of the HTTP library itself, which have no
//! body: the application words them.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::progress::Progress;

/// The longest answer of the library itself.
const LIBRARY_ANSWER_BYTES_MAX: usize = 160;

/// A stream of bytes, encrypted or not.
#[derive(Debug)]
pub(super) struct Http1Io<S> {
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Http1Io<S> {
    pub(super) fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self { stream, progress }
    }

    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.progress.wrote(written.is_pending());
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Http1Io<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.progress.read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Http1Io<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = match library_answer(buf) {
            None => Pin::new(&mut self.stream).poll_write(cx, buf),
            Some((0, status)) => {
                self.progress.refuse(status);
                return Poll::Ready(Ok(buf.len()));
            }
            // The library writes the rest again.
            Some((begin, _)) => Pin::new(&mut self.stream).poll_write(cx, buf.get(..begin).unwrap_or_default()),
        };
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let last = bufs.iter().rfind(|part| !part.is_empty());
        if last.is_some_and(|last| library_answer(last).is_some()) {
            let first = bufs.iter().find(|part| !part.is_empty());
            return self.poll_write(cx, first.map_or(&[], |first| first));
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Where an answer of the library itself begins in these bytes, and its status. The library writes it last. It has no body and only
/// the three headers of the library, and no answer of an application is like it.
fn library_answer(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let tail = bytes.get(bytes.len().saturating_sub(LIBRARY_ANSWER_BYTES_MAX)..)?;
    let begin = tail.windows(7).rposition(|window| window == b"HTTP/1.")?;
    let mut lines = std::str::from_utf8(tail.get(begin..)?).ok()?.trim_end().split("\r\n");
    let status: StatusCode = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let is_refusal = matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let names = ["connection: ", "content-length: 0", "date: "];
    let is_own = lines.all(|line| names.iter().any(|name| line.starts_with(name)));
    (is_refusal && is_own).then_some((bytes.len() - tail.len() + begin, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\
                           date: Sat, 28 Nov 2026 11:11:06 GMT\r\n\r\n";

    #[test]
    fn only_an_answer_of_the_library_itself_is_recognised() {
        let other = REFUSAL.replace("connection: close", "x-other: y");
        let body = REFUSAL.replace("content-length: 0", "content-length: 1");
        let success = REFUSAL.replace("400 Bad Request", "200 OK");
        let after = format!("{other}{{}}{REFUSAL}");
        for (bytes, expected) in [
            (REFUSAL, Some(0)),
            (&after, Some(after.len() - REFUSAL.len())),
            (&other, None),
            (&body, None),
            (&success, None),
            (&format!("{REFUSAL}x"), None),
            ("\r\n\r\n", None),
            ("", None),
        ] {
            let found = library_answer(bytes.as_bytes()).map(|(begin, status)| (begin, status.as_u16()));
            assert_eq!(found, expected.map(|begin| (begin, 400)), "{bytes}");
        }
    }
}

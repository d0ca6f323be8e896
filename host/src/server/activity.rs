//! Counts a connection's requests and the bytes that its client sends and takes. `connection.rs` decides from them whether it is
//! idle, `connections.rs` whether its client takes its answers.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes between two snapshots that show an answer. Fewer bytes are pings and other control frames.
const ANSWER_BYTES_MIN: u64 = 1024;

/// Returns the bytes of answers that a connection's client has not taken.
type Unread = Arc<dyn Fn() -> usize + Send + Sync>;

/// The counts of a connection.
#[derive(Default)]
pub(super) struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    unread: OnceLock<Unread>,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Snapshot {
    begun: u64,
    ended: u64,
    bytes_read: u64,
    bytes_written: u64,
}

/// Counts as a pending request until it is dropped.
pub(super) struct Pending(Arc<Activity>);

impl Activity {
    pub(super) fn begin(self: &Arc<Self>) -> Pending {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Pending(Arc::clone(self))
    }

    /// Asks `unread` for the bytes of answers that the client has not taken.
    pub(super) fn count_unread_with(&self, unread: Unread) {
        // A connection has one service, so that this is called once.
        let _ = self.unread.set(unread);
    }

    /// Bytes of answers that the client has not taken.
    pub(super) fn unread_bytes(&self) -> usize {
        self.unread.get().map_or(0, |unread| unread())
    }

    pub(super) fn bytes_written(&self) -> u64 {
        self.bytes_written.load(Ordering::Relaxed)
    }

    pub(super) fn wrote(&self, bytes: u64) {
        self.bytes_written.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            begun: self.begun.load(Ordering::Relaxed),
            ended: self.ended.load(Ordering::Relaxed),
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            bytes_written: self.bytes_written.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for Activity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(formatter)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl Snapshot {
    /// Whether, since `before`, no request was pending and no answer was sent.
    pub(super) fn is_idle_since(self, before: Self) -> bool {
        let written = self.bytes_written.saturating_sub(before.bytes_written);
        self.begun == self.ended && self.ended == before.ended && written < ANSWER_BYTES_MIN
    }
}

/// A socket that counts the bytes that its client takes.
#[derive(Debug)]
pub(super) struct Metered {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Metered {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }

    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.activity.wrote(bytes as u64);
        }
        written
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.activity.bytes_read.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.count(written)
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

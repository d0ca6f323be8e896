//! The listening socket at the stop, and the options of accepted sockets. Serves nothing.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use socket2::{SockFilter, SockRef};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// The pause before the next attempt if a connection cannot be accepted.
pub(super) const PAUSE: Duration = Duration::from_millis(10);
/// How long the last connections are accepted: a connection that a client is opening at the stop needs a round trip.
const LAST: Duration = Duration::from_millis(100);
/// Bytes of an answer that the kernel takes before it sends them. With more, a slow client would seem to make no progress.
const UNSENT_BYTES_MAX: u32 = 128 << 10;

/// A connection that was accepted.
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) from: IpAddr,
    /// One of the connections that may be open.
    pub(super) permit: OwnedSemaphorePermit,
}

/// The listening socket at the stop. It closes when this is dropped.
pub(super) struct Last {
    listener: std::net::TcpListener,
    until: Instant,
}

impl Last {
    /// Refuses new clients, as far as the kernel can. A client whose connection is complete must get an answer.
    pub(super) fn new(listener: TcpListener) -> io::Result<Self> {
        if let Err(error) = refuse_new(&listener) {
            tracing::debug!(%error, "the kernel cannot refuse connections before the socket closes");
        }
        // tokio asks the kernel only after the kernel has reported a connection. Here each attempt must ask it.
        Ok(Self { listener: listener.into_std()?, until: Instant::now() + LAST })
    }

    /// The next connection; `None` if there is none left.
    pub(super) async fn accept(&mut self, permit: OwnedSemaphorePermit) -> io::Result<Option<Accepted>> {
        loop {
            match self.listener.accept() {
                Ok((stream, from)) => {
                    stream.set_nonblocking(true)?;
                    return Ok(Some(Accepted { stream: TcpStream::from_std(stream)?, from: from.ip(), permit }));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() >= self.until => {
                    return Ok(None);
                }
                // No connection is there yet, the client has gone, or no file descriptor is free.
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

/// Lets the kernel discard the first packet of each new connection. Its client repeats the packet after a second, when the socket
/// is closed, and is then refused. Connections that were begun earlier are completed.
fn refuse_new(listener: &TcpListener) -> io::Result<()> {
    // A classic BPF program over the TCP header (`linux/filter.h`): the flags are byte 13, and SYN is bit 2 of them.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, 13),
        SockFilter::new(JUMP_IF_SET, 0, 1, 0x02),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

/// Sets the options of an accepted socket.
pub(super) fn prepare(stream: &TcpStream) {
    // Each answer is one write, so that waiting for more data gains nothing.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES_MAX);
}

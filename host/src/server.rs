//! Accepts connections, limits them, and drains them at the stop. Knows no OBP.

mod activity;
mod closing;
mod connection;
mod connections;
mod http1_drive;
mod http1_io;
mod http2_drive;
mod listener;
mod message_error;
mod progress;
mod proxies;
mod request_body;
mod stream_tasks;
mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::service::Service;
use hyper::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use self::connection::{Broken, Protocols, Served};
use self::connections::Connections;
use self::listener::Accepted;
pub use self::message_error::MessageError;
pub use self::proxies::Proxies;
pub use self::request_body::RequestBody;
pub use self::tls::{Tls, TlsError};

/// Limits of connections.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Connections open at once, including those in a handshake. More connections wait to be accepted.
    pub connections_max: usize,
    /// Connections open at once from one address. More connections are closed at once.
    pub connections_per_address_max: usize,
    /// Connections open at once from one block of addresses: IPv4 /24, IPv6 /64. More connections are closed at once.
    pub connections_per_block_max: usize,
    /// Requests accepted at once on one HTTP/2 connection.
    pub streams_max: u32,
    /// Duration of a TLS handshake, in milliseconds.
    pub handshake_ms_max: u64,
    /// Bytes of a request's head.
    pub head_bytes_max: usize,
    /// Time for a head to arrive, in milliseconds.
    pub head_read_ms_max: u64,
    /// Time for a connection to be idle, as clients are told, in milliseconds.
    pub idle_ms_max: u64,
    /// Time that requests have to finish when the server stops, in milliseconds.
    pub shutdown_ms_max: u64,
    /// The proxies before the server. Their connections are not limited by address, because they are those of many clients.
    pub proxies: Proxies,
}

/// A service that always answers, as hyper's trait.
pub trait Serves:
    Service<Request<RequestBody>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Serves for S where
    S: Service<Request<RequestBody>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// The program that answers the requests of a server.
pub trait Application: Send + Sync + 'static {
    /// The service of one connection.
    type Service: Serves + Sync;

    /// The service of a new connection.
    fn connect(&self) -> Self::Service;

    /// The answer to a message that never becomes a request of this service. The headers are empty if none were read.
    fn refuse(service: &Self::Service, error: &MessageError, headers: &HeaderMap) -> Response<Full<Bytes>>;

    /// Bytes of the answers of this service that its client has not taken.
    fn unread_bytes(service: &Self::Service) -> usize;

    /// Whether unread answers use so much memory that the server must cut clients that do not take theirs.
    fn is_short_of_memory(&self) -> bool;
}

/// A service whose answers are not counted, the same for all connections.
impl<S: Serves + Sync> Application for S {
    type Service = Self;

    fn connect(&self) -> Self {
        self.clone()
    }

    fn refuse(_: &Self, error: &MessageError, _: &HeaderMap) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::from(format!("{error}\n")));
        *response.status_mut() = error.status();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
        response
    }

    fn unread_bytes(_: &Self) -> usize {
        0
    }

    fn is_short_of_memory(&self) -> bool {
        false
    }
}

/// A running server.
struct Server<A> {
    application: A,
    protocols: Arc<Protocols>,
    connections: Arc<Connections>,
    /// One permit for each open connection.
    permits: Arc<Semaphore>,
}

/// Serves until `stop` is done. Then it accepts the connections that clients have opened until then, answers the requests of all
/// connections, and returns. With `tls` all connections are encrypted.
pub async fn serve<A: Application>(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    application: A,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) {
    let server = Arc::new(Server {
        application,
        permits: Arc::new(Semaphore::new(limits.connections_max)),
        protocols: Arc::new(Protocols::new(tls, limits)),
        connections: Arc::default(),
    });
    // Every connection holds a receiver. A message asks them to end; when no receiver is left, all have ended.
    let (start_drain, drain) = watch::channel(());
    tokio::select! {
        () = server.accept(&listener, &drain) => {}
        () = server.connections.cut_slow_readers(|| server.application.is_short_of_memory()) => {}
        () = stop => {}
    }
    let _ = start_drain.send(());
    let shutdown_ms_max = server.protocols.limits.shutdown_ms_max;
    let time = Duration::from_millis(shutdown_ms_max);
    let ended = async {
        // No client can connect while the last ones are accepted, so that this ends.
        if let Err(error) = server.accept_last(listener, drain).await {
            tracing::warn!(%error, "cannot accept the last connections");
        }
        start_drain.closed().await;
    };
    if tokio::time::timeout(time, ended).await.is_err() {
        tracing::warn!("requests were cut off after {shutdown_ms_max} ms");
    }
}

impl<A: Application> Server<A> {
    /// Accepts connections. Never ends.
    async fn accept(self: &Arc<Self>, listener: &TcpListener, drain: &watch::Receiver<()>) {
        loop {
            let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, from)) => self.start(Accepted { stream, from: from.ip(), permit }, drain.clone()),
                Err(error) => {
                    // Either no file descriptor is free or the client has gone. The next attempt may succeed after a pause.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(listener::PAUSE).await;
                }
            }
        }
    }

    /// Accepts the connections that the kernel has completed, and then closes the socket.
    async fn accept_last(self: &Arc<Self>, listener: TcpListener, drain: watch::Receiver<()>) -> std::io::Result<()> {
        let mut last = listener::Last::new(listener)?;
        loop {
            let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else { return Ok(()) };
            match last.accept(permit).await? {
                Some(accepted) => self.start(accepted, drain.clone()),
                None => return Ok(()),
            }
        }
    }

    /// Serves a connection in a task of its own, unless too many are open from its address.
    fn start(self: &Arc<Self>, accepted: Accepted, drain: watch::Receiver<()>) {
        let Accepted { stream, from, permit } = accepted;
        let Some(admitted) = self.connections.admit(from, &self.protocols.limits) else { return };
        listener::prepare(&stream);
        let service = self.application.connect();
        let counted = service.clone();
        admitted.activity.count_unread_with(Arc::new(move || A::unread_bytes(&counted)));
        let server = Arc::clone(self);
        let served = Served { peer: from, activity: Arc::clone(&admitted.activity), service, drain };
        tokio::spawn(async move {
            let served = tokio::select! {
                served = server.protocols.serve::<A>(stream, served) => served,
                () = admitted.cut.notified() => Err(Broken::TakesNoAnswers),
            };
            if let Err(error) = served {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
            }
            drop((admitted, permit));
        });
    }
}

//! Accepts connections, limits them, and drains them at the stop. Knows no OBP.

mod activity;
mod connection;
mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use self::connection::Protocols;
pub use self::tls::{Tls, TlsError};

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Connections open at once, including those in a handshake. More connections wait to be accepted.
    pub connections_max: usize,
    /// Requests handled at once on one HTTP/2 connection.
    pub streams_max: u32,
    /// Duration of a TLS handshake, in milliseconds.
    pub handshake_ms_max: u64,
    /// Bytes of a request's head.
    pub head_bytes_max: usize,
    /// Time for a head to arrive, and for a connection to be idle, in milliseconds.
    pub head_read_ms_max: u64,
    /// Time that requests have to finish when the server stops, in milliseconds.
    pub shutdown_ms_max: u64,
}

/// A service that always answers, as hyper's trait.
pub trait Serves:
    Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> Serves for S where
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Serves until `stop` is done. Then it accepts no more connections, waits for the requests, and returns. With `tls` all
/// connections are encrypted.
pub async fn serve<S: Serves>(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    service: S,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) {
    let protocols = Arc::new(Protocols::new(tls, limits));
    let connections = Arc::new(Semaphore::new(limits.connections_max));
    // Every connection holds a receiver. A message asks them to end; when no receiver is left, all have ended.
    let (start_drain, drain) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Either no file descriptor is free or the client has gone. The next attempt may succeed after a pause.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        // Each answer is one write, so that waiting for more data gains nothing.
        let _ = stream.set_nodelay(true);
        let (protocols, service, drain) = (Arc::clone(&protocols), service.clone(), drain.clone());
        tokio::spawn(async move {
            if let Err(error) = protocols.serve(stream, service, drain).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
            }
            drop(permit);
        });
    }
    drop((listener, drain));
    let _ = start_drain.send(());
    let time = Duration::from_millis(limits.shutdown_ms_max);
    if tokio::time::timeout(time, start_drain.closed()).await.is_err() {
        tracing::warn!("requests were cut off after {} ms", limits.shutdown_ms_max);
    }
}

//! The socket: accepts connections, bounds them, and drains them when told to stop. Knows no OBP.

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

/// What a connection may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once, those in their handshake included; further ones wait to be accepted.
    pub connections_max: usize,
    /// Requests under way at once on one HTTP/2 connection.
    pub streams_max: u32,
    /// How long a TLS handshake may take, in milliseconds.
    pub handshake_ms_max: u64,
    /// Bytes of a request's head.
    pub head_bytes_max: usize,
    /// How long a head may take to arrive, and a connection may idle, in milliseconds.
    pub head_read_ms_max: u64,
    /// How long requests may take to end once the server stops, in milliseconds.
    pub shutdown_ms_max: u64,
}

/// What answers requests: hyper's trait, of a service that always answers.
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

/// Serves until `stop` is done; then accepts no more, lets requests end, and returns. With `tls` nothing goes unencrypted.
pub async fn serve<S: Serves>(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    service: S,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let protocols = Arc::new(Protocols::new(tls, limits));
    let connections = Arc::new(Semaphore::new(limits.connections_max));
    // Every connection holds a receiver: they are told to end by a message, and have ended when nobody could receive one.
    let (draining, told) = watch::channel(());
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
                // Out of file descriptors, or the client has gone: the next may do better, but not at once.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        // An answer is one write: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let (protocols, service, told) = (Arc::clone(&protocols), service.clone(), told.clone());
        tokio::spawn(async move {
            if let Err(error) = protocols.serve(stream, service, told).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
            }
            drop(permit);
        });
    }
    drop((listener, told));
    let _ = draining.send(());
    let time = Duration::from_millis(limits.shutdown_ms_max);
    if tokio::time::timeout(time, draining.closed()).await.is_err() {
        tracing::warn!("requests were cut off after {} ms", limits.shutdown_ms_max);
    }
}

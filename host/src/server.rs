//! The socket: accepts connections, bounds them, and drains them when told to stop. Knows no OBP.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What a connection may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; further ones wait to be accepted.
    pub connections_max: usize,
    /// Bytes of a request's head.
    pub head_bytes_max: usize,
    /// How long a head may take to arrive, and a connection may idle, in milliseconds.
    pub head_read_ms_max: u64,
    /// How long requests may take to end once the server stops, in milliseconds.
    pub shutdown_ms_max: u64,
}

/// Serves until `stop` is done; then accepts no more, lets requests end, and returns.
///
/// Plain sockets speak HTTP/1.1 only: a server that sniffs for HTTP/2 can be held open by a client that sends nothing.
pub async fn serve<S, F>(listener: TcpListener, service: Arc<S>, limits: Limits, stop: impl Future<Output = ()>)
where
    S: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.head_read_ms_max))
        .max_buf_size(limits.head_bytes_max);
    let connections = Arc::new(Semaphore::new(limits.connections_max));
    let draining = GracefulShutdown::new();
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
        let service = Arc::clone(&service);
        let answer = service_fn(move |request| {
            let answer = service(request);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = draining.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(permit);
        });
    }
    drop(listener);
    let time = Duration::from_millis(limits.shutdown_ms_max);
    if tokio::time::timeout(time, draining.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off after {} ms", limits.shutdown_ms_max);
    }
}

//! Serves one connection from its handshake to its end: chooses the protocol and ends idle connections. Knows no OBP.
//!
//! Plain sockets speak HTTP/1.1 only: if the server waited for the first bytes to detect HTTP/2, a silent client could hold
//! the connection. With TLS the handshake (ALPN) chooses the protocol.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use super::activity::{Activity, Metered};
use super::stream_tasks::StreamTasks;
use super::{ConnectionLimits, Serves, Tls};

/// Bytes of a body that a client may send before they are read, for one stream: the protocol's default.
const STREAM_WINDOW_BYTES: u32 = 65_535;
/// Bytes of bodies that a client may send before they are read, for all streams of a connection together.
const CONNECTION_WINDOW_BYTES: u32 = 262_144;
/// The longest time after the stop in which a connection may send another request.
const DRAIN_GRACE_MAX: Duration = Duration::from_secs(1);
/// Bytes of an answer that a stream buffers.
const SEND_BUFFER_BYTES: usize = 65_536;

/// A connection that ended with an error.
#[derive(Debug, Error)]
pub(super) enum Broken {
    #[error("the TLS handshake took too long")]
    HandshakeTooSlow,
    #[error("the TLS handshake failed")]
    Handshake(#[source] std::io::Error),
    #[error("the client sent no request and took no answer")]
    Idle,
    #[error("the client took too little of its answers while memory was short")]
    TakesNoAnswers,
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// The protocols and their settings.
pub(super) struct Protocols {
    tls: Option<Arc<Tls>>,
    http1: http1::Builder,
    limits: ConnectionLimits,
    handshake: Duration,
    idle: Duration,
    /// How long connections may send another request after the stop. A request that is on its way must be answered.
    drain_grace: Duration,
}

impl Protocols {
    pub(super) fn new(tls: Option<Arc<Tls>>, limits: ConnectionLimits) -> Self {
        let handshake = Duration::from_millis(limits.handshake_ms_max);
        let idle = Duration::from_millis(limits.head_read_ms_max);
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(idle).max_buf_size(limits.head_bytes_max);
        let drain_grace = DRAIN_GRACE_MAX.min(Duration::from_millis(limits.shutdown_ms_max / 2));
        Self { tls, http1, limits, handshake, idle, drain_grace }
    }

    /// HTTP/2 for one connection, which ends its streams with it.
    fn http2(&self) -> http2::Builder<StreamTasks> {
        let mut http2 = http2::Builder::new(StreamTasks::default());
        // hyper itself limits streams that are reset: 20 that are not accepted yet, 1024 because of the client's errors.
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.limits.streams_max)
            .max_header_list_size(u32::try_from(self.limits.head_bytes_max).unwrap_or(u32::MAX))
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_send_buf_size(SEND_BUFFER_BYTES)
            .keep_alive_interval(self.idle)
            .keep_alive_timeout(self.idle);
        http2
    }

    /// Serves a connection until it ends by itself, is idle, or is asked to end.
    pub(super) async fn serve(
        &self,
        stream: TcpStream,
        activity: &Arc<Activity>,
        service: impl Serves,
        drain: watch::Receiver<()>,
    ) -> Result<(), Broken> {
        let peer = stream.peer_addr().ok().map(|address| address.ip());
        let stream = Metered::new(stream, Arc::clone(activity));
        let (counts, draining) = (Arc::clone(activity), drain.clone());
        let answer = service_fn(move |mut request: Request<Incoming>| {
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            let pending = counts.begin();
            let (is_http2, is_head) = (request.version() == Version::HTTP_2, request.method() == Method::HEAD);
            let (answer, draining) = (service.call(request), draining.clone());
            async move {
                let mut response = answer.await?;
                drop(pending);
                if is_http2 {
                    return Ok::<_, Infallible>(fit_for_http2(response, is_head));
                }
                if draining.has_changed().unwrap_or(true) {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok(response)
            }
        });
        let Some(tls) = &self.tls else {
            let connection = self.http1.serve_connection(TokioIo::new(stream), answer);
            return self.drive(connection, activity, drain, false).await;
        };
        let mut drain_begins = drain.clone();
        let stream = tokio::select! {
            biased;
            stream = tokio::time::timeout(self.handshake, tls.accept(stream)) => stream,
            () = async { let _ = drain_begins.changed().await; tokio::time::sleep(self.drain_grace).await } => return Ok(()),
        };
        let stream = stream.map_err(|_| Broken::HandshakeTooSlow)?.map_err(Broken::Handshake)?;
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            let connection = self.http2().serve_connection(TokioIo::new(stream), answer);
            self.drive(connection, activity, drain, true).await
        } else {
            let connection = self.http1.serve_connection(TokioIo::new(stream), answer);
            self.drive(connection, activity, drain, false).await
        }
    }

    /// Asks a connection to end if it is idle or the server drains. If it then stays idle, cuts it.
    async fn drive<C>(
        &self,
        connection: C,
        activity: &Activity,
        mut drain: watch::Receiver<()>,
        is_http2: bool,
    ) -> Result<(), Broken>
    where
        C: GracefulConnection<Error = hyper::Error>,
    {
        let mut connection = pin!(connection);
        let (mut draining, mut ending) = (false, false);
        let mut seen = activity.snapshot();
        let mut checks = tokio::time::interval(self.idle);
        checks.reset();
        let mut grace = pin!(tokio::time::sleep(Duration::ZERO));
        loop {
            tokio::select! {
                // A request that has arrived comes before the end of its connection.
                biased;
                ended = connection.as_mut() => return Ok(ended?),
                _ = drain.changed(), if !draining => {
                    draining = true;
                    grace.as_mut().reset(Instant::now() + self.drain_grace);
                    // HTTP/2 tells the client which requests are answered. HTTP/1.1 would close an idle connection at once.
                    if !is_http2 {
                        continue;
                    }
                }
                () = &mut grace, if draining && !ending => {
                    if !activity.has_begun() && activity.snapshot() == seen {
                        return Ok(());
                    }
                }
                _ = checks.tick() => {
                    let before = std::mem::replace(&mut seen, activity.snapshot());
                    if !seen.is_idle_since(before) {
                        continue;
                    }
                    if ending {
                        return Err(Broken::Idle);
                    }
                }
            }
            ending = true;
            connection.as_mut().graceful_shutdown();
        }
    }
}

/// Fits a response to HTTP/2 where hyper does so for HTTP/1.1 only: removes the header `connection`, and the body of an
/// answer to `HEAD`.
fn fit_for_http2(mut response: Response<Full<Bytes>>, is_head: bool) -> Response<Full<Bytes>> {
    response.headers_mut().remove(CONNECTION);
    if is_head {
        let body = std::mem::take(response.body_mut());
        if let Some(length) = body.size_hint().exact().filter(|length| *length > 0) {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
    }
    response
}

//! Serves one connection from its handshake to its end: chooses the protocol, and hands requests to the service. Knows no OBP.
//!
//! Plain sockets speak HTTP/1.1 only: if the server waited for the first bytes to detect HTTP/2, a silent client could hold
//! the connection. With TLS the handshake (ALPN) chooses the protocol.

use std::convert::Infallible;
use std::future::ready;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::{Service as _, service_fn};
use hyper::{Method, Request, Response, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::activity::{Activity, Metered};
use super::message_error::MessageError;
use super::progress::{Progress, Times};
use super::request_body::{RequestBody, Rest};
use super::stream_tasks::StreamTasks;
use super::{Application, ConnectionLimits, Tls, http1_drive, http2_drive};

/// Bytes of a body that a client may send before they are read, for one stream: the protocol's default.
const STREAM_WINDOW_BYTES: u32 = 65_535;
/// Bytes of bodies that a client may send before they are read, for all streams of a connection together.
const CONNECTION_WINDOW_BYTES: u32 = 262_144;
/// The longest time after the stop in which a connection may send another request.
const DRAIN_GRACE_MAX: Duration = Duration::from_secs(1);
/// Bytes of an answer that a stream buffers.
const SEND_BUFFER_BYTES: usize = 65_536;
/// How much longer than announced an idle connection stays open: a request that a client sends at the last moment is answered.
const IDLE_GRACE: Duration = Duration::from_secs(2);
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

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
    pub(super) limits: ConnectionLimits,
    handshake: Duration,
    pub(super) times: Times,
    /// Value of the header `Keep-Alive`.
    keep_alive: HeaderValue,
    /// How long connections may send another request after the stop. A request that is on its way must be answered.
    pub(super) drain_grace: Duration,
}

/// An accepted connection, and how it is served.
pub(super) struct Served<A: Application> {
    /// The client's address.
    pub(super) peer: IpAddr,
    pub(super) activity: Arc<Activity>,
    pub(super) service: A::Service,
    /// Has a message when the server stops.
    pub(super) drain: watch::Receiver<()>,
}

/// The answer of a request.
pub(super) type Answering = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

impl Protocols {
    pub(super) fn new(tls: Option<Arc<Tls>>, limits: ConnectionLimits) -> Self {
        let handshake = Duration::from_millis(limits.handshake_ms_max);
        let mut http1 = http1::Builder::new();
        // The library counts a head's time from the end of the answer before it, so the server has timers of its own.
        http1.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(limits.head_bytes_max);
        let drain_grace = DRAIN_GRACE_MAX.min(Duration::from_millis(limits.shutdown_ms_max / 2));
        let idle = Duration::from_millis(limits.idle_ms_max);
        let times = Times { head: Duration::from_millis(limits.head_read_ms_max), idle: idle + IDLE_GRACE };
        let keep_alive = HeaderValue::try_from(format!("timeout={}", idle.as_secs()));
        let keep_alive = keep_alive.unwrap_or(HeaderValue::from_static("timeout=0"));
        Self { tls, http1, limits, handshake, times, keep_alive, drain_grace }
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
            .keep_alive_interval(self.times.head)
            .keep_alive_timeout(self.times.head);
        http2
    }

    /// Serves a connection until it ends by itself, is idle, or is asked to end.
    pub(super) async fn serve<A: Application>(
        self: &Arc<Self>,
        stream: TcpStream,
        served: Served<A>,
    ) -> Result<(), Broken> {
        let stream = Metered::new(stream, Arc::clone(&served.activity));
        let Some(tls) = &self.tls else { return self.http1(stream, served).await };
        let mut drain = served.drain.clone();
        let stream = tokio::select! {
            biased;
            stream = tokio::time::timeout(self.handshake, tls.accept(stream)) => stream,
            () = async { let _ = drain.changed().await; tokio::time::sleep(self.drain_grace).await } => return Ok(()),
        };
        let stream = stream.map_err(|_| Broken::HandshakeTooSlow)?.map_err(Broken::Handshake)?;
        if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
            return self.http1(stream, served).await;
        }
        let (protocols, activity, drain) = (Arc::clone(self), Arc::clone(&served.activity), served.drain.clone());
        let answer = service_fn(move |request| protocols.answer_http2(&served, request));
        let connection = pin!(self.http2().serve_connection(TokioIo::new(stream), answer));
        http2_drive::drive(connection, &activity, drain, self.times.idle).await
    }

    async fn http1<A: Application>(
        self: &Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send,
        served: Served<A>,
    ) -> Result<(), Broken> {
        let progress = Arc::new(Progress::new());
        let (protocols, answered, noted) = (Arc::clone(self), Arc::new(served), Arc::clone(&progress));
        let of = Arc::clone(&answered);
        let answer = service_fn(move |request| protocols.answer_http1(&of, &noted, request));
        http1_drive::serve(self, stream, &self.http1, answer, &answered, progress).await
    }

    /// Answers a request of HTTP/1.1, and says whether the connection stays open.
    fn answer_http1<A: Application>(
        &self,
        served: &Served<A>,
        progress: &Arc<Progress>,
        request: Request<Incoming>,
    ) -> Answering {
        progress.begin();
        let pending = served.activity.begin();
        let wrong = MessageError::of_head(&request);
        let stays = wrong.is_none() && stays_open(&request);
        let (request, rest) = self.prepared(served, request);
        let answering = match wrong {
            None => Ok(served.service.call(request)),
            Some(wrong) => Err(A::refuse(&served.service, &wrong, request.headers())),
        };
        let (progress, draining, keep_alive) = (Arc::clone(progress), served.drain.clone(), self.keep_alive.clone());
        Box::pin(async move {
            let mut response = match answering {
                Ok(answering) => answering.await?,
                Err(refused) => ready(refused).await,
            };
            let ends = !stays
                || response.headers().contains_key(CONNECTION)
                || !rest.ended().await
                || draining.has_changed().unwrap_or(true);
            drop(pending);
            progress.end(ends);
            let headers = response.headers_mut();
            if ends {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            } else {
                headers.insert(KEEP_ALIVE, keep_alive);
            }
            Ok(response)
        })
    }

    fn answer_http2<A: Application>(&self, served: &Served<A>, request: Request<Incoming>) -> Answering {
        let pending = served.activity.begin();
        let is_head = request.method() == Method::HEAD;
        let answering = served.service.call(self.prepared(served, request).0);
        Box::pin(async move {
            let response = answering.await?;
            drop(pending);
            Ok(fit_for_http2(response, is_head))
        })
    }

    /// The request as the service gets it: with the address of its client, and a body that tells whether it was read.
    fn prepared<A: Application>(&self, served: &Served<A>, request: Request<Incoming>) -> (Request<RequestBody>, Rest) {
        let (mut head, body) = request.into_parts();
        head.extensions.insert(self.limits.proxies.client(served.peer, &head.headers));
        let (body, rest) = RequestBody::new(body);
        (Request::from_parts(head, body), rest)
    }
}

/// Whether the client keeps the connection open after this request, as far as its head says.
fn stays_open(request: &Request<Incoming>) -> bool {
    let lines = request.headers().get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let options: Vec<_> =
        lines.flat_map(|line| line.split(',')).map(|option| option.trim().to_ascii_lowercase()).collect();
    let has = |option: &str| options.iter().any(|one| one == option);
    !has("close") && (request.version() == Version::HTTP_11 || has("keep-alive"))
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

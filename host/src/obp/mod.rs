//! Everything OBP-over-HTTP: routes, login, JSON, statuses. Below it nobody knows a path, a JSON key or a status.

mod accounts;
mod banks;
mod call;
pub mod codes;
mod consumers;
mod customers;
pub mod docs;
mod documents;
mod entitlements;
pub mod explain;
mod faults;
mod freshness;
mod json;
mod kyc;
pub(crate) mod login;
mod meetings;
mod meta;
#[cfg(feature = "native-baseline")]
mod native;
mod router;
pub mod routes;
mod users;

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body as HttpBody;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde::Serialize;
use tokio::time::Instant;

use self::call::Call;
use self::faults::Fault;
use self::router::{Found, Router};
use self::routes::{Body, Cache, Login, Route};
use crate::app::App;
use crate::calls::Session;
use bindings::caller::Caller;
use storage::Snapshot;

const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");
/// A body that is too large is answered at once; so much of it is read and thrown away that the client gets to see it.
const DISCARDED_BYTES_MAX: usize = 4 << 20;

/// A request's body, of whatever origin.
pub trait Incoming: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static {}

impl<B> Incoming for B where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static
{
}

/// The OBP API as a service, for hyper's servers and for tower's stacks. It always answers and is always ready: what is too
/// much is refused with 503. Clones are the same service.
#[derive(Clone)]
pub struct Service(Arc<Obp>);

impl Service {
    /// The API of that application.
    ///
    /// # Errors
    /// As [`Obp::new`].
    pub fn new(app: Arc<App>) -> Result<Self, String> {
        Obp::new(app).map(|obp| Self(Arc::new(obp)))
    }

    fn answer<B: Incoming>(&self, request: Request<B>) -> Answering {
        let obp = Arc::clone(&self.0);
        Box::pin(async move { Ok(obp.answer(request).await) })
    }
}

/// What [`Service`] returns.
pub type Answering = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

impl<B: Incoming> hyper::service::Service<Request<B>> for Service {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<B>) -> Answering {
        self.answer(request)
    }
}

impl<B: Incoming> tower_service::Service<Request<B>> for Service {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering {
        self.answer(request)
    }
}

/// The OBP API: a request in, a response out.
pub struct Obp {
    app: Arc<App>,
    router: Router,
    /// Of `WWW-Authenticate`.
    challenge: HeaderValue,
}

/// What a request's head leads to.
struct Admitted {
    route: &'static Route,
    params: Vec<String>,
    caller: Option<Caller>,
    snapshot: Option<Box<dyn Snapshot>>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    code: u16,
    message: &'a str,
}

impl Obp {
    /// The API of that application.
    ///
    /// # Errors
    /// If the routing table contradicts itself, or the host name cannot stand in a header.
    pub fn new(app: Arc<App>) -> Result<Self, String> {
        let realm = &app.config.hostname;
        let challenge = HeaderValue::try_from(format!("DirectLogin realm=\"{realm}\""));
        let challenge = challenge.map_err(|_| format!("hostname: {realm:?} cannot stand in a header"))?;
        Ok(Self { router: Router::new()?, app, challenge })
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Whether the operator has named the owner of that token. A hint for what to show; what it allows is the rules' to say.
    pub(crate) async fn is_super_admin(&self, token: &str) -> bool {
        login::is_super_admin(&self.app, token).await
    }

    /// Makes a token good for nothing.
    pub(crate) async fn forget(&self, token: &str) {
        login::forget(&self.app, token).await;
    }

    /// The consumer key that the pages sign people in with.
    pub(crate) async fn own_consumer_key(&self) -> anyhow::Result<String> {
        crate::app::own_consumer_key(&*self.app.store, &self.app.services.ambient).await
    }

    /// Answers a request; always, and in the envelope if not as wished.
    pub async fn answer<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let correlation_id = self.app.services.ambient.uuid().unwrap_or_default();
        if request.method() == Method::OPTIONS {
            return self.dressed(preflight(), &correlation_id);
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = match self.handle(request, &correlation_id).await {
            Ok(response) => response,
            Err(fault) => self.refusal(&fault, &format!("{method} {path}"), &correlation_id),
        };
        self.dressed(response, &correlation_id)
    }

    async fn handle<B: Incoming>(
        &self,
        request: Request<B>,
        correlation_id: &str,
    ) -> Result<Response<Full<Bytes>>, Fault> {
        let (mut head, body) = request.into_parts();
        let Admitted { route, params, caller, snapshot } = match self.admit(&head).await {
            Ok(admitted) => admitted,
            Err(fault) => {
                discard(body);
                return Err(fault);
            }
        };
        let body = self.read_body(route, body).await?;
        // Not before: a client that is slow to send holds up nobody.
        let _permit = self.app.in_flight.try_acquire().map_err(|_| Fault::Saturated)?;
        let kept = freshness::kept(&head.headers);
        let call = Call {
            params,
            query: head.uri.query().map(str::to_owned),
            // No client can send one: it is not in what comes over a socket.
            credentials: head.extensions.remove(),
            headers: head.headers,
            body,
            caller,
            session: Session::on(Arc::clone(&self.app), correlation_id.to_owned(), snapshot),
        };
        let body = (route.handler)(call).await.map_err(|fault| fault.of_write(route.unstored))?;
        Ok(match (route.cache, body) {
            (Cache::Validated, Some(body)) => freshness::response(route.success, body, &kept),
            (_, body) => response(route.success, body),
        })
    }

    /// All that can be told from a request's head: route, login, the body's type.
    async fn admit(&self, head: &Parts) -> Result<Admitted, Fault> {
        let content_type = || text(&head.headers, &header::CONTENT_TYPE);
        let (route, params) = match self.router.find(&head.method, head.uri.path()) {
            Found::Route(route, params) => (route, params),
            Found::OtherMethods(methods) => return Err(Fault::MethodUnknown(methods)),
            Found::Nothing => return Err(Fault::PathUnknown(head.uri.path().to_owned(), content_type())),
        };
        let (caller, snapshot) = match route.login {
            Login::Open => (None, None),
            Login::Needed => {
                let mut snapshot = self.app.store.read().await?;
                let caller = login::caller(&self.app, &head.headers, &mut *snapshot).await?;
                // A body may be slow to come: no read transaction waits for it.
                (Some(caller), Some(snapshot).filter(|_| route.body == Body::Ignored))
            }
        };
        if route.body == Body::Json && !is_json(&content_type()) {
            return Err(Fault::NotJsonTyped(content_type()));
        }
        Ok(Admitted { route, params, caller, snapshot })
    }

    async fn read_body<B: Incoming>(&self, route: &Route, mut body: B) -> Result<Bytes, Fault> {
        let max = self.app.config.limits.body_bytes_max;
        if route.body == Body::Ignored {
            discard(body);
            return Ok(Bytes::new());
        }
        let deadline = Instant::now() + Duration::from_millis(self.app.config.limits.body_read_ms_max);
        let mut read = Vec::new();
        let mut too_large = body.size_hint().lower() > max as u64;
        while !too_large {
            let frame = tokio::time::timeout_at(deadline, body.frame()).await.map_err(|_| Fault::BodyTooSlow)?;
            let Some(frame) = frame else { return Ok(Bytes::from(read)) };
            let frame =
                frame.map_err(|error| Fault::JsonIncorrect(format!("The body broke off: {}.", error.into())))?;
            let data = frame.data_ref().map_or(&[][..], |data| data);
            too_large = read.len() + data.len() > max;
            read.extend_from_slice(data);
        }
        discard(body);
        Err(Fault::BodyTooLarge(max))
    }

    /// The envelope; our own faults are logged here, once.
    fn refusal(&self, fault: &Fault, what: &str, correlation_id: &str) -> Response<Full<Bytes>> {
        let (status, message) = fault.answer();
        if let Some(cause) = fault.cause() {
            tracing::error!(correlation_id, request = what, status = status.as_u16(), cause);
        }
        let body = json::write(&Envelope { code: status.as_u16(), message: &message }).unwrap_or_default();
        let mut response = response(status, Some(body));
        let headers = response.headers_mut();
        match fault {
            Fault::MethodUnknown(methods) => {
                if let Ok(methods) = HeaderValue::from_str(methods) {
                    headers.insert(header::ALLOW, methods);
                }
            }
            Fault::BodyTooLarge(_) | Fault::BodyTooSlow => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, self.challenge.clone());
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }

    /// What every answer carries.
    fn dressed(&self, mut response: Response<Full<Bytes>>, correlation_id: &str) -> Response<Full<Bytes>> {
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(correlation_id) {
            headers.insert(CORRELATION_ID, id);
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache, private, no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        response
    }
}

fn response(status: StatusCode, body: Option<Vec<u8>>) -> Response<Full<Bytes>> {
    let has_body = body.is_some();
    let mut response = Response::new(Full::new(Bytes::from(body.unwrap_or_default())));
    *response.status_mut() = status;
    if has_body {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    }
    response
}

/// Any path: a browser asks before it sends what was not asked for by a form.
fn preflight() -> Response<Full<Bytes>> {
    let mut response = response(StatusCode::NO_CONTENT, None);
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS, PUT, PATCH, DELETE"),
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("1728000"));
    response
}

/// Whether a content type is JSON, in UTF-8 if it names a character set.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_type = parts.next().is_some_and(|name| name == "application/json" || name == "text/json");
    let is_utf8 = |part: String| {
        part.strip_prefix("charset=")
            .is_none_or(|set| set.trim_matches('"') == "utf-8" || set.trim_matches('"') == "utf8")
    };
    is_type && parts.all(is_utf8)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).map_or(String::new(), |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Reads on, for a bounded while, what a client is still sending: closing on it at once would cost it the answer.
fn discard<B: Incoming>(body: B) {
    if body.is_end_stream() {
        return;
    }
    tokio::spawn(async move {
        let mut rest = Limited::new(body, DISCARDED_BYTES_MAX);
        let _ =
            tokio::time::timeout(Duration::from_secs(2), async { while let Some(Ok(_)) = rest.frame().await {} }).await;
    });
}

//! The API as a service: a request in, a response out. Finds the route and the caller, reads the body, runs the handler, and
//! turns errors into the JSON envelope.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bindings::caller::Caller;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body as HttpBody;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use rules::{Onboarding, Session};
use serde::Serialize;
use storage::Snapshot;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::call::Call;
use crate::errors::ApiError;
use crate::login_locks::LoginLocks;
use crate::router::{Found, Router};
use crate::routes::{Body, Cache, Login, ROUTES, Route};
use crate::settings::Settings;
use crate::{caller, freshness, json};

const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");
/// Bytes that are read and discarded of a body that is too large, so that the client gets to see the answer.
const DISCARDED_BYTES_MAX: usize = 4 << 20;

/// A request's body, from any source.
pub trait Incoming: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static {}

impl<B> Incoming for B where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static
{
}

/// The OBP API, for hyper's servers and for tower's stacks. It always answers and is always ready: it refuses with 503 what
/// exceeds its limits. Clones are the same service.
#[derive(Clone)]
pub struct Service(Arc<Api>);

impl Service {
    /// The API over that store and those rules.
    ///
    /// # Errors
    /// If the routing table contradicts itself, or the host name cannot stand in a header.
    pub fn new(onboarding: Arc<Onboarding>, settings: Settings) -> Result<Self, String> {
        Self::with_routes(onboarding, settings, &[])
    }

    /// The same, with further routes. A route of the same method and path as one of [`ROUTES`] takes its place.
    ///
    /// # Errors
    /// As [`Service::new`].
    pub fn with_routes(
        onboarding: Arc<Onboarding>,
        settings: Settings,
        routes: &'static [Route],
    ) -> Result<Self, String> {
        let realm = &settings.hostname;
        let challenge = HeaderValue::try_from(format!("DirectLogin realm=\"{realm}\""));
        let challenge = challenge.map_err(|_| format!("hostname: {realm:?} cannot stand in a header"))?;
        let replaced = |route: &&Route| routes.iter().any(|other| other.has_place_of(route));
        let router = Router::new(ROUTES.iter().filter(|route| !replaced(route)).chain(routes))?;
        let permits = Semaphore::new(settings.requests_in_flight_max);
        let login_locks = LoginLocks::default();
        Ok(Self(Arc::new(Api { onboarding, settings, router, challenge, permits, login_locks })))
    }

    /// The parts that requests share.
    #[must_use]
    pub fn onboarding(&self) -> &Onboarding {
        &self.0.onboarding
    }

    /// Requests that are being worked on now.
    #[must_use]
    pub fn requests_in_flight(&self) -> usize {
        self.0.settings.requests_in_flight_max.saturating_sub(self.0.permits.available_permits())
    }

    /// Handles a request. Never fails: errors become a JSON envelope.
    pub async fn answer<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        Api::answer(&self.0, request).await
    }

    fn boxed<B: Incoming>(&self, request: Request<B>) -> Answering {
        let api = Arc::clone(&self.0);
        Box::pin(async move { Ok(Api::answer(&api, request).await) })
    }
}

/// The future that [`Service`] returns.
pub type Answering = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

impl<B: Incoming> hyper::service::Service<Request<B>> for Service {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<B>) -> Answering {
        self.boxed(request)
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
        self.boxed(request)
    }
}

/// The parts of a [`Service`].
pub(crate) struct Api {
    pub(crate) onboarding: Arc<Onboarding>,
    pub(crate) settings: Settings,
    pub(crate) login_locks: LoginLocks,
    router: Router,
    /// Value of the header `WWW-Authenticate` of every 401.
    challenge: HeaderValue,
    /// One for each request that is being worked on.
    permits: Semaphore,
}

/// The result of a request's head.
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

impl Api {
    async fn answer<B: Incoming>(self: &Arc<Self>, request: Request<B>) -> Response<Full<Bytes>> {
        let correlation_id = self.onboarding.services.ambient.uuid().unwrap_or_default();
        if request.method() == Method::OPTIONS {
            return with_common_headers(preflight(), &correlation_id);
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = match self.handle(request, &correlation_id).await {
            Ok(response) => response,
            Err(error) => self.envelope(&error, &format!("{method} {path}"), &correlation_id),
        };
        with_common_headers(response, &correlation_id)
    }

    async fn handle<B: Incoming>(
        self: &Arc<Self>,
        request: Request<B>,
        correlation_id: &str,
    ) -> Result<Response<Full<Bytes>>, ApiError> {
        let (mut head, body) = request.into_parts();
        let Admitted { route, params, caller, snapshot } = match self.admit(&head).await {
            Ok(admitted) => admitted,
            Err(error) => {
                discard(body);
                return Err(error);
            }
        };
        let body = self.read_body(route, body).await?;
        // Take the permit after the body has arrived: a slow client must not hold one.
        let _permit = self.permits.try_acquire().map_err(|_| ApiError::Saturated)?;
        let if_none_match = freshness::if_none_match(&head.headers);
        let call = Call {
            api: Arc::clone(self),
            params,
            query: head.uri.query().map(str::to_owned),
            // Only in-process callers can set this extension.
            credentials: head.extensions.remove(),
            headers: head.headers,
            body,
            caller,
            session: Session::on(Arc::clone(&self.onboarding), correlation_id.to_owned(), snapshot),
        };
        let body = (route.handler)(call).await.map_err(|error| error.as_write_error(route.write_error))?;
        Ok(match (route.cache, body) {
            (Cache::Validated, Some(body)) => freshness::response(route.success, body, &if_none_match),
            (_, body) => response(route.success, body),
        })
    }

    /// Checks a request's head: route, login, the body's type.
    async fn admit(&self, head: &Parts) -> Result<Admitted, ApiError> {
        let content_type = || text(&head.headers, &header::CONTENT_TYPE);
        let (route, params) = match self.router.find(&head.method, head.uri.path()) {
            Found::Route(route, params) => (route, params),
            Found::OtherMethods(methods) => return Err(ApiError::MethodUnknown(methods)),
            Found::Nothing => return Err(ApiError::PathUnknown(head.uri.path().to_owned(), content_type())),
        };
        let (caller, snapshot) = match route.login {
            Login::Open => (None, None),
            Login::Needed => {
                let mut snapshot = self.onboarding.store.read().await?;
                let caller = caller::caller(&self.onboarding, &head.headers, &mut *snapshot).await?;
                // No read transaction waits for a body.
                (Some(caller), Some(snapshot).filter(|_| route.body == Body::Ignored))
            }
        };
        if route.body == Body::Json && !is_json(&content_type()) {
            return Err(ApiError::NotJsonTyped(content_type()));
        }
        Ok(Admitted { route, params, caller, snapshot })
    }

    async fn read_body<B: Incoming>(&self, route: &Route, mut body: B) -> Result<Bytes, ApiError> {
        let max = self.settings.body_bytes_max;
        if route.body == Body::Ignored {
            discard(body);
            return Ok(Bytes::new());
        }
        let deadline = Instant::now() + Duration::from_millis(self.settings.body_read_ms_max);
        let mut read = Vec::new();
        let mut too_large = body.size_hint().lower() > max as u64;
        while !too_large {
            let frame = tokio::time::timeout_at(deadline, body.frame()).await.map_err(|_| ApiError::BodyTooSlow)?;
            let Some(frame) = frame else { return Ok(Bytes::from(read)) };
            let frame =
                frame.map_err(|error| ApiError::JsonIncorrect(format!("The body broke off: {}.", error.into())))?;
            let data = frame.data_ref().map_or(&[][..], |data| data);
            too_large = read.len() + data.len() > max;
            read.extend_from_slice(data);
        }
        discard(body);
        Err(ApiError::BodyTooLarge(max))
    }

    /// The envelope. The server's own failures are logged here, and only here.
    fn envelope(&self, error: &ApiError, what: &str, correlation_id: &str) -> Response<Full<Bytes>> {
        let (status, message) = error.answer();
        if let Some(cause) = error.cause() {
            tracing::error!(correlation_id, request = what, status = status.as_u16(), cause);
        }
        let body = json::write(&Envelope { code: status.as_u16(), message: &message }).unwrap_or_default();
        let mut response = response(status, Some(body));
        let headers = response.headers_mut();
        match error {
            ApiError::MethodUnknown(methods) => {
                if let Ok(methods) = HeaderValue::from_str(methods) {
                    headers.insert(header::ALLOW, methods);
                }
            }
            ApiError::BodyTooLarge(_) | ApiError::BodyTooSlow => {
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
}

/// Adds the headers common to all responses.
fn with_common_headers(mut response: Response<Full<Bytes>>, correlation_id: &str) -> Response<Full<Bytes>> {
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

pub(crate) fn response(status: StatusCode, body: Option<Vec<u8>>) -> Response<Full<Bytes>> {
    let has_body = body.is_some();
    let mut response = Response::new(Full::new(Bytes::from(body.unwrap_or_default())));
    *response.status_mut() = status;
    if has_body {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    }
    response
}

/// The answer to a browser's preflight, for any path.
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

/// Reads and discards what a client still sends, for a bounded time: closing at once would cost the client the answer.
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

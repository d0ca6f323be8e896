//! The API as a service: a request in, a response out. Finds the route and the caller, reads the body, runs the handler, and
//! turns errors into the JSON envelope.

mod adapters;
mod admission;

pub use self::adapters::Answering;
pub use self::admission::content_coding;
use self::admission::{Admitted, discard};

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::{Empty, Full};
use hyper::body::Body as HttpBody;
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use rules::{Onboarding, Session};
use serde::Serialize;
use storage::Snapshot;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer_budget::{AnswerBudget, AnswerPermit, AnswerShare, SMALL_ANSWER_BYTES_MAX};
use crate::answer_room::AnswerRoom;
use crate::api_documents::DerivedDocuments;
use crate::call::{Api, Call, Reply};
use crate::containment::contained;
use crate::errors::{ApiError, shortened};
use crate::json;
use crate::login_room::LoginRoom;
use crate::response::{if_none_match, json_response, preflight, request_id, validated_response, with_common_headers};
use crate::route::{Cache, Room, Route};
use crate::router::Router;
use crate::routes::ROUTES;
use crate::settings::Settings;

/// The body of a request, from any source.
pub trait Incoming: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static {}

impl<B> Incoming for B where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static
{
}

/// The OBP API, for hyper's servers and for tower's stacks. It always answers and is always ready: a request that exceeds its
/// limits is answered with 503. Clones are the same service.
///
/// All clones of a service share the memory for answers. A server that calls [`Service::for_connection`] limits each connection
/// to a part of it.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
    share: Arc<AnswerShare>,
    /// Whether a request takes a turn of its connection. The requests of a page belong to the turn of the page.
    takes_turns: bool,
}

impl Service {
    /// The API over that store and those rules.
    ///
    /// # Errors
    /// If two routes conflict, or the host name is not valid in a header.
    pub fn new(onboarding: Arc<Onboarding>, settings: Settings) -> Result<Self, String> {
        Self::with_routes(onboarding, settings, &[])
    }

    /// The same, with additional routes. A route replaces the one of [`ROUTES`] with the same method and path.
    ///
    /// # Errors
    /// The errors of [`Service::new`].
    pub fn with_routes(
        onboarding: Arc<Onboarding>,
        settings: Settings,
        routes: &'static [Route],
    ) -> Result<Self, String> {
        let realm = &settings.hostname;
        let challenge = HeaderValue::try_from(format!("DirectLogin realm=\"{realm}\""));
        let challenge = challenge.map_err(|_| format!("hostname: {realm:?} is not valid in a header"))?;
        let replaced = |route: &&Route| routes.iter().any(|other| other.has_place_of(route));
        let routes: Vec<&'static Route> = ROUTES.iter().filter(|route| !replaced(route)).chain(routes).collect();
        let router = Router::new(&routes)?;
        let permits = Semaphore::new(settings.requests_in_flight_max);
        let (login_room, documents) =
            (LoginRoom::default(), Box::new(DerivedDocuments::new(routes, settings.public_url.clone())));
        let api = Arc::new(Api { onboarding, settings, login_room, documents });
        let answers = AnswerBudget::new(api.settings.answers_bytes_max);
        let share = answers.whole();
        let shared = Shared { api, router, challenge, permits, answers, panics: AtomicU64::new(0) };
        Ok(Self { shared: Arc::new(shared), share, takes_turns: true })
    }

    /// The same service for one connection, which gets a share of the memory for answers, and of the requests at once.
    #[must_use]
    pub fn for_connection(&self) -> Self {
        let share = self.shared.answers.share(self.shared.api.settings.requests_per_connection_max);
        Self { share, ..self.clone() }
    }

    /// The same service for the requests of a page, which has taken its turn.
    #[must_use]
    pub fn within_page(&self) -> Self {
        Self { takes_turns: false, ..self.clone() }
    }

    /// The connection's share of the memory for answers.
    #[must_use]
    pub fn share(&self) -> &Arc<AnswerShare> {
        &self.share
    }

    /// Bytes of this connection's answers that its client has not taken.
    #[must_use]
    pub fn unread_bytes(&self) -> usize {
        self.share.unread_bytes()
    }

    /// Whether answers that clients have not taken use so much memory that a server should cut clients that do not read.
    #[must_use]
    pub fn is_short_of_memory(&self) -> bool {
        self.share.is_scarce()
    }

    /// The parts that requests share.
    #[must_use]
    pub fn onboarding(&self) -> &Onboarding {
        &self.shared.api.onboarding
    }

    /// The number of requests that the API is working on.
    #[must_use]
    pub fn requests_in_flight(&self) -> usize {
        self.shared.api.settings.requests_in_flight_max.saturating_sub(self.shared.permits.available_permits())
    }

    /// The number of requests that panicked. Each was answered with 500, and its panic is in the log.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.shared.panics.load(Ordering::Relaxed)
    }

    /// Runs the work of a request that another part of this process answers, such as a page. If it panics, the response is
    /// the API's 500, and the panic is logged and counted as one of the API. `what` describes the request in the log.
    pub async fn contain(
        &self,
        what: &str,
        work: impl Future<Output = Response<Full<Bytes>>>,
    ) -> Response<Full<Bytes>> {
        match contained(work).await {
            Ok(response) => response,
            Err(panic) => {
                let correlation_id = self.correlation_id(&HeaderMap::new());
                with_common_headers(self.panicked(&panic, what, &correlation_id), &correlation_id)
            }
        }
    }

    /// The id of a request in the log and in its answer: the client's own, or a new one.
    fn correlation_id(&self, headers: &HeaderMap) -> String {
        let new = || self.shared.api.onboarding.services.ambient.uuid().unwrap_or_default();
        request_id(headers).unwrap_or_else(new)
    }

    /// The response to a message that is no request, for the server that has read it. The headers are empty if none were read.
    #[must_use]
    pub fn refuse(&self, headers: &HeaderMap, status: StatusCode, reason: String) -> Response<Full<Bytes>> {
        let correlation_id = self.correlation_id(headers);
        let error = ApiError::MessageIncorrect(status.as_u16(), reason);
        with_common_headers(self.envelope(&error, "a message that is no request", &correlation_id), &correlation_id)
    }

    /// The response of a request that panicked.
    fn panicked(&self, panic: &str, what: &str, correlation_id: &str) -> Response<Full<Bytes>> {
        self.shared.panics.fetch_add(1, Ordering::Relaxed);
        self.envelope(&ApiError::Failed(format!("a panic: {panic}")), what, correlation_id)
    }

    /// Answers a request. Never fails: errors and panics become a JSON envelope.
    pub async fn answer<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let correlation_id = self.correlation_id(request.headers());
        if request.method() == Method::OPTIONS {
            return with_common_headers(preflight(), &correlation_id);
        }
        let what = format!("{} {}", request.method(), shortened(request.uri().path()));
        let response = match contained(self.handle(request, &correlation_id)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => self.envelope(&error, &what, &correlation_id),
            Err(panic) => self.panicked(&panic, &what, &correlation_id),
        };
        with_common_headers(response, &correlation_id)
    }

    /// Handles a request. A read whose answer has no room in the budget waits for room, and is handled again. Meanwhile it
    /// holds its connection's turn, and nothing that other connections need.
    async fn handle<B: Incoming>(
        &self,
        request: Request<B>,
        correlation_id: &str,
    ) -> Result<Response<Full<Bytes>>, ApiError> {
        let (head, body) = request.into_parts();
        let head = Arc::new(head);
        let mut turn = None;
        match self.attempt(&head, body, &mut turn, self.share.nothing(), correlation_id).await {
            Err(ApiError::NoRoom { bytes }) if head.method == Method::GET => {
                let room = self.share.room(bytes).await.ok_or(ApiError::Saturated)?;
                self.attempt(&head, Empty::new(), &mut turn, room, correlation_id).await
            }
            response => response,
        }
    }

    /// Handles a request once. It takes its connection's turn if it has none. Its answer uses `room`, which grows with it.
    async fn attempt<'s, B: Incoming>(
        &'s self,
        head: &Arc<Parts>,
        body: B,
        turn: &mut Option<SemaphorePermit<'s>>,
        room: AnswerPermit,
        correlation_id: &str,
    ) -> Result<Response<Full<Bytes>>, ApiError> {
        let shared = &self.shared;
        let Admitted { route, version, path, caller, token_digest, snapshot } = match shared.admit(head).await {
            Ok(admitted) => admitted,
            Err(error) => {
                discard(&head.headers, body);
                return Err(error);
            }
        };
        let body = shared.read_body(route, &head.headers, body).await?;
        // Take the permits after the body has arrived: a slow client must not hold one. Logins have a room of their own.
        let mut snapshot = if self.takes_turns && turn.is_none() { self.turn(turn, snapshot).await? } else { snapshot };
        let permit = (route.room == Room::Requests).then(|| shared.permits.try_acquire()).transpose();
        let permit = permit.map_err(|_| ApiError::Saturated)?;
        let if_none_match = if_none_match(&head.headers);
        let room = AnswerRoom::of(room, snapshot.as_mut());
        let session = Session::on(Arc::clone(&shared.api.onboarding), correlation_id.to_owned(), snapshot);
        let (api, head) = (Arc::clone(&shared.api), Arc::clone(head));
        let call = Call { api, version, path, head, body, caller, token_digest, session };
        let reply = match (route.handler)(call).await {
            Ok(reply) => reply,
            Err(error) => return Err(room.refusal().unwrap_or(error.into_write_error(route.write_error))),
        };
        let body = match reply {
            Some(reply) => Some(self.written(reply, version, room.take_permit(), permit).await?),
            None => None,
        };
        Ok(match (route.cache, body) {
            (Cache::Validated, Some(body)) => validated_response(route.success, body, &if_none_match),
            (_, body) => json_response(route.success, body),
        })
    }

    /// Waits for the connection's turn. A request that waits holds no view of the store: others need it.
    async fn turn<'s>(
        &'s self,
        turn: &mut Option<SemaphorePermit<'s>>,
        snapshot: Option<Box<dyn Snapshot>>,
    ) -> Result<Option<Box<dyn Snapshot>>, ApiError> {
        *turn = self.share.try_turn();
        if turn.is_some() {
            return Ok(snapshot);
        }
        let reads = snapshot.is_some();
        drop(snapshot);
        *turn = self.share.turn().await;
        Ok(if reads { Some(self.shared.api.onboarding.store.read().await?) } else { None })
    }

    /// The body of a reply. A small one waits for room. It holds no permit that other requests need.
    async fn written(
        &self,
        reply: Reply,
        version: &'static str,
        room: AnswerPermit,
        permit: Option<SemaphorePermit<'_>>,
    ) -> Result<Bytes, ApiError> {
        let bytes = match reply.written(room, version)? {
            Ok(body) => return Ok(body),
            Err(bytes) if bytes > SMALL_ANSWER_BYTES_MAX => return Err(ApiError::NoRoom { bytes }),
            Err(bytes) => bytes,
        };
        drop(permit);
        let room = self.share.room(bytes).await.ok_or(ApiError::Saturated)?;
        reply.written(room, version)?.map_err(|_| ApiError::Saturated)
    }

    /// The response to an error. The server's own failures are logged here and nowhere else.
    fn envelope(&self, error: &ApiError, what: &str, correlation_id: &str) -> Response<Full<Bytes>> {
        let (status, message) = error.answer();
        if let Some(cause) = error.cause() {
            tracing::error!(correlation_id, request = what, status = status.as_u16(), cause);
        }
        let body = json::write(&Envelope { code: status.as_u16(), message: &message }).unwrap_or_default();
        let mut response = json_response(status, Some(self.share.hold_always(body)));
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
                headers.insert(header::WWW_AUTHENTICATE, self.shared.challenge.clone());
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// The parts of a [`Service`].
struct Shared {
    api: Arc<Api>,
    router: Router,
    /// Value of the header `WWW-Authenticate` of every 401.
    challenge: HeaderValue,
    /// One permit for each request that the API is working on.
    permits: Semaphore,
    /// The memory for answers.
    answers: Arc<AnswerBudget>,
    /// Requests that panicked.
    panics: AtomicU64,
}

/// The body of every error.
#[derive(Serialize)]
struct Envelope<'a> {
    code: u16,
    message: &'a str,
}

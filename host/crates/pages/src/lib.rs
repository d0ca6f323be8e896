//! The HTML pages: rendered on the server, and usable without JavaScript.
//!
//! The pages are a client of the API in this process. They read and change everything by requests to `api` with the session's
//! own token, so they know no rule, no role check and no SQL. A GET changes nothing. A form is accepted only from a page of this
//! server and of the same session (`session`, `origin`).
//!
//! Each page has a file. `routes` lists the pages, `layout` is their common frame, `parts` and `inputs` are their elements.

mod accept;
mod administration;
mod applications;
mod assets;
mod client;
mod curl;
mod draft;
mod explain;
mod explorer;
mod form;
mod inputs;
mod kyc;
mod layout;
mod meetings;
mod origin;
mod parts;
mod password;
mod refusal;
mod response;
mod roles;
mod routes;
mod sent;
mod session;
mod settings;
mod sign;
mod time;
mod try_it;
mod user;
mod visit;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use api::{Answering, Incoming, canonical_path};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::client::ApiResponse;
use crate::routes::PageRoute;
pub use crate::settings::{ConsumerKey, Settings};
use crate::visit::{PageRequest, Visit};

/// How long a page waits for its permit.
const PERMIT_WAIT: Duration = Duration::from_secs(5);

/// The pages and, behind them, the API, for hyper's servers. Clones are the same service.
#[derive(Clone)]
pub struct Service {
    api: api::Service,
    shared: Arc<Shared>,
}

/// The parts that all connections share.
struct Shared {
    settings: Settings,
    /// One permit for each page that is made.
    permits: Semaphore,
}

impl Service {
    /// The pages of that API.
    #[must_use]
    pub fn new(api: api::Service, settings: Settings) -> Self {
        let permits = Semaphore::new(settings.pages_at_once_max);
        Self { api, shared: Arc::new(Shared { settings, permits }) }
    }

    /// The same service for one connection, which gets a share of the memory for answers.
    #[must_use]
    pub fn for_connection(&self) -> Self {
        Self { api: self.api.for_connection(), shared: Arc::clone(&self.shared) }
    }

    /// The API behind the pages.
    #[must_use]
    pub fn api(&self) -> &api::Service {
        &self.api
    }
}

impl<B: Incoming> hyper::service::Service<Request<B>> for Service {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<B>) -> Answering {
        let pages = self.clone();
        Box::pin(async move { Ok(pages.handle(request).await) })
    }
}

impl Service {
    /// Responds with a page, an asset, or the response of the API.
    async fn handle<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let path = canonical_path(request.uri().path());
        // The API answers preflight requests for every path.
        if path.starts_with("/obp/") || request.method() == Method::OPTIONS {
            return self.api.answer(request).await;
        }
        let what = format!("{} {path}", request.method());
        self.api.contain(&what, self.beside_the_api(request)).await
    }

    /// Responds with a page, an asset, or the API's response to a path that is neither.
    async fn beside_the_api<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let path = canonical_path(request.uri().path());
        if let Some(name) = path.strip_prefix("/assets/") {
            if let Some(response) = assets::find(name, request.method(), request.headers()) {
                return response;
            }
        } else if let Some(route) = routes::find(path) {
            return self.page(route, request).await;
        }
        self.not_a_page(request).await
    }

    /// A page's turn of its connection and its permit. `None` if the pages are saturated.
    async fn permit(&self) -> Option<(SemaphorePermit<'_>, SemaphorePermit<'_>)> {
        let turn = self.api.share().turn().await?;
        let permit = tokio::time::timeout(PERMIT_WAIT, self.shared.permits.acquire()).await.ok()?.ok()?;
        Some((turn, permit))
    }

    async fn page<B: Incoming>(&self, route: &'static PageRoute, request: Request<B>) -> Response<Full<Bytes>> {
        let handler = match *request.method() {
            Method::GET | Method::HEAD => route.get,
            Method::POST => route.post,
            _ => None,
        };
        let Some(handler) = handler else { return response::method_not_allowed(route.methods()) };
        let request = PageRequest::read(&self.shared.settings, request).await;
        // Take the permit after the form has arrived: a slow client must not hold one.
        let Some(_permit) = self.permit().await else { return response::saturated(self.api.share()) };
        let api = self.api.within_page();
        let (visit, response) = match Visit::begin(&api, &self.shared.settings, request).await {
            Ok(visit) => {
                let response = handler(&visit).await;
                (visit, response)
            }
            Err((visit, refusal)) => {
                let response = layout::refused(&visit, &refusal);
                (visit, response)
            }
        };
        response.into_response(&visit.cookies, self.api.share()).await
    }

    /// The API's response. A browser gets its 404 as a page.
    async fn not_a_page<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let wants_page = request.method() == Method::GET && accept::prefers_html(request.headers());
        let headers = wants_page.then(|| request.headers().clone());
        let response = self.api.answer(request).await;
        let Some(headers) = headers.filter(|_| response.status() == StatusCode::NOT_FOUND) else { return response };
        let refusal = ApiResponse::read(response).await.refusal();
        let Some(_permit) = self.permit().await else { return response::saturated(self.api.share()) };
        let api = self.api.within_page();
        let visit = Visit::from_headers(&api, &self.shared.settings, headers).await;
        layout::refused(&visit, &refusal).into_response(&visit.cookies, self.api.share()).await
    }
}

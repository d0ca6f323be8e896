//! The pages: a way in for people. Rendered here, readable and usable without scripts.
//!
//! They are a client of the API, in this process: whatever they show or change goes through `api`, as a request with the
//! session's own token, and is answered as anybody's would be. So no page knows a rule, a role check or a line of SQL. Nothing
//! changes by GET; a form is taken only from a page of this server and of this session (`session`).
//!
//! A file a page. `layout` is what all look like and which headers they carry, `parts` what they are made of.

mod administration;
mod applications;
mod assets;
mod client;
mod explain;
mod explorer;
mod form;
mod kyc;
mod layout;
mod meetings;
mod parts;
mod roles;
mod session;
mod settings;
mod sign;
mod table;
mod time;
mod try_it;
mod visit;

use std::convert::Infallible;
use std::sync::Arc;

use api::{Answering, Incoming};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ACCEPT, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use self::client::{Client, Refused};
use self::layout::Answer;
pub use self::settings::{ConsumerKey, Settings};
use self::table::Row;
use self::visit::Visit;

/// The pages and, behind them, the API: for hyper's servers. Clones are the same service.
#[derive(Clone)]
pub struct Service(Arc<Pages>);

impl Service {
    /// Pages in front of that API.
    #[must_use]
    pub fn new(api: api::Service, settings: Settings) -> Self {
        Self(Arc::new(Pages { api, settings }))
    }
}

impl<B: Incoming> hyper::service::Service<Request<B>> for Service {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<B>) -> Answering {
        let pages = Arc::clone(&self.0);
        Box::pin(async move { Ok(pages.answer(request).await) })
    }
}

/// The pages, and the API that they are a client of.
struct Pages {
    api: api::Service,
    settings: Settings,
}

impl Pages {
    /// Answers with a page if the path is a page's, else as the API does.
    async fn answer<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if path.starts_with("/obp/") {
            return self.api.answer(request).await;
        }
        if let Some(name) = path.strip_prefix("/assets/") {
            if let Some(answer) = assets::answer(name, request.method(), request.headers()) {
                return answer;
            }
        } else if let Some(row) = table::find(path) {
            return self.page(row, request).await;
        }
        self.not_a_page(request).await
    }

    async fn page<B: Incoming>(&self, row: &'static Row, request: Request<B>) -> Response<Full<Bytes>> {
        let handler = match *request.method() {
            Method::GET | Method::HEAD => row.get,
            Method::POST => row.post,
            _ => None,
        };
        let Some(handler) = handler else { return layout::other_method(row.methods()) };
        let visit = match Visit::begin(self, request).await {
            Ok(visit) => visit,
            Err((visit, refused)) => return visit.refused(&refused).into_response(&visit),
        };
        let answer: Answer = handler(&visit).await;
        answer.into_response(&visit)
    }

    /// The API's answer; where it knows no such path, people read the same words on a page.
    async fn not_a_page<B: Incoming>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let wants_page = request.method() == Method::GET && prefers_html(request.headers());
        let headers = if wants_page { Some(request.headers().clone()) } else { None };
        let answer = self.api.answer(request).await;
        let Some(headers) = headers.filter(|_| answer.status() == StatusCode::NOT_FOUND) else { return answer };
        let refused = Refused::from_answer(answer).await;
        let visit = Visit::only_reading(self, headers).await;
        visit.refused(&refused).into_response(&visit)
    }

    fn client<'a>(&'a self, token: Option<&'a str>) -> Client<'a> {
        Client::new(&self.api, token)
    }
}

/// Whether a page is liked better than JSON: what browsers say, and nobody else does.
fn prefers_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let quality = |wanted: &str| {
        let mut kinds = accepted.split(',').map(|kind| kind.split(';').map(str::trim));
        kinds.find_map(|mut kind| {
            (kind.next()? == wanted).then(|| kind.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0))
        })
    };
    let html: f32 = quality("text/html").unwrap_or(0.0);
    html > 0.0 && html >= quality("application/json").unwrap_or(0.0)
}

/// Whether the script asks.
fn accepts_json(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|value| value == "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_prefer_pages_and_clients_do_not() {
        let cases = [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("text/html", true),
            ("text/html;q=0.5, application/json;q=0.4", true),
            ("text/html;q=0.4, application/json", false),
            ("text/html;q=0", false),
            ("application/json, text/plain, */*", false),
            ("*/*", false),
            ("", false),
        ];
        for (accepted, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accepted));
            assert_eq!(prefers_html(&headers), expected, "{accepted}");
        }
    }
}

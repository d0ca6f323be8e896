//! The response of a page, and the headers that every response carries.

use std::sync::Arc;

use api::AnswerShare;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use maud::Markup;
use serde::Serialize;

/// Allows content of this server only, nothing inline, and no frame around a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HTML: &str = "text/html;charset=utf-8";

/// The response of a page.
pub(crate) struct PageResponse {
    status: StatusCode,
    content_type: &'static str,
    body: String,
    location: Option<String>,
    cookie: Option<String>,
}

impl PageResponse {
    /// Sends the browser to that path after a form.
    pub(crate) fn redirect(path: String) -> Self {
        Self { status: StatusCode::SEE_OTHER, location: Some(path), ..Self::text(HTML, String::new()) }
    }

    /// A response for the pages' script.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        Self::text("application/json;charset=utf-8", serde_json::to_string(value).unwrap_or_default())
    }

    pub(crate) fn html(markup: Markup) -> Self {
        Self::text(HTML, markup.into_string())
    }

    fn text(content_type: &'static str, body: String) -> Self {
        Self { status: StatusCode::OK, content_type, body, location: None, cookie: None }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Sets a cookie; `cookie` is the value of `Set-Cookie`.
    pub(crate) fn with_cookie(self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    /// The HTTP response, with the cookies of the visit and the security headers. Its body counts in that share of the memory
    /// for answers until it is dropped.
    pub(crate) async fn into_response(self, cookies: &[String], share: &Arc<AnswerShare>) -> Response<Full<Bytes>> {
        let Some(body) = share.hold(self.body).await else { return saturated(share) };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        insert_security_headers(headers);
        if let Some(location) = self.location.and_then(|path| HeaderValue::try_from(path).ok()) {
            headers.insert(header::LOCATION, location);
        }
        // The handler's own cookie comes last: of two cookies with one name, browsers keep the last.
        for cookie in cookies.iter().cloned().chain(self.cookie) {
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                headers.append(header::SET_COOKIE, cookie);
            }
        }
        response
    }
}

/// Response 405. `allowed` is the value of `Allow`.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"Method not allowed.\n")));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
    insert_security_headers(headers);
    response
}

/// Response 503: too many pages are made, or unread, at once.
pub(crate) fn saturated(share: &Arc<AnswerShare>) -> Response<Full<Bytes>> {
    let body = share.hold_always("The server has too many requests at the moment. Please try again.\n");
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    insert_security_headers(headers);
    response
}

fn insert_security_headers(headers: &mut header::HeaderMap) {
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::VARY, "Cookie"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

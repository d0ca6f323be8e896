//! Admits a request: checks its head, in the order of route, login and content type, and reads its body.

use std::time::Duration;

use bindings::caller::Caller;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::HeaderMap;
use hyper::header::{self, HeaderName};
use hyper::http::request::Parts;
use storage::Snapshot;
use tokio::time::Instant;

use super::{Incoming, Shared};
use crate::caller;
use crate::direct_login::may_be_in_body;
use crate::errors::ApiError;
use crate::route::{Body, Login, Route};
use crate::router::Found;

/// Bytes to read and discard of a body that is too large. Closing the connection at once would cost the client the answer.
const DISCARDED_BYTES_MAX: usize = 4 << 20;

/// A request whose head is accepted.
pub(super) struct Admitted {
    pub(super) route: &'static Route,
    pub(super) version: &'static str,
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) caller: Option<Caller>,
    pub(super) token_digest: Option<String>,
    /// The view of the store that the login was read from. Routes with a body have none: no view may wait for a body.
    pub(super) snapshot: Option<Box<dyn Snapshot>>,
}

impl Shared {
    /// Checks a request's head, in this order: route, login, content type and coding.
    pub(super) async fn admit(&self, head: &Parts) -> Result<Admitted, ApiError> {
        let content_type = || text(&head.headers, &header::CONTENT_TYPE);
        let (route, version, path) = match self.router.find(&head.method, head.uri.path()) {
            Found::Route(route, version, path) => (route, version, path),
            Found::OtherMethods(methods) => return Err(ApiError::MethodUnknown(methods)),
            Found::Nothing => return Err(ApiError::PathUnknown(head.uri.path().to_owned(), content_type())),
        };
        let (caller, token_digest, snapshot) = match route.login {
            Login::Open => (None, None, None),
            Login::Needed => {
                let mut snapshot = self.api.onboarding.store.read().await?;
                let (caller, digest) = caller::caller(&self.api.onboarding, &head.headers, &mut *snapshot).await?;
                (Some(caller), Some(digest), Some(snapshot).filter(|_| route.body == Body::Ignored))
            }
        };
        if route.body == Body::Json && !is_json(&content_type()) {
            return Err(ApiError::NotJsonTyped(content_type()));
        }
        if reads_body(route, &head.headers)
            && let Some(coding) = content_coding(&head.headers)
        {
            return Err(ApiError::ContentCoded(coding));
        }
        Ok(Admitted { route, version, path, caller, token_digest, snapshot })
    }

    /// Reads the body, if the route needs one, within the limits of size and time.
    pub(super) async fn read_body<B: Incoming>(
        &self,
        route: &Route,
        headers: &HeaderMap,
        mut body: B,
    ) -> Result<Bytes, ApiError> {
        let max = self.api.settings.body_bytes_max;
        if !reads_body(route, headers) {
            discard(headers, body);
            return Ok(Bytes::new());
        }
        let deadline = Instant::now() + Duration::from_millis(self.api.settings.body_read_ms_max);
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
        discard(headers, body);
        Err(ApiError::BodyTooLarge(max))
    }
}

/// Whether the operation reads the request's body. A login is in the body only if no header has one.
fn reads_body(route: &Route, headers: &HeaderMap) -> bool {
    match route.body {
        Body::Ignored => false,
        Body::Login => may_be_in_body(headers),
        Body::Json => true,
    }
}

/// Whether a content type is JSON. If it names a character set, that must be UTF-8 or a part of it.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_type = parts.next().is_some_and(|name| name == "application/json" || name == "text/json");
    let is_utf8 = |part: String| {
        let set = part.strip_prefix("charset=").map(|set| set.trim_matches('"'));
        set.is_none_or(|set| ["utf-8", "utf8", "us-ascii", "ascii"].contains(&set))
    };
    is_type && parts.all(is_utf8)
}

/// The codings of a body that must be undone before it is read; `None` if there are none. Bytes of such a body must never be read
/// as JSON.
pub fn content_coding(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::CONTENT_ENCODING).iter();
    let text = lines.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ");
    let is_plain = |coding: &str| coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    (!text.split(',').map(str::trim).all(is_plain)).then_some(text)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).map_or(String::new(), |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Reads and discards the rest of a body for a bounded time. Closing the connection at once would cost the client the answer. A body
/// that the client sends on demand only is not demanded.
pub(super) fn discard<B: Incoming>(headers: &HeaderMap, body: B) {
    if body.is_end_stream() || headers.contains_key(header::EXPECT) {
        return;
    }
    tokio::spawn(async move {
        let mut rest = Limited::new(body, DISCARDED_BYTES_MAX);
        let _ =
            tokio::time::timeout(Duration::from_secs(2), async { while let Some(Ok(_)) = rest.frame().await {} }).await;
    });
}

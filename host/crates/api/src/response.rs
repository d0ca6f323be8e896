//! Responses: status, body and headers. Validated responses have an `ETag` of their content (RFC 9110 §8.8.3, §13.1.2).

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use sha2::{Digest as _, Sha256};

const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest `X-Request-ID` that becomes the `Correlation-Id`.
const REQUEST_ID_BYTES_MAX: usize = 64;
/// The headers that a script of another origin may send. `*` covers all except `Authorization` (Fetch, "CORS-preflight fetch"), and
/// older browsers do not know it.
const ALLOWED_HEADERS: &str = "authorization, directlogin, content-type, if-none-match, x-request-id, *";
/// The headers that a script of another origin may read.
const EXPOSED_HEADERS: &str = "Correlation-Id, Retry-After, WWW-Authenticate, Allow, ETag, Link";

/// A response with this JSON, or without a body.
pub(crate) fn json_response(status: StatusCode, body: Option<Bytes>) -> Response<Full<Bytes>> {
    let has_body = body.is_some();
    let mut response = Response::new(Full::new(body.unwrap_or_default()));
    *response.status_mut() = status;
    if has_body {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    }
    response
}

/// The values of `If-None-Match`.
pub(crate) fn if_none_match(headers: &HeaderMap) -> Vec<HeaderValue> {
    headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect()
}

/// A response with an `ETag`. It is 304 without a body if the client's `If-None-Match` has the same tag.
pub(crate) fn validated_response(
    status: StatusCode,
    body: Bytes,
    if_none_match: &[HeaderValue],
) -> Response<Full<Bytes>> {
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
    let mut response = if if_none_match.iter().any(|list| has_tag(list, &tag)) {
        json_response(StatusCode::NOT_MODIFIED, None)
    } else {
        json_response(status, Some(body))
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Whether a list of tags contains this one. A tag that a proxy has marked as weak counts too, and `*` matches every tag.
fn has_tag(list: &HeaderValue, tag: &str) -> bool {
    let list = list.to_str().unwrap_or_default();
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The id that the client gives its request; `None` if there is none, or it cannot stand in a URL and in a line of the log.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_url_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    ((1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(is_url_safe)).then(|| id.to_owned())
}

/// The response to a browser's preflight request, the same for every path.
pub(crate) fn preflight() -> Response<Full<Bytes>> {
    let mut response = json_response(StatusCode::NO_CONTENT, None);
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS, PUT, PATCH, DELETE"),
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("1728000"));
    response
}

/// Adds the headers common to all responses.
pub(crate) fn with_common_headers(mut response: Response<Full<Bytes>>, correlation_id: &str) -> Response<Full<Bytes>> {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(correlation_id) {
        headers.insert(CORRELATION_ID, id);
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache, private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_has_the_content_gets_304_without_a_body() {
        let response = |kept: &[HeaderValue]| validated_response(StatusCode::OK, Bytes::from_static(b"{}"), kept);
        let tag = response(&[]).headers().get(header::ETAG).unwrap().clone();
        let weak = format!("W/{}", tag.to_str().unwrap());
        let among = format!("\"other\", {}", tag.to_str().unwrap());
        for (kept, status) in [
            (tag.to_str().unwrap(), 304),
            (&weak, 304),
            (&among, 304),
            ("*", 304),
            ("\"other\"", 200),
            ("", 200),
            (tag.to_str().unwrap().trim_matches('"'), 200),
        ] {
            let answer = response(&[kept.parse().unwrap()]);
            assert_eq!(answer.status(), status, "{kept}");
            assert_eq!(answer.headers().contains_key(header::CONTENT_TYPE), status == 200, "{kept}");
            assert_eq!(answer.headers().get(header::ETAG), Some(&tag), "{kept}");
        }
        let other = validated_response(StatusCode::OK, Bytes::from_static(b"[]"), &[]);
        assert_ne!(other.headers().get(header::ETAG), Some(&tag));
    }

    #[test]
    fn an_id_of_1_to_64_url_safe_characters_becomes_the_correlation_id() {
        let (longest, too_long) = ("a".repeat(64), "a".repeat(65));
        for (sent, accepted) in [
            ("0f8fad5b-d9cb-469f-a165-70867728950e", true),
            ("a.b_c~D-9", true),
            (&longest, true),
            (&too_long, false),
            ("", false),
            ("a b", false),
            ("a/b", false),
            ("ä", false),
        ] {
            let headers = [(REQUEST_ID, HeaderValue::from_bytes(sent.as_bytes()).unwrap())].into_iter().collect();
            assert_eq!(request_id(&headers).as_deref(), accepted.then_some(sent), "{sent}");
        }
        assert_eq!(request_id(&HeaderMap::new()), None);
    }
}

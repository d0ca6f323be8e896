//! Answers that a client may keep and ask again about (RFC 9110 §8.8.3, §13.1.2): an `ETag` made of the content, and 304.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use sha2::{Digest as _, Sha256};

/// The values of `If-None-Match`.
pub(super) fn if_none_match(headers: &HeaderMap) -> Vec<HeaderValue> {
    headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect()
}

/// The answer with its `ETag`; without a body where the client has kept it.
pub(super) fn response(status: StatusCode, body: Vec<u8>, kept: &[HeaderValue]) -> Response<Full<Bytes>> {
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
    let mut response = if kept.iter().any(|value| names(value, &tag)) {
        crate::service::response(StatusCode::NOT_MODIFIED, None)
    } else {
        crate::service::response(status, Some(body))
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Whether a list of tags has that one; what a proxy has weakened counts, and `*` is every tag.
fn names(list: &HeaderValue, tag: &str) -> bool {
    let list = list.to_str().unwrap_or_default();
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_not_sent_again() {
        let tag = response(StatusCode::OK, b"{}".to_vec(), &[]).headers().get(header::ETAG).unwrap().clone();
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
            let answer = response(StatusCode::OK, b"{}".to_vec(), &[kept.parse().unwrap()]);
            assert_eq!(answer.status(), status, "{kept}");
            assert_eq!(answer.headers().contains_key(header::CONTENT_TYPE), status == 200, "{kept}");
            assert_eq!(answer.headers().get(header::ETAG), Some(&tag), "{kept}");
        }
        let other = response(StatusCode::OK, b"[]".to_vec(), &[]);
        assert_ne!(other.headers().get(header::ETAG), Some(&tag));
    }
}

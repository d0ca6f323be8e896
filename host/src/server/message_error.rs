//! Errors of an HTTP message itself: the service never sees the request. Knows no OBP.

use hyper::header::{HOST, HeaderMap, TRANSFER_ENCODING};
use hyper::http::uri::Authority;
use hyper::{Request, StatusCode, Version};
use thiserror::Error;

/// Characters of a header that a message repeats.
const REPEATED_CHARACTERS_MAX: usize = 200;

/// Why a message is not answered by the service. The text is for the client.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum MessageError {
    /// The number of `Host` headers is not one.
    #[error("The request must have exactly one Host header; it has {0}.")]
    HostCount(usize),
    /// `Host` is not a host.
    #[error("The Host header must be a name or an address, with a port or without; it is ({0}).")]
    HostInvalid(String),
    /// The body has another transfer coding than `chunked`.
    #[error("The Transfer-Encoding must be chunked; it is ({0}).")]
    TransferCoding(String),
    /// The body has another transfer coding than `chunked` at its end, so that its end is not known.
    #[error("The Transfer-Encoding must be chunked, and nothing else.")]
    TransferCodingAtEnd,
    /// The head cannot be read.
    #[error("The request cannot be read as HTTP/1.1: check the request line, each header and the Content-Length.")]
    Unreadable,
    /// The head is too large.
    #[error("The request line and the headers must have at most {0} bytes, and there may be at most 100 headers.")]
    HeadTooLarge(usize),
    /// The target of the request is too long.
    #[error("The request line is too long.")]
    TargetTooLong,
    /// The head did not arrive in time. The value is the time in milliseconds.
    #[error("The request line and the headers must arrive within {0} ms.")]
    HeadTooSlow(u64),
    /// The connection was idle and ends. The value is the time in milliseconds.
    #[error("The connection had no request for {0} ms and is closed. Repeat the request on a new connection.")]
    Idle(u64),
    /// The server stops.
    #[error("The server stops. Repeat the request on a new connection.")]
    Stopping,
}

impl MessageError {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::HostCount(_) | Self::HostInvalid(_) | Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TransferCoding(_) | Self::TransferCodingAtEnd => StatusCode::NOT_IMPLEMENTED,
            Self::HeadTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooSlow(_) | Self::Idle(_) | Self::Stopping => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// The error of a message that the HTTP library refuses with this status.
    pub(super) fn of_library(status: StatusCode, error: &hyper::Error, head_bytes_max: usize) -> Self {
        match status {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::HeadTooLarge(head_bytes_max),
            StatusCode::URI_TOO_LONG => Self::TargetTooLong,
            // The library tells its reasons apart only here. The table of raw requests has such a request.
            _ if format!("{error:?}").contains("TransferEncodingInvalid") => Self::TransferCodingAtEnd,
            _ => Self::Unreadable,
        }
    }

    /// The error in the head of a request that the HTTP library accepts.
    pub(super) fn of_head<B>(request: &Request<B>) -> Option<Self> {
        match request.version() {
            Version::HTTP_10 | Version::HTTP_11 => {
                wrong_transfer_coding(request.headers()).or_else(|| wrong_host(request.headers(), request.version()))
            }
            _ => None,
        }
    }
}

/// A transfer coding that the server does not undo. The library undoes `chunked` and leaves the others in the body.
fn wrong_transfer_coding(headers: &HeaderMap) -> Option<MessageError> {
    let lines = headers.get_all(TRANSFER_ENCODING).iter();
    let lines: Vec<_> = lines.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let text = lines.join(", ");
    let is_chunked = text.is_empty() || text.trim().eq_ignore_ascii_case("chunked");
    (!is_chunked).then(|| MessageError::TransferCoding(shortened(&text)))
}

/// HTTP/1.1 demands exactly one `Host` (RFC 9112 §3.2). A header without a value counts as absent. HTTP/1.0 knows no `Host`.
fn wrong_host(headers: &HeaderMap, version: Version) -> Option<MessageError> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        let count = headers.get_all(HOST).iter().count();
        return (count > 0 || version == Version::HTTP_11).then_some(MessageError::HostCount(count));
    };
    if host.is_empty() {
        return (version == Version::HTTP_11).then_some(MessageError::HostCount(0));
    }
    let is_host = Authority::try_from(host.as_bytes()).is_ok_and(|authority| !authority.as_str().contains('@'));
    (!is_host).then(|| MessageError::HostInvalid(shortened(&String::from_utf8_lossy(host.as_bytes()))))
}

fn shortened(text: &str) -> String {
    text.chars().take(REPEATED_CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn the_head_of_a_request_says_where_its_body_ends_and_which_host_it_is_for() {
        let host = |name: &str| Some(MessageError::HostInvalid(name.to_owned()));
        let coding = |name: &str| Some(MessageError::TransferCoding(name.to_owned()));
        let long = "x".repeat(300);
        for (sent, expected) in [
            (&[("host", "bank.example")][..], None),
            (&[("host", "bank.example:8080")], None),
            (&[("host", "[::1]:8080")], None),
            (&[], Some(MessageError::HostCount(0))),
            (&[("host", "")], Some(MessageError::HostCount(0))),
            (&[("host", "a"), ("host", "a")], Some(MessageError::HostCount(2))),
            (&[("host", "a"), ("host", ""), ("host", "b")], Some(MessageError::HostCount(3))),
            (&[("host", "a b")], host("a b")),
            (&[("host", "kim@bank.example")], host("kim@bank.example")),
            (&[("host", "http://bank.example")], host("http://bank.example")),
            (&[("host", "h"), ("transfer-encoding", "chunked")], None),
            (&[("host", "h"), ("transfer-encoding", "Chunked")], None),
            (&[("host", "h"), ("transfer-encoding", "gzip, chunked")], coding("gzip, chunked")),
            (&[("host", "h"), ("transfer-encoding", "x"), ("transfer-encoding", "chunked")], coding("x, chunked")),
            (&[("host", "h"), ("transfer-encoding", "chunked, chunked")], coding("chunked, chunked")),
            (&[("host", "h"), ("transfer-encoding", &long)], coding(&"x".repeat(200))),
        ] {
            let mut request = Request::new(());
            for (name, value) in sent {
                request.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(MessageError::of_head(&request), expected, "{sent:?}");
        }
        let mut old = Request::new(());
        *old.version_mut() = Version::HTTP_10;
        assert_eq!(MessageError::of_head(&old), None, "HTTP/1.0 knows no Host");
    }
}

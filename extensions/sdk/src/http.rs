//! The extension's own HTTP requests, to the hosts that its manifest names in `[outbound] hosts`. A call waits for the response.
//! Its waiting time is limited (`waiting_ms_max`).

use std::fmt;

use crate::bindings::screening::wasi::http::outgoing_handler;
use crate::bindings::screening::wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};
use crate::bindings::screening::wasi::io::streams::StreamError;

/// Greatest number of bytes in one write to a WASI stream.
const WRITE_BYTES_MAX: usize = 4096;

/// A request.
#[derive(Debug, Default)]
pub struct Request<'a> {
    /// The method: `GET`, `POST`, …
    pub method: &'a str,
    /// The URL: `https://host/path?query`.
    pub url: &'a str,
    /// Names and values of the headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body. May be empty.
    pub body: &'a [u8],
}

/// A response.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status. An error status is a response too.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a request got no response.
#[derive(Debug)]
pub enum Error {
    /// The URL, a header or the method is malformed.
    Malformed,
    /// The server refused the request, or it failed: a host that is not granted, no connection, a timeout.
    Failed(ErrorCode),
    /// The connection ended before the end of the response.
    Incomplete,
    /// The body of the response is longer than the caller allowed.
    TooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => formatter.write_str("the request is malformed"),
            Self::Failed(code) => write!(formatter, "no response: {code:?}"),
            Self::Incomplete => formatter.write_str("the response is incomplete"),
            Self::TooLong => formatter.write_str("the response is too long"),
        }
    }
}

impl std::error::Error for Error {}

/// Sends a request and waits for the response. Its body may have at most `body_bytes_max` bytes.
///
/// # Errors
/// If no complete response of this size arrives. An error status of the response is not an error here.
pub fn send(request: &Request<'_>, body_bytes_max: usize) -> Result<Reply, Error> {
    let (scheme, authority, path) = parts(request.url).ok_or(Error::Malformed)?;
    let fields = Fields::new();
    for (name, value) in request.headers {
        fields.append(name, value.as_bytes()).map_err(|_| Error::Malformed)?;
    }
    let outgoing = OutgoingRequest::new(fields);
    outgoing.set_method(&method(request.method)).map_err(|()| Error::Malformed)?;
    outgoing.set_scheme(Some(&scheme)).map_err(|()| Error::Malformed)?;
    outgoing.set_authority(Some(authority)).map_err(|()| Error::Malformed)?;
    outgoing.set_path_with_query(Some(path)).map_err(|()| Error::Malformed)?;
    let body = outgoing.body().map_err(|()| Error::Malformed)?;
    let pending = outgoing_handler::handle(outgoing, None).map_err(Error::Failed)?;
    write(&body, request.body)?;
    OutgoingBody::finish(body, None).map_err(Error::Failed)?;
    pending.subscribe().block();
    // The outer layers tell of a response that is not there yet, or that was already taken.
    let response = pending.get().ok_or(Error::Incomplete)?.map_err(|()| Error::Incomplete)?.map_err(Error::Failed)?;
    Ok(Reply { status: response.status(), body: read(&response, body_bytes_max)? })
}

fn write(body: &OutgoingBody, bytes: &[u8]) -> Result<(), Error> {
    let stream = body.write().map_err(|()| Error::Malformed)?;
    for part in bytes.chunks(WRITE_BYTES_MAX) {
        stream.blocking_write_and_flush(part).map_err(|_| Error::Incomplete)?;
    }
    Ok(())
}

fn read(response: &IncomingResponse, bytes_max: usize) -> Result<Vec<u8>, Error> {
    let body: IncomingBody = response.consume().map_err(|()| Error::Incomplete)?;
    let stream = body.stream().map_err(|()| Error::Incomplete)?;
    let mut bytes = Vec::new();
    loop {
        // Ask for one byte more than allowed, to detect a body that is too long.
        let wanted = bytes_max.saturating_sub(bytes.len()).saturating_add(1);
        match stream.blocking_read(u64::try_from(wanted).unwrap_or(u64::MAX)) {
            Ok(part) => bytes.extend_from_slice(&part),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(_)) => return Err(Error::Incomplete),
        }
        if bytes.len() > bytes_max {
            return Err(Error::TooLong);
        }
    }
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}

/// Scheme, host with port, and path with query.
fn parts(url: &str) -> Option<(Scheme, &str, &str)> {
    let (scheme, rest) = match url.split_once("://")? {
        ("https", rest) => (Scheme::Https, rest),
        ("http", rest) => (Scheme::Http, rest),
        _ => return None,
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (!authority.is_empty()).then_some((scheme, authority, if path.is_empty() { "/" } else { path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_three_parts() {
        let of = |url| parts(url).map(|(scheme, authority, path)| (matches!(scheme, Scheme::Https), authority, path));
        assert_eq!(of("https://api.example/v1?q=1"), Some((true, "api.example", "/v1?q=1")));
        assert_eq!(of("http://10.1.2.3:8080"), Some((false, "10.1.2.3:8080", "/")));
        assert_eq!(of("ftp://api.example/"), None);
        assert_eq!(of("https:///path"), None);
        assert_eq!(of("api.example"), None);
    }
}

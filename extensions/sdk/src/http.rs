//! Requests of the extension's own, to the hosts that its manifest names under `[outbound]`. A call waits for the answer, and
//! its waiting time is limited (`waiting_ms_max`).

use std::fmt;

use crate::bindings::screening::wasi::http::outgoing_handler;
use crate::bindings::screening::wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};
use crate::bindings::screening::wasi::io::streams::StreamError;

/// What WASI lets be written at once.
const WRITE_BYTES_MAX: usize = 4096;

/// A request.
#[derive(Debug, Default)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The address: `https://host/path?query`.
    pub url: &'a str,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// What is sent along; may be empty.
    pub body: &'a [u8],
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status, whatever it is.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Error {
    /// The request is none: its address, a header or the method.
    Malformed,
    /// The host refused or failed: an address that is not granted, no connection, a timeout.
    Failed(ErrorCode),
    /// The answer broke off.
    Incomplete,
    /// The answer is longer than was asked for.
    TooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => formatter.write_str("the request is malformed"),
            Self::Failed(code) => write!(formatter, "no answer: {code:?}"),
            Self::Incomplete => formatter.write_str("the answer broke off"),
            Self::TooLong => formatter.write_str("the answer is too long"),
        }
    }
}

impl std::error::Error for Error {}

/// Sends a request and waits for its answer, of whose body at most that many bytes are taken.
///
/// # Errors
/// If there is no whole answer of that size. A status that says so is no error.
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
    // The outer layers are about being asked too early, or twice.
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
        // One more than may be: that there is more has to be seen.
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
    fn an_address_has_three_parts() {
        let of = |url| parts(url).map(|(scheme, authority, path)| (matches!(scheme, Scheme::Https), authority, path));
        assert_eq!(of("https://api.example/v1?q=1"), Some((true, "api.example", "/v1?q=1")));
        assert_eq!(of("http://10.1.2.3:8080"), Some((false, "10.1.2.3:8080", "/")));
        assert_eq!(of("ftp://api.example/"), None);
        assert_eq!(of("https:///path"), None);
        assert_eq!(of("api.example"), None);
    }
}

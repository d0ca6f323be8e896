//! Deeds that call other hosts.

use onboarding_extension::bindings::screening::wasi::http::types::{Fields, Method, OutgoingRequest, Scheme};
use onboarding_extension::http::{Request, send};

const REPLY_BYTES_MAX: usize = 16 << 20;
/// A little less than the bytes that one call of an import may copy.
const TEXT_BYTES: usize = 60_000;

/// Whether the address sent a complete response.
pub(crate) fn answered(url: &str) -> bool {
    send(&Request { method: "GET", url, ..Request::default() }, REPLY_BYTES_MAX).is_ok()
}

/// Whether the address answered a request with a body of this many bytes.
pub(crate) fn sent(bytes: usize, url: &str) -> bool {
    let body = vec![b'x'; bytes];
    send(&Request { method: "POST", url, body: &body, ..Request::default() }, REPLY_BYTES_MAX).is_ok()
}

/// Whether the address in the response of this address answered.
pub(crate) fn followed(url: &str) -> bool {
    let reply = send(&Request { method: "GET", url, ..Request::default() }, REPLY_BYTES_MAX);
    let location = reply.ok().filter(|reply| reply.status == 302).and_then(|reply| String::from_utf8(reply.body).ok());
    location.is_some_and(|location| answered(&location))
}

/// Whether the host allowed this many unsent requests, each with a long text in every part.
pub(crate) fn held(count: usize) -> bool {
    let text = "x".repeat(TEXT_BYTES);
    let requests: Vec<_> = (0..count)
        .map(|_| {
            let request = OutgoingRequest::new(Fields::new());
            let set = [
                request.set_method(&Method::Other(text.clone())),
                request.set_scheme(Some(&Scheme::Other(text.clone()))),
                request.set_authority(Some(&text)),
                request.set_path_with_query(Some(&format!("/{text}"))),
            ];
            (request, set)
        })
        .collect();
    !requests.is_empty()
}

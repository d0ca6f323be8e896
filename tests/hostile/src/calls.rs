//! Calling others.

use onboarding_extension::bindings::screening::wasi::http::types::{Fields, Method, OutgoingRequest, Scheme};
use onboarding_extension::http::{Request, send};

const REPLY_BYTES_MAX: usize = 16 << 20;
/// As long as what is copied in one call of an import may be, a little less.
const TEXT_BYTES: usize = 60_000;

/// Whether that address gave an answer, which was read to its end.
pub(crate) fn answered(url: &str) -> bool {
    send(&Request { method: "GET", url, ..Request::default() }, REPLY_BYTES_MAX).is_ok()
}

/// Whether it gave an answer to a body of so many bytes.
pub(crate) fn sent(bytes: usize, url: &str) -> bool {
    let body = vec![b'x'; bytes];
    send(&Request { method: "POST", url, body: &body, ..Request::default() }, REPLY_BYTES_MAX).is_ok()
}

/// Whether the address that this one answers with gave an answer.
pub(crate) fn followed(url: &str) -> bool {
    let reply = send(&Request { method: "GET", url, ..Request::default() }, REPLY_BYTES_MAX);
    let location = reply.ok().filter(|reply| reply.status == 302).and_then(|reply| String::from_utf8(reply.body).ok());
    location.is_some_and(|location| answered(&location))
}

/// Whether it could have so many requests that are not sent, each with a long text everywhere.
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

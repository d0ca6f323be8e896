//! Recorded replies, for a test of an extension without the network. Its requests are checked as on a server.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Response;
use serde::Deserialize;
use wasmtime_wasi_http::Error;

use super::bodies::Tally;
use super::{Reply, WasiBody};

/// An expected request, and the reply to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request that the extension must make.
    pub request: ExpectedRequest,
    /// The reply that it gets.
    pub reply: RecordedReply,
}

/// The compared parts of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// The method, in capital letters.
    pub method: String,
    /// The full URL.
    pub url: String,
}

/// A reply.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedReply {
    /// The HTTP status.
    pub status: u16,
    /// The body. Empty by default.
    #[serde(default)]
    pub body: String,
}

/// The exchanges that are still to come.
pub(super) struct RecordedReplies(Mutex<VecDeque<Exchange>>);

impl RecordedReplies {
    pub(super) fn new(exchanges: Vec<Exchange>) -> Self {
        Self(Mutex::new(exchanges.into()))
    }

    /// The reply to a request, which must be the next one that was recorded.
    ///
    /// # Errors
    /// [`Error::DestinationUnavailable`] for any other request.
    pub(super) fn reply(&self, request: &reqwest::Request, tally: &Tally) -> Reply {
        let mut exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_next = |next: &Exchange| {
            next.request.method == request.method().as_str()
                && reqwest::Url::parse(&next.request.url).is_ok_and(|url| url == *request.url())
        };
        let Some(Exchange { reply, .. }) = exchanges.pop_front_if(|next| is_next(next)) else {
            return Err(Error::DestinationUnavailable);
        };
        tally.may_receive(reply.body.len() as u64)?;
        let body: WasiBody = Full::new(Bytes::from(reply.body)).map_err(|never| match never {}).boxed_unsync();
        let reply = Response::builder().status(reply.status).body(body);
        Ok((reply.map_err(|_| Error::HttpProtocolError)?, Box::new(async { Ok(()) })))
    }
}

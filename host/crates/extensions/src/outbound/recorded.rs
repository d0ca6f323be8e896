//! Replies that were written down beforehand, for trying an extension without the world. What it sends is judged as ever.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Response;
use serde::Deserialize;
use wasmtime_wasi_http::Error;

use super::bodies::Tally;
use super::{Reply, WasiBody};

/// A request, and what it is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What the extension has to ask.
    pub request: Asked,
    /// What it gets.
    pub reply: Replied,
}

/// A request, as far as it is compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// In capital letters.
    pub method: String,
    /// In full.
    pub url: String,
}

/// A reply.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replied {
    /// The HTTP status.
    pub status: u16,
    /// The body; empty if it is left out.
    #[serde(default)]
    pub body: String,
}

/// What is still to be asked.
pub(super) struct Recorded(Mutex<VecDeque<Exchange>>);

impl Recorded {
    pub(super) fn new(exchanges: Vec<Exchange>) -> Self {
        Self(Mutex::new(exchanges.into()))
    }

    /// The reply to the next request, which must be the one that was written down. Nobody is there for any other.
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

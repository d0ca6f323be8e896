//! Sends the requests of an extension (`wasi:http/outgoing-handler`), within its manifest: allowed hosts, public addresses, and
//! limits on number and size.
//!
//! This module checks a request and sends it. It does not know the sandbox. These limits bound the host's memory:
//!
//! - header fields that the extension makes: [`context`];
//! - a request's body: parts of 16 KiB; two may wait for the network, and then the extension waits;
//! - a reply's header, and the unread part of its body: `outbound/clients.rs`;
//! - a reply's body in total: `reply_bytes_max`;
//! - the number of each: the capacity of the store's resource table;
//! - other texts of the extension (method, path, authority): the fuel of the store's host calls.

mod addresses;
mod bodies;
mod clients;
mod errors;
mod names;
mod pacing;
mod recorded;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderName};
use hyper::{Method, Request, Response};
use reqwest::Url;
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpHooks,
};

use self::bodies::{Received, Sent, Tally};
pub use self::clients::OutboundClients;
use self::names::{NotAllowed, Reach};
pub use self::names::{Resolve, Resolving, SystemResolver};
use self::pacing::Times;
pub use self::recorded::{Exchange, ExpectedRequest, RecordedReply};
use super::grant::{AllowedHost, Grant};
use super::limit_violation::{LimitViolation, LimitViolations};

/// The most bytes of one collection of header fields in memory. A larger one makes the extension trap.
const FIELD_BYTES_MAX: usize = 32 * 1024;
/// The most bytes of one part of a request's body.
const BODY_CHUNK_BYTES_MAX: usize = 16 * 1024;
/// The most characters of a host. A name in the DNS has at most 253.
const HOST_CHARS_MAX: usize = 255;

/// The second part of a store's data for `wasi:http`, beside the [`OutboundCall`].
#[must_use]
pub fn context() -> WasiHttpCtx {
    let mut context = WasiHttpCtx::new();
    context.set_field_size_limit(FIELD_BYTES_MAX);
    context
}

/// A reply, and the work that continues after it. There is no such work: a connection has its own task, which ends with the
/// reply's body.
type Reply = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

/// The outbound requests of one call of an extension. Costs nothing until the first request.
///
/// A store must drop it before its resource table. Then a request whose body is not finished is aborted. In the other order
/// the peer could take it for a shorter request.
#[derive(Debug)]
pub struct OutboundCall {
    clients: Arc<OutboundClients>,
    grant: Arc<Grant>,
    violations: LimitViolations,
    calls: u32,
    tally: Option<Arc<Tally>>,
}

impl OutboundCall {
    /// A call with that grant. Requests beyond it are refused and noted.
    #[must_use]
    pub fn new(clients: Arc<OutboundClients>, grant: Arc<Grant>, violations: LimitViolations) -> Self {
        Self { clients, grant, violations, calls: 0, tally: None }
    }

    /// Checks a request as far as possible without the network.
    fn check(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>) -> Result<Outgoing, Error> {
        self.count()?;
        let url = self.url(&request)?;
        let tally = self.tally();
        tally.may_send(announced(&request))?;
        let (parts, body) = request.into_parts();
        let mut outgoing = reqwest::Request::new(parts.method, url);
        *outgoing.headers_mut() = parts.headers;
        // The client makes this field from the URL, whose host was checked.
        outgoing.headers_mut().remove(HOST);
        if !body.is_end_stream() {
            *outgoing.body_mut() = Some(reqwest::Body::wrap(Sent::new(body, Arc::clone(&tally))));
        }
        Ok(Outgoing { clients: Arc::clone(&self.clients), request: outgoing, tally, times: Times::of(options) })
    }

    fn count(&mut self) -> Result<(), Error> {
        let max = self.grant.calls_max;
        if self.calls >= max {
            self.violations.note(LimitViolation::OutboundCalls(max));
            return Err(Error::ConnectionLimitReached);
        }
        self.calls += 1;
        Ok(())
    }

    /// The URL of the request, if the grant allows it. reqwest gets this checked URL, and not the text that it was made of.
    fn url(&self, request: &Request<WasiBody>) -> Result<Url, Error> {
        // This method would open a tunnel.
        if request.method() == Method::CONNECT {
            return Err(Error::HttpRequestMethodInvalid);
        }
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Error::HttpRequestUriInvalid)?;
        let called = AllowedHost::of(&url).filter(|called| called.host.len() <= HOST_CHARS_MAX);
        let called = called.ok_or(Error::HttpRequestUriInvalid)?;
        if !self.grant.hosts.contains(&called) {
            self.violations.note(LimitViolation::HostNotAllowed(called.to_string()));
            return Err(Error::HttpRequestDenied);
        }
        // Text before an `@` can deceive readers of the log. Credentials have their own header.
        if request.uri().authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(Error::HttpRequestUriInvalid);
        }
        // An address is not looked up, so the resolver's check does not see it.
        if let Ok(address) = called.host.trim_matches(['[', ']']).parse::<IpAddr>() {
            let reach = Reach::of(self.grant.private_addresses);
            reach.check(address).map_err(|refused| prohibited(&self.violations, &called.host, refused))?;
        }
        Ok(url)
    }

    fn tally(&mut self) -> Arc<Tally> {
        let tally = || Arc::new(Tally::new(Arc::clone(&self.grant), self.violations.clone()));
        Arc::clone(self.tally.get_or_insert_with(tally))
    }
}

impl Drop for OutboundCall {
    fn drop(&mut self) {
        if let Some(tally) = &self.tally {
            tally.end();
        }
    }
}

/// The length of the body that a request announces, in bytes.
fn announced(request: &Request<WasiBody>) -> u64 {
    let header = request.headers().get(CONTENT_LENGTH);
    let length = header.and_then(|length| length.to_str().ok()).and_then(|length| length.parse().ok());
    length.unwrap_or(0).max(request.body().size_hint().lower())
}

fn prohibited(violations: &LimitViolations, host: &str, refused: NotAllowed) -> Error {
    violations.note(LimitViolation::AddressNotAllowed { host: host.to_owned(), address: refused.0 });
    Error::DestinationIpProhibited
}

/// A checked request.
struct Outgoing {
    clients: Arc<OutboundClients>,
    request: reqwest::Request,
    tally: Arc<Tally>,
    times: Times,
}

impl Outgoing {
    async fn send(self) -> Reply {
        let Self { clients, request, tally, times } = self;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        if let Some(recorded) = clients.replies() {
            return recorded.reply(&request, &tally);
        }
        let client = clients.client(Reach::of(tally.grant.private_addresses)).map_err(|error| {
            tracing::error!(?error, "cannot make an HTTP client for the outbound calls of extensions");
            Error::ConfigurationError
        })?;
        let reply = times.apply(client.execute(request)).await.ok_or(Error::ConnectionReadTimeout)?;
        let reply = reply.map_err(|error| failed(&tally, &host, error))?;
        let (parts, body) = Response::<reqwest::Body>::from(reply).into_parts();
        tally.may_receive(body.size_hint().lower())?;
        let body = Received::new(body, tally, times.between_bytes).boxed_unsync();
        Ok((Response::from_parts(parts, body), Box::new(async { Ok(()) })))
    }
}

fn failed(tally: &Tally, host: &str, error: reqwest::Error) -> Error {
    if let Some(refused) = errors::cause::<NotAllowed>(&error) {
        return prohibited(&tally.violations, host, *refused);
    }
    // A body that was cut off makes the request fail with some other error.
    if let Err(too_much) = tally.may_send(0) {
        return too_much;
    }
    // The rest of the URL may contain personal data.
    let error = error.without_url();
    tracing::debug!(host, ?error, "an outbound call of an extension failed");
    errors::code(&error)
}

impl WasiHttpHooks for OutboundCall {
    /// Header fields that belong to the connection. `Host` is one of them: it follows from the URL.
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        is_forbidden(name)
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(is_forbidden)
    }

    fn set_host_header(&mut self) -> bool {
        false
    }

    /// Returns the running request. To drop it ends the request; to drop the reply's body ends the reply.
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Reply> + Send> {
        let checked = self.check(request, options);
        Box::new(async move { checked?.send().await })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_CHUNK_BYTES_MAX
    }

    fn p2_outgoing_body_buffer_chunks(&mut self) -> usize {
        1
    }
}

fn is_forbidden(name: &HeaderName) -> bool {
    DEFAULT_FORBIDDEN_HEADERS.contains(name)
}

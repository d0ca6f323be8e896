//! How an extension's requests (`wasi:http/outgoing-handler`) leave the server: to the hosts of its manifest, to addresses
//! outside, as often and as much as its manifest says.
//!
//! Knows nothing of the sandbox: it is handed a request and judges it. What bounds the host's memory on the way:
//!
//! - header fields that the extension makes: [`context`];
//! - a request's body: pieces of 16 KiB; two wait for the network, and the extension waits for them;
//! - a reply's header and what of its body is not read yet: `outbound/gate.rs`;
//! - a reply's body altogether: `reply_bytes_max`;
//! - how many of each there are: the capacity of the store's resource table. And what else an extension hands over as text
//!   (method, path, authority) is bounded by the fuel of the store's host calls.

mod addresses;
mod bodies;
mod faults;
mod gate;
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
pub use self::gate::Gate;
use self::names::{NotAllowed, Reach};
pub use self::names::{Resolve, Resolving, SystemResolver};
use self::pacing::Times;
pub use self::recorded::{Asked, Exchange, Replied};
use super::grant::{AllowedHost, Grant};
use super::limit_violation::{LimitViolation, LimitViolations};

/// Of one collection of header fields, as it lies in memory; one that grows beyond makes the extension trap.
const FIELD_BYTES_MAX: usize = 32 * 1024;
/// Of one piece of a request's body.
const BODY_CHUNK_BYTES_MAX: usize = 16 * 1024;
/// A name in the DNS has at most 253.
const HOST_CHARS_MAX: usize = 255;

/// What a store needs beside an [`OutboundCall`].
#[must_use]
pub fn context() -> WasiHttpCtx {
    let mut context = WasiHttpCtx::new();
    context.set_field_size_limit(FIELD_BYTES_MAX);
    context
}

/// What becomes of a request: the reply, and what goes on behind it. There is nothing: connections have tasks of their own,
/// which end with the reply's body.
type Reply = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

/// One call of an extension, and what it sends out. Costs nothing until it does.
///
/// A store must drop it before its resource table: a request whose body the extension had not finished by then is broken off.
/// The other way round it could look like a shorter one.
#[derive(Debug)]
pub struct OutboundCall {
    gate: Arc<Gate>,
    grant: Arc<Grant>,
    violations: LimitViolations,
    calls: u32,
    tally: Option<Arc<Tally>>,
}

impl OutboundCall {
    /// One that may do what `grant` says. What it does beyond is refused and noted.
    #[must_use]
    pub fn new(gate: Arc<Gate>, grant: Arc<Grant>, violations: LimitViolations) -> Self {
        Self { gate, grant, violations, calls: 0, tally: None }
    }

    /// A request to be sent, or why it is not sent. Everything that can be said without the network is said here.
    fn judge(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>) -> Result<Outgoing, Error> {
        self.count()?;
        let url = self.url(&request)?;
        let tally = self.tally();
        tally.may_send(announced(&request))?;
        let (parts, body) = request.into_parts();
        let mut outgoing = reqwest::Request::new(parts.method, url);
        *outgoing.headers_mut() = parts.headers;
        // It is made of the URL, of which the host was judged.
        outgoing.headers_mut().remove(HOST);
        if !body.is_end_stream() {
            *outgoing.body_mut() = Some(reqwest::Body::wrap(Sent::new(body, Arc::clone(&tally))));
        }
        Ok(Outgoing { gate: Arc::clone(&self.gate), request: outgoing, tally, times: Times::of(options) })
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

    /// Where the request goes, if it may go there. What is judged is what is sent: reqwest gets this URL, and not the text
    /// that it was made of.
    fn url(&self, request: &Request<WasiBody>) -> Result<Url, Error> {
        // It would make a tunnel.
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
        // What stands before an `@` is for deceiving readers; credentials have a header.
        if request.uri().authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(Error::HttpRequestUriInvalid);
        }
        // An address is not looked up, so that the resolver does not see it.
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

/// The bytes that a request says it has.
fn announced(request: &Request<WasiBody>) -> u64 {
    let header = request.headers().get(CONTENT_LENGTH);
    let length = header.and_then(|length| length.to_str().ok()).and_then(|length| length.parse().ok());
    length.unwrap_or(0).max(request.body().size_hint().lower())
}

fn prohibited(violations: &LimitViolations, host: &str, refused: NotAllowed) -> Error {
    violations.note(LimitViolation::AddressNotAllowed { host: host.to_owned(), address: refused.0 });
    Error::DestinationIpProhibited
}

/// A request that may be sent.
struct Outgoing {
    gate: Arc<Gate>,
    request: reqwest::Request,
    tally: Arc<Tally>,
    times: Times,
}

impl Outgoing {
    async fn send(self) -> Reply {
        let Self { gate, request, tally, times } = self;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        if let Some(recorded) = gate.recorded() {
            return recorded.reply(&request, &tally);
        }
        let client = gate.client(Reach::of(tally.grant.private_addresses)).map_err(|error| {
            tracing::error!(?error, "no client for the outbound calls of extensions");
            Error::ConfigurationError
        })?;
        let reply = times.keep(client.execute(request)).await.ok_or(Error::ConnectionReadTimeout)?;
        let reply = reply.map_err(|error| failed(&tally, &host, error))?;
        let (parts, body) = Response::<reqwest::Body>::from(reply).into_parts();
        tally.may_receive(body.size_hint().lower())?;
        let body = Received::new(body, tally, times.between_bytes).boxed_unsync();
        Ok((Response::from_parts(parts, body), Box::new(async { Ok(()) })))
    }
}

fn failed(tally: &Tally, host: &str, error: reqwest::Error) -> Error {
    if let Some(refused) = faults::cause::<NotAllowed>(&error) {
        return prohibited(&tally.violations, host, *refused);
    }
    // A body that was cut off has the request fail in one way or another.
    if let Err(too_much) = tally.may_send(0) {
        return too_much;
    }
    // The rest of the URL may have somebody's data in it.
    let error = error.without_url();
    tracing::debug!(host, ?error, "an outbound call of an extension failed");
    faults::code(&error)
}

impl WasiHttpHooks for OutboundCall {
    /// The hop's own header fields, `Host` among them: it says what the URL says.
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        is_forbidden(name)
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(is_forbidden)
    }

    fn set_host_header(&mut self) -> bool {
        false
    }

    /// Dropping what it returns ends the request, and dropping the reply's body ends the reply.
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Reply> + Send> {
        let judged = self.judge(request, options);
        Box::new(async move { judged?.send().await })
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

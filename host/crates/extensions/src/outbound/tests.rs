//! Requests that are sent, and requests that are refused, with a server on loopback. Beside each refusal stands a control: the
//! same request with the missing right.

mod limits;
mod network;
mod places;
mod server;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::{Request, Response};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::{OutboundCall, OutboundClients, Resolve, Resolving};
use crate::grant::Grant;
use crate::limit_violation::{LimitViolation, LimitViolations};

/// A resolver with one answer for all names.
enum Names {
    Are(Vec<SocketAddr>),
    Unknown,
    Unanswered,
}

impl Resolve for Names {
    fn resolve(&self, _: &str) -> Resolving {
        match self {
            Self::Are(addresses) => {
                let addresses = addresses.clone();
                Box::pin(async move { Ok(addresses) })
            }
            Self::Unknown => Box::pin(async { Err(io::Error::other("no such name")) }),
            Self::Unanswered => Box::pin(std::future::pending()),
        }
    }
}

/// Clients for which all names have these addresses.
fn names(addresses: &str) -> Arc<OutboundClients> {
    // The port is ignored: there is no server on port 9.
    let all = addresses.split(' ').map(|text| SocketAddr::new(text.parse().expect(text), 9)).collect();
    Arc::new(OutboundClients::new(Arc::new(Names::Are(all))))
}

/// A grant with private addresses, because the tests' server is on loopback.
fn grant(host: &str) -> Grant {
    Grant {
        hosts: vec![host.parse().expect(host)],
        private_addresses: true,
        calls_max: 4,
        request_bytes_max: 1000,
        reply_bytes_max: 1000,
    }
}

/// One call of an extension.
struct Call(OutboundCall, LimitViolations);

impl Call {
    fn new(clients: &Arc<OutboundClients>, grant: &Grant) -> Self {
        let violations = LimitViolations::default();
        Self(OutboundCall::new(Arc::clone(clients), Arc::new(grant.clone()), violations.clone()), violations)
    }

    async fn send(&mut self, request: Request<WasiBody>) -> Result<Response<WasiBody>, Error> {
        self.send_with(request, RequestOptions::default()).await
    }

    async fn send_with(
        &mut self,
        request: Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<Response<WasiBody>, Error> {
        let sent = self.0.send_request(request, Some(options), Box::new(async { Ok(()) }));
        Pin::from(sent).await.map(|(reply, _)| reply)
    }

    /// The body of the reply to a GET.
    async fn get(&mut self, url: &str) -> Result<String, Error> {
        text(self.send(get(url)).await?).await
    }

    /// The name of the error of a GET.
    async fn fault(&mut self, url: &str) -> String {
        fault(self.get(url).await)
    }

    fn violation(&self) -> Option<&LimitViolation> {
        self.1.first()
    }
}

fn fault<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "none".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

async fn text(reply: Response<WasiBody>) -> Result<String, Error> {
    Ok(String::from_utf8_lossy(&reply.into_body().collect().await?.to_bytes()).into_owned())
}

fn get(url: &str) -> Request<WasiBody> {
    Request::get(url).body(Empty::new().map_err(|never| match never {}).boxed_unsync()).expect(url)
}

fn post(url: &str, body: &str) -> Request<WasiBody> {
    let body = Full::new(Bytes::from(body.to_owned())).map_err(|never| match never {});
    Request::post(url).body(body.boxed_unsync()).expect(url)
}

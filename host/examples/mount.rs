//! The OBP routes in another hyper server: its own pages, its own meeting provider, and `/obp/…` and `/my/logins/…` from
//! the library.
//!
//!     cargo run --release -p obp-host --example mount -- ./data 127.0.0.1:8081
//!     curl http://127.0.0.1:8081/health
//!     curl http://127.0.0.1:8081/obp/v3.1.0/root

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "an example that prints is short")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use obp_host::ambient::Ambient;
use obp_host::app::{App, open_store};
use obp_host::config::Config;
use obp_host::obp::Service;
use obp_host::providers::{Access, MeetingProvider, Participant, ProviderFuture, SessionRequest, Unavailable};
use tokio::net::TcpListener;

/// Meets at the bank's own address.
struct FrontDesk;

impl MeetingProvider for FrontDesk {
    fn readiness(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    fn create_session<'a>(&'a self, request: &'a SessionRequest, _: &'a Ambient) -> ProviderFuture<'a, String> {
        Box::pin(async move { Ok(format!("desk-{}", request.meeting_id)) })
    }

    fn grant_access<'a>(&'a self, _: &'a Participant, ambient: &'a Ambient) -> ProviderFuture<'a, Access> {
        Box::pin(async move { Ok(Access { token: ambient.hex()?, url: None }) })
    }
}

async fn answer(obp: Service, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    match request.uri().path() {
        "/health" => Ok(Response::new(Full::from("well\n"))),
        _ => obp.call(request).await,
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (data, address) = arguments.next().zip(arguments.next()).context("usage: mount DATA ADDRESS")?;
    let address: SocketAddr = address.parse().context("ADDRESS is not like 127.0.0.1:8081")?;

    let mut config = Config::load(None, std::iter::empty())?;
    config.data = PathBuf::from(data);
    // In the default profile every logged-in user reads everything, so listen on loopback only.
    if let Some(error) = config.refuses_to_listen(address) {
        anyhow::bail!("{error}; {}", error.hint);
    }
    let app = App::builder(open_store(&config)?)
        .config(config)
        .limits(|limits| limits.requests_in_flight_max = 64)
        .meeting_provider("front-desk", FrontDesk)
        .build()?;
    app.onboarding.extensions.start().await?;
    let obp = app.api.clone();

    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen at {address}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // Either no file descriptor is free or the client has gone. The next attempt may succeed after a pause.
            Err(error) => {
                eprintln!("cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let obp = obp.clone();
        tokio::spawn(async move {
            // Without a timer, a silent client is never disconnected.
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new());
            let served = service_fn(move |request| answer(obp.clone(), request));
            if let Err(error) = server.serve_connection(TokioIo::new(stream), served).await {
                eprintln!("a connection broke: {error}");
            }
        });
    }
}

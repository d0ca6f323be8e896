//! The compared servers. Each is a process: the product's binary, or this program in another role with the product's library.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use clap::{Args, ValueEnum};
use http_body_util::Full;
use hyper::Response;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use obp_host::ambient::Ambient;
use obp_host::app::{self, App, api_settings, compile, extensions_in_process, open_store, server_limits};
use obp_host::{api, server};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::processes::{Server, beside, this_program};
use crate::screeners::load_all;
use crate::{client, data, native};

/// The kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The product, with a new instance per request.
    Sandboxed,
    /// The same rules as native code.
    Native,
    /// Hyper alone, which repeats one response of another server.
    Bare,
}

/// Serves until standard input ends.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[arg(value_enum)]
    kind: Kind,
    /// The folder of the store.
    #[arg(long, default_value = ".")]
    data: PathBuf,
    /// The server whose response is repeated.
    #[arg(long)]
    like: Option<SocketAddr>,
    /// The path of the request whose response is repeated.
    #[arg(long, default_value = "")]
    path: String,
}

/// The command that serves the store in this folder.
pub(crate) fn of_store(kind: Kind, data: &Path) -> anyhow::Result<Command> {
    let mut command = this_program()?;
    command.arg("serve").arg(if kind == Kind::Native { "native" } else { "sandboxed" }).arg("--data").arg(data);
    Ok(command)
}

/// A server that answers every request as `like` answers a GET of this path.
pub(crate) fn bare(like: SocketAddr, path: &str) -> anyhow::Result<Server> {
    Server::start(this_program()?.args(["serve", "bare", "--path", path, "--like", &like.to_string()]))
}

/// The command that runs the product on this folder.
pub(crate) fn product(data: &Path) -> anyhow::Result<Command> {
    let binary = beside("obp-host")?;
    ensure!(binary.exists(), "{} is missing; run `make bench`, which builds it", binary.display());
    let mut command = Command::new(binary);
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).env("OBP_HOST_LOG__LEVEL", "error");
    Ok(command)
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free")?;
            let address = listener.local_addr()?;
            let ready = || println!("listening on http://{address}");
            let config = data::config(&self.data)?;
            if self.kind == Kind::Bare {
                let limits = server_limits(&config);
                let answer = answer_of(self.like.context("--like is missing")?, &self.path)?;
                let service = service_fn(move |_| std::future::ready(Ok::<_, Infallible>(answer.clone())));
                ready();
                server::serve(listener, None, service, limits, end_of_input()).await;
                return Ok(());
            }
            let store = open_store(&config)?;
            let runtime = compile(&config)?;
            let extensions = extensions_in_process(&config)?;
            let mut app = App::new(config, store, runtime, Ambient::system(), extensions)?;
            if self.kind == Kind::Native {
                app.api = native_api(&app)?;
            }
            load_all(&app).await?;
            ready();
            app::serve(Arc::new(app), listener, end_of_input()).await;
            Ok(())
        })
    }
}

/// The application's API with the routes of the native baseline.
pub(crate) fn native_api(app: &App) -> anyhow::Result<api::Service> {
    let (onboarding, settings) = (Arc::clone(&app.onboarding), api_settings(&app.config));
    api::Service::with_routes(onboarding, settings, native::routes()).map_err(anyhow::Error::msg)
}

/// The response of another server: bytes and headers without the date, which hyper adds.
fn answer_of(like: SocketAddr, path: &str) -> anyhow::Result<Response<Full<Bytes>>> {
    let answer = client::get(like, path)?;
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    for (name, value) in answer.headers {
        if !["connection", "content-length", "date"].contains(&name.to_ascii_lowercase().as_str()) {
            response.headers_mut().insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
    }
    Ok(response)
}

/// Completes when standard input ends: the process that started this one has closed it or has ended.
async fn end_of_input() {
    let (ended, end) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(ended);
    });
    let _ = end.await;
}

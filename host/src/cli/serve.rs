//! `serve`: runs the server until a signal stops it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use obp_host::ambient::Ambient;
use obp_host::app::{self, App, DataFolder, compile, open_store};
use obp_host::config::{Config, PublicUrl};
use obp_host::extensions::compiler::Isolation;
use obp_host::extensions::outbound::OutboundClients;
use obp_host::storage::Store;
use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};

use super::{DataArguments, control, log, may_listen, output};

/// Connections that the system keeps until they are accepted. `TcpListener::bind` of tokio has the same number.
const CONNECTIONS_WAITING_MAX: u32 = 1024;

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    data: DataArguments,
    /// The address to listen at, such as 127.0.0.1:8080; port 0 takes any free port.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Runs this component instead of the embedded one.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let mut config = self.data.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.component = self.component.or(config.component);
        let _log = log::start(&config)?;
        may_listen(&config, config.listen)?;
        let socket = bind(config.listen)?;
        let _folder = DataFolder::claim(&config)?;
        let store = open_store(&config)?;
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        let public_url = config.public_url.clone();
        serve(config, store, socket, move |address| announce(address_lines(scheme, address, public_url.as_ref()))).await
    }
}

/// The lines that state the address. Programs wait for the first line; the second one is for people.
pub(super) fn address_lines(scheme: &str, address: SocketAddr, public_url: Option<&PublicUrl>) -> String {
    let url = public_url.map_or_else(|| format!("{scheme}://{}", browsable(address)), PublicUrl::to_string);
    format!("listening on {scheme}://{address}\nOpen {url}/ in a browser.\n")
}

/// Prints the text in one write, because a program may close its end of the pipe after the first line. The server serves
/// without it: a pipe that is full blocks only a thread of its own.
pub(super) fn announce(text: String) {
    let printing = std::thread::Builder::new().spawn(move || {
        if let Err(error) = output::print(&text) {
            tracing::warn!("the address is not announced: {error:#}");
        }
    });
    if let Err(error) = printing {
        tracing::warn!("the address is not announced: {error}");
    }
}

/// An address that a browser on this machine can open: an unspecified address becomes loopback.
fn browsable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Reserves the address, so that one in use is noticed before anything else is done. Clients cannot connect yet.
pub(super) fn bind(address: SocketAddr) -> anyhow::Result<TcpSocket> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Connections of the last process, which end later, must not keep the address.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok::<_, io::Error>(socket)
    };
    bound().with_context(|| {
        format!("cannot listen at {address}; is another server there? Choose another address with --listen")
    })
}

/// Serves the store at the socket's address until a signal stops the process. Calls `ready` with the address when requests can
/// be sent.
pub(super) async fn serve(
    config: Config,
    store: Arc<dyn Store>,
    socket: TcpSocket,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    app::raise_file_limit(&config);
    let listen = config.listen;
    let runtime = compile(&config)?;
    let extensions = app::extensions(&config, Isolation::of_this_program(), OutboundClients::default())?;
    let app = Arc::new(App::new(config, store, runtime, Ambient::system(), extensions)?);
    // Requests to reload during the start are answered after it.
    reload_on_hangup(&app)?;
    let control = control::listen(&app)
        .inspect_err(|error| tracing::warn!("the control socket is not available; use SIGHUP to reload: {error:#}"));
    if let Err(error) = app::own_consumer_key(&*app.onboarding.store, &app.onboarding.services.ambient).await {
        // The first login on a page creates it.
        tracing::warn!("the pages' own application is not registered yet: {error:#}");
    }
    app.onboarding.extensions.start().await?;
    let listener = socket.listen(CONNECTIONS_WAITING_MAX).with_context(|| format!("cannot listen at {listen}"))?;
    ready(listener.local_addr()?);
    let store = Arc::clone(&app.onboarding.store);
    app::serve(app, listener, stop_signal()?).await;
    drop(control);
    store.close().await.context("the store is not closed. Its log is beside it, and the next start reads both")
}

/// Reloads certificate and extensions at each SIGHUP.
fn reload_on_hangup(app: &Arc<App>) -> anyhow::Result<()> {
    let (mut hangup, app) = (signal(SignalKind::hangup())?, Arc::clone(app));
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match app.reload().await {
                Ok(()) => tracing::info!("reloaded certificate and extensions"),
                Err(error) => tracing::error!("{error:#}"),
            }
        }
    });
    Ok(())
}

/// Is done at the first SIGTERM or SIGINT, so that requests can end. The second one ends the process at once.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(130);
        });
    })
}

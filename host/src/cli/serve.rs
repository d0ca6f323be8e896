//! `serve`: the server, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use obp_host::ambient::Ambient;
use obp_host::app::{self, App, compile, open_store};
use obp_host::config::Config;
use obp_host::extensions::compiler::Isolation;
use obp_host::extensions::outbound::OutboundClients;
use obp_host::storage::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::{Place, control, may_listen, start_log};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    place: Place,
    /// The address to listen at, e.g. 127.0.0.1:8080; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Runs this component instead of the embedded one.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let mut config = self.place.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.component = self.component.or(config.component);
        start_log(&config);
        may_listen(&config, config.listen)?;
        let store = open_store(&config)?;
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        serve(config, store, |address| println!("listening on {scheme}://{address}")).await
    }
}

/// Serves that store until the process is told to stop; `ready` is told the address as soon as requests are answered.
pub(super) async fn serve(config: Config, store: Arc<dyn Store>, ready: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    let listen = config.listen;
    let runtime = compile(&config)?;
    let extensions = app::extensions(&config, Isolation::of_this_program(), OutboundClients::default())?;
    let app = Arc::new(App::new(config, store, runtime, Ambient::system(), extensions)?);
    // Who wants something reloaded meanwhile is answered after the start.
    reload_on_hangup(&app)?;
    if let Err(error) = control::listen(&app) {
        tracing::warn!("commands cannot reach this server, SIGHUP can: {error:#}");
    }
    if let Err(error) = app::own_consumer_key(&*app.onboarding.store, &app.onboarding.services.ambient).await {
        // It is made when somebody signs in, at the latest.
        tracing::warn!("the pages' own application is not there yet: {error:#}");
    }
    app.onboarding.extensions.start().await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}; is another server there? Choose another with --listen"))?;
    ready(listener.local_addr()?);
    app::serve(app, listener, told_to_stop()?).await;
    Ok(())
}

/// SIGHUP reads the certificate and the extensions again.
fn reload_on_hangup(app: &Arc<App>) -> anyhow::Result<()> {
    let (mut hangup, app) = (signal(SignalKind::hangup())?, Arc::clone(app));
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match app.reload().await {
                Ok(()) => tracing::info!("certificate and extensions are what was read again"),
                Err(error) => tracing::error!("{error:#}"),
            }
        }
    });
    Ok(())
}

/// The first SIGTERM or SIGINT lets requests end; the second does not.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
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

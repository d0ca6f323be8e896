//! The control socket of a running server, in its data folder. Only the server's user may open it. A request and its response
//! are one line of JSON each.

use std::fs::{self, File, Permissions};
use std::io::ErrorKind;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use obp_host::app::App;
use obp_host::extensions::Set;
use obp_host::extensions::load_error::LoadError;
use obp_host::extensions::metrics::MetricsSnapshot;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";
/// Bytes of a request.
const LINE_BYTES_MAX: u64 = 4 << 10;
/// Time for a request to arrive.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// A request to a running server.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ControlRequest {
    /// Reload certificate and extensions.
    Reload,
    /// Reload the extensions only.
    ReloadExtensions,
    /// List the extensions and their statistics.
    Extensions,
}

impl ControlRequest {
    /// Time for the response to arrive. Compiling an extension is slow.
    fn timeout(self) -> Duration {
        match self {
            Self::Extensions => Duration::from_secs(10),
            Self::Reload | Self::ReloadExtensions => Duration::from_secs(900),
        }
    }
}

/// The response.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ControlResponse {
    /// Success, with the current extensions.
    #[serde(rename = "serving")]
    Loaded(Vec<ExtensionStatus>),
    /// The request failed for this reason.
    Refused(String),
}

/// An extension that is loaded, or could not be loaded.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ExtensionStatus {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) figures: Option<MetricsSnapshot>,
    /// The reason if it could not be loaded.
    pub(super) refused: Option<String>,
}

/// Creates the socket and answers requests until the value is dropped, which removes the socket. The server has the lock of the
/// folder, so a socket that exists belongs to a server that has ended.
///
/// # Errors
/// If the socket cannot be created.
pub(super) fn listen(app: &Arc<App>) -> anyhow::Result<Control> {
    let socket = SocketPath::of(&app.config.data)?;
    match fs::remove_file(&socket.path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&socket.path)?;
    fs::set_permissions(&socket.path, Permissions::from_mode(0o600))?;
    let app = Arc::clone(app);
    let answering = tokio::spawn(async move {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // No file descriptor is free. The next attempt may succeed after a pause.
                    tracing::warn!(%error, "cannot accept a request on {SOCKET}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                if let Err(error) = respond(&app, stream).await {
                    tracing::warn!("a request on {SOCKET} got no response: {error:#}");
                }
            });
        }
    });
    Ok(Control { socket, answering })
}

/// The socket of a running server.
pub(super) struct Control {
    socket: SocketPath,
    answering: JoinHandle<()>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.answering.abort();
        // A socket that stays is removed by the next start.
        let _ = fs::remove_file(&self.socket.path);
    }
}

async fn respond(app: &App, stream: UnixStream) -> anyhow::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = Vec::new();
    let mut reading = BufReader::new(reading.take(LINE_BYTES_MAX));
    tokio::time::timeout(REQUEST_TIMEOUT, reading.read_until(b'\n', &mut line)).await??;
    if line.is_empty() {
        return Ok(());
    }
    let done = match serde_json::from_slice(&line) {
        Ok(ControlRequest::Reload) => app.reload().await,
        Ok(ControlRequest::ReloadExtensions) => app.reload_extensions().await,
        Ok(ControlRequest::Extensions) => Ok(()),
        Err(error) => Err(anyhow::anyhow!("not a question: {error}")),
    };
    let response = match done {
        Ok(()) => ControlResponse::Loaded(statuses(&app.onboarding.extensions.current())),
        Err(error) => {
            tracing::error!("{error:#}");
            ControlResponse::Refused(format!("{error:#}"))
        }
    };
    let mut line = serde_json::to_vec(&response)?;
    line.push(b'\n');
    Ok(writing.write_all(&line).await?)
}

fn statuses(set: &Set) -> Vec<ExtensionStatus> {
    let loaded = set.extensions().iter().map(|extension| ExtensionStatus {
        name: extension.manifest.name.clone(),
        version: extension.manifest.version.clone(),
        figures: Some(extension.metrics.snapshot()),
        refused: None,
    });
    let refused = set.not_loaded().iter().map(|error| ExtensionStatus {
        name: extension_of(error),
        version: String::new(),
        figures: None,
        refused: Some(error.in_full()),
    });
    loaded.chain(refused).collect()
}

/// Sends a request to the server that runs on that data folder; `None` if no server runs.
///
/// # Errors
/// If the server does not respond.
pub(super) async fn ask(data: &Path, request: ControlRequest) -> anyhow::Result<Option<ControlResponse>> {
    let socket = match SocketPath::of(data) {
        Ok(socket) => socket,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", data.display())),
    };
    let stream = match UnixStream::connect(&socket.path).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot reach the server through {}", data.join(SOCKET).display()));
        }
    };
    let (reading, mut writing) = stream.into_split();
    let mut line = serde_json::to_vec(&request)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    let mut line = String::new();
    let mut reading = BufReader::new(reading);
    let received = tokio::time::timeout(request.timeout(), reading.read_line(&mut line)).await;
    if received.with_context(|| format!("the server that runs on {} does not answer", data.display()))?? == 0 {
        bail!("the server ended before it answered");
    }
    Ok(Some(serde_json::from_str(&line)?))
}

/// A path of the socket through the open folder. The system accepts about a hundred bytes, and a folder's own path may be
/// longer.
struct SocketPath {
    path: PathBuf,
    _folder: File,
}

impl SocketPath {
    fn of(data: &Path) -> std::io::Result<Self> {
        let folder = File::open(data)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()));
        Ok(Self { path, _folder: folder })
    }
}

/// The name of the extension's folder.
fn extension_of(error: &LoadError) -> String {
    let folder = if error.path.is_dir() { Some(error.path.as_path()) } else { error.path.parent() };
    folder.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned()
}

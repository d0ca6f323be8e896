//! The operator's own way into a running server: a socket in its data folder, which only the user that the server runs as may
//! open. One line of JSON asks, one line answers.

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

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";
/// Of a question.
const LINE_BYTES_MAX: u64 = 4 << 10;
/// How long somebody may take to ask.
const ASKING: Duration = Duration::from_secs(5);

/// What a server can be asked.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Question {
    /// To read the certificate and the extensions again.
    Reload,
    /// To read the extensions again, and nothing else.
    ReloadExtensions,
    /// Which extensions serve, and how they have been doing.
    Extensions,
}

impl Question {
    /// How long its answer may take: compiling takes a while.
    fn patience(self) -> Duration {
        match self {
            Self::Extensions => Duration::from_secs(10),
            Self::Reload | Self::ReloadExtensions => Duration::from_secs(900),
        }
    }
}

/// What it answers.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// These serve.
    Serving(Vec<Serving>),
    /// These serve, and something was not done, for this reason.
    Refused(String),
}

/// An extension that serves, or could not be loaded.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Serving {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) figures: Option<MetricsSnapshot>,
    /// Why it does not serve.
    pub(super) refused: Option<String>,
}

/// Answers questions from now on, as long as this process runs.
///
/// # Errors
/// If the socket cannot be made.
pub(super) fn listen(app: &Arc<App>) -> anyhow::Result<()> {
    let place = Place::of(&app.config.data)?;
    if std::os::unix::net::UnixStream::connect(&place.path).is_ok() {
        bail!("another server answers through {} already", app.config.data.join(SOCKET).display());
    }
    match fs::remove_file(&place.path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&place.path)?;
    fs::set_permissions(&place.path, Permissions::from_mode(0o600))?;
    let app = Arc::clone(app);
    tokio::spawn(async move {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors: the next may do better, but not at once.
                    tracing::warn!(%error, "cannot accept a question on {SOCKET}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                if let Err(error) = answer(&app, stream).await {
                    tracing::warn!("a question on {SOCKET} got no answer: {error:#}");
                }
            });
        }
    });
    Ok(())
}

async fn answer(app: &App, stream: UnixStream) -> anyhow::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = Vec::new();
    let mut reading = BufReader::new(reading.take(LINE_BYTES_MAX));
    tokio::time::timeout(ASKING, reading.read_until(b'\n', &mut line)).await??;
    if line.is_empty() {
        return Ok(());
    }
    let done = match serde_json::from_slice(&line) {
        Ok(Question::Reload) => app.reload().await,
        Ok(Question::ReloadExtensions) => {
            app.onboarding.extensions.reload().await.map(drop).map_err(anyhow::Error::from)
        }
        Ok(Question::Extensions) => Ok(()),
        Err(error) => Err(anyhow::anyhow!("not a question: {error}")),
    };
    let answer = match done {
        Ok(()) => Answer::Serving(serving(&app.onboarding.extensions.current())),
        Err(error) => {
            tracing::error!("{error:#}");
            Answer::Refused(format!("{error:#}"))
        }
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    Ok(writing.write_all(&line).await?)
}

fn serving(set: &Set) -> Vec<Serving> {
    let serving = set.extensions().iter().map(|extension| Serving {
        name: extension.manifest.name.clone(),
        version: extension.manifest.version.clone(),
        figures: Some(extension.metrics.snapshot()),
        refused: None,
    });
    let refused = set.not_loaded().iter().map(|error| Serving {
        name: extension_of(error),
        version: String::new(),
        figures: None,
        refused: Some(error.in_full()),
    });
    serving.chain(refused).collect()
}

/// Asks the server that runs on that data folder; `None` if none does.
///
/// # Errors
/// If it does not answer.
pub(super) async fn ask(data: &Path, question: Question) -> anyhow::Result<Option<Answer>> {
    let place = match Place::of(data) {
        Ok(place) => place,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", data.display())),
    };
    let stream = match UnixStream::connect(&place.path).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot reach the server through {}", data.join(SOCKET).display()));
        }
    };
    let (reading, mut writing) = stream.into_split();
    let mut line = serde_json::to_vec(&question)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    let mut line = String::new();
    let mut reading = BufReader::new(reading);
    let answered = tokio::time::timeout(question.patience(), reading.read_line(&mut line)).await;
    if answered.with_context(|| format!("the server that runs on {} does not answer", data.display()))?? == 0 {
        bail!("the server ended before it answered");
    }
    Ok(Some(serde_json::from_str(&line)?))
}

/// The socket's path by way of the open folder: the system takes a hundred bytes, and folders may lie deeper than that.
struct Place {
    path: PathBuf,
    _folder: File,
}

impl Place {
    fn of(data: &Path) -> std::io::Result<Self> {
        let folder = File::open(data)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()));
        Ok(Self { path, _folder: folder })
    }
}

/// The name of the folder of that extension.
fn extension_of(error: &LoadError) -> String {
    let folder = if error.path.is_dir() { Some(error.path.as_path()) } else { error.path.parent() };
    folder.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned()
}

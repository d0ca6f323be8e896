//! The log on standard error. It cannot block, end or fill the process: lines go through a bounded queue to a thread of their own
//! (`lines`), and an error that repeats is logged once a second (`repeats`).

mod lines;
mod repeats;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use obp_host::config::{Config, LogFormat};
use tracing::Dispatch;
use tracing::dispatcher::{set_global_default, with_default};
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use self::lines::{Counts, Lines};
use self::repeats::{LogFilter, Repeats};

/// The interval at which repeated and dropped lines are reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// The time that the last lines have to be written. A reader that has stopped does not hold the exit for longer.
const LAST_LINES_TIMEOUT: Duration = Duration::from_millis(500);
const LAST_LINES_POLL: Duration = Duration::from_millis(1);

/// The log while it runs. Writes the last lines when it is dropped.
pub(super) struct Log {
    guard: Option<WorkerGuard>,
    counts: Arc<Counts>,
    repeats: Arc<Repeats>,
    dispatch: Dispatch,
    /// The reporting thread ends when this is dropped.
    _reports: Sender<()>,
}

/// The form of the log.
#[derive(Clone, Copy)]
struct Form {
    level: LevelFilter,
    format: LogFormat,
    /// Whether lines have colours. They are for terminals only.
    has_colours: bool,
}

/// Starts the log of this process. The output of commands goes to standard output.
///
/// # Errors
/// If standard error cannot be opened again, or a thread cannot be started.
pub(super) fn start(config: &Config) -> anyhow::Result<Log> {
    // A file of its own: the lock of `std::io::stderr` would be held while a full pipe blocks the writing thread.
    let output = File::from(io::stderr().as_fd().try_clone_to_owned().context("cannot open standard error")?);
    let form = Form {
        level: config.log.level.filter(),
        format: config.log.format,
        has_colours: output.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let log = Log::to(output, form)?;
    set_global_default(log.dispatch.clone()).context("the log runs already")?;
    log_panics();
    Ok(log)
}

impl Log {
    /// A log that writes to `output`.
    fn to(output: impl Write + Send + 'static, form: Form) -> anyhow::Result<Self> {
        let (lines, guard, counts) = Lines::to(output, form.format);
        let repeats = Arc::new(Repeats::new());
        let dispatch = dispatch(lines.clone(), form, Arc::clone(&repeats));
        let reports = start_reports(lines, dispatch.clone(), Arc::clone(&repeats))?;
        Ok(Self { guard: Some(guard), counts, repeats, dispatch, _reports: reports })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        with_default(&self.dispatch, || self.repeats.report_all());
        self.counts.end();
        let deadline = Instant::now() + LAST_LINES_TIMEOUT;
        while !self.counts.is_drained() && Instant::now() < deadline {
            std::thread::sleep(LAST_LINES_POLL);
        }
        let guard = self.guard.take();
        if self.counts.is_drained() {
            // The writing thread takes the end from the empty queue, and states dropped lines.
            drop(guard);
        } else {
            // If the queue is full, dropping the guard prints a message on standard output, which fails if that is closed.
            std::mem::forget(guard);
        }
    }
}

fn dispatch(lines: Lines, form: Form, repeats: Arc<Repeats>) -> Dispatch {
    let filter = LogFilter { level: form.level, repeats };
    // `tracing-subscriber` would print its own errors on standard error.
    let layer = fmt::layer().with_ansi(form.has_colours).log_internal_errors(false);
    let layer = layer.with_writer(move || lines.clone());
    match form.format {
        LogFormat::Text => Dispatch::new(tracing_subscriber::registry().with(layer.with_filter(filter))),
        LogFormat::Json => Dispatch::new(tracing_subscriber::registry().with(layer.json().with_filter(filter))),
    }
}

/// Starts the thread that reports repeated and dropped lines. It ends when the returned sender is dropped.
fn start_reports(mut lines: Lines, dispatch: Dispatch, repeats: Arc<Repeats>) -> io::Result<Sender<()>> {
    let (running, end) = channel::<()>();
    std::thread::Builder::new().name("log-reports".to_owned()).spawn(move || {
        while end.recv_timeout(REPORT_INTERVAL) == Err(RecvTimeoutError::Timeout) {
            with_default(&dispatch, || repeats.report(Instant::now()));
            lines.nudge();
        }
    })?;
    Ok(running)
}

/// Logs panics. The hook of the standard library writes to standard error, which can block.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, "a thread panicked: {message}");
    }));
}

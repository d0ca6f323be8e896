//! The lines of the log on their way to standard error: a bounded queue, and a thread that writes.
//!
//! No thread that logs waits for the writing one. A line that finds the queue full, or cannot be written, is dropped and counted.
//! The count stands in the log before the next line that can be written.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use obp_host::config::LogFormat;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};

/// Lines that may wait to be written.
pub(super) const LINES_WAITING_MAX: usize = 1024;
/// Bytes of a line. A longer one is dropped, so that the queue's memory is bounded.
pub(super) const LINE_BYTES_MAX: usize = 32 << 10;
/// The least time between two notices of dropped lines.
const NOTICE_INTERVAL: Duration = Duration::from_secs(1);
/// The pause before the next attempt to write to a full pipe that does not block.
const FULL_PIPE_PAUSE: Duration = Duration::from_millis(10);

/// Counts of lines.
#[derive(Default)]
pub(super) struct Counts {
    /// Lines that the queue was given. It may have dropped them.
    queued: AtomicU64,
    /// Lines that have left the queue, written or not.
    handled: AtomicU64,
    /// Lines that were too long or could not be written.
    unwritten: AtomicU64,
    /// Dropped lines that the log has stated.
    stated: AtomicU64,
    /// Whether the log ends: the last notice waits for no interval.
    ending: AtomicBool,
    /// Lines that found the queue full.
    queue_full: OnceLock<ErrorCounter>,
}

impl Counts {
    fn queue_full(&self) -> u64 {
        self.queue_full.get().map_or(0, |counter| counter.dropped_lines() as u64)
    }

    fn dropped(&self) -> u64 {
        self.queue_full().saturating_add(self.unwritten.load(Ordering::Acquire))
    }

    /// Whether every line in the queue has been handled.
    pub(super) fn is_drained(&self) -> bool {
        let gone = self.handled.load(Ordering::Acquire).saturating_add(self.queue_full());
        gone >= self.queued.load(Ordering::Acquire)
    }

    /// Whether the log lacks a notice of dropped lines.
    pub(super) fn has_unstated(&self) -> bool {
        self.dropped() > self.stated.load(Ordering::Acquire)
    }

    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::Release);
    }
}

/// The beginning of the queue. `tracing-subscriber` writes each line at once.
#[derive(Clone)]
pub(super) struct Lines {
    queue: NonBlocking,
    counts: Arc<Counts>,
}

impl Lines {
    /// Starts the thread that writes to `output`. Dropping the guard ends it.
    pub(super) fn to(output: impl Write + Send + 'static, format: LogFormat) -> (Self, WorkerGuard, Arc<Counts>) {
        let counts = Arc::new(Counts::default());
        let end = End { output, format, counts: Arc::clone(&counts), is_cut: false, noticed: None };
        let builder = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(LINES_WAITING_MAX);
        let (queue, guard) = builder.thread_name("log").finish(end);
        let _ = counts.queue_full.set(queue.error_counter());
        (Self { queue, counts: Arc::clone(&counts) }, guard, counts)
    }

    /// Makes an idle writing thread state dropped lines. A busy one states them with its next line.
    pub(super) fn nudge(&mut self) {
        if self.counts.has_unstated() && self.counts.is_drained() {
            let _ = self.queue.write(&[]);
        }
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if line.len() > LINE_BYTES_MAX {
            self.counts.unwritten.fetch_add(1, Ordering::AcqRel);
            return Ok(line.len());
        }
        self.counts.queued.fetch_add(1, Ordering::AcqRel);
        self.queue.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The end of the queue, in the writing thread. It never fails: a line that cannot be written is counted.
struct End<W> {
    output: W,
    format: LogFormat,
    counts: Arc<Counts>,
    /// Whether the output ends within a line.
    is_cut: bool,
    noticed: Option<Instant>,
}

impl<W: Write> Write for End<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.state_dropped();
        if self.put(line).is_err() {
            self.counts.unwritten.fetch_add(1, Ordering::AcqRel);
        }
        self.counts.handled.fetch_add(1, Ordering::AcqRel);
        Ok(line.len())
    }

    /// The thread calls it when the queue is empty.
    fn flush(&mut self) -> io::Result<()> {
        self.state_dropped();
        Ok(())
    }
}

impl<W: Write> End<W> {
    fn state_dropped(&mut self) {
        let (dropped, stated) = (self.counts.dropped(), self.counts.stated.load(Ordering::Acquire));
        let is_early = self.noticed.is_some_and(|noticed| noticed.elapsed() < NOTICE_INTERVAL);
        if dropped <= stated || is_early && !self.counts.ending.load(Ordering::Acquire) {
            return;
        }
        if self.put(notice(self.format, dropped - stated).as_bytes()).is_ok() {
            self.counts.stated.store(dropped, Ordering::Release);
            self.noticed = Some(Instant::now());
        }
    }

    /// Writes a line, on a line of its own even if the last one was cut.
    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_cut {
            self.put_bytes(b"\n")?;
            self.is_cut = false;
        }
        self.put_bytes(line)
    }

    fn put_bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.output.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = bytes.get(written..).unwrap_or_default();
                    self.is_cut = !bytes.is_empty();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(FULL_PIPE_PAUSE),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The line that states dropped lines, in the form of the other lines.
fn notice(format: LogFormat, dropped: u64) -> String {
    let mut time = String::new();
    let _ = SystemTime.format_time(&mut Writer::new(&mut time));
    let target = module_path!();
    let message = format!("{dropped} log lines were dropped");
    match format {
        LogFormat::Text => format!("{time}  WARN {target}: {message}\n"),
        LogFormat::Json => {
            let fields = serde_json::json!({"message": message, "dropped": dropped});
            let line = serde_json::json!({"timestamp": time, "level": "WARN", "fields": fields, "target": target});
            format!("{line}\n")
        }
    }
}

//! Counts the calls of an extension since it was loaded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The counters of one extension. The command `extension list` shows them.
#[derive(Debug, Default)]
pub struct Metrics {
    calls: AtomicU64,
    rejections: AtomicU64,
    notes: AtomicU64,
    failures: AtomicU64,
    micros: AtomicU64,
    micros_max: AtomicU64,
    memory_bytes_max: AtomicU64,
}

/// The values of [`Metrics`] at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MetricsSnapshot {
    /// Calls of any of its functions.
    pub calls: u64,
    /// Calls that rejected a record.
    pub rejections: u64,
    /// Calls that accepted a record with a note.
    pub notes: u64,
    /// Calls that failed.
    pub failures: u64,
    /// Duration of all calls together, waiting included, in microseconds.
    pub micros: u64,
    /// Duration of the longest call, in microseconds.
    pub micros_max: u64,
    /// The largest total of one instance's memories, in bytes.
    pub memory_bytes_max: u64,
}

impl Metrics {
    pub(super) fn called(&self, took: Duration, memory_bytes: usize) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        self.micros_max.fetch_max(micros, Ordering::Relaxed);
        self.memory_bytes_max.fetch_max(memory_bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn rejected(&self) {
        self.rejections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn noted(&self) {
        self.notes.fetch_add(1, Ordering::Relaxed);
    }

    /// The values now.
    #[must_use]
    pub fn snapshot(&self) -> MetricsSnapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        MetricsSnapshot {
            calls: read(&self.calls),
            rejections: read(&self.rejections),
            notes: read(&self.notes),
            failures: read(&self.failures),
            micros: read(&self.micros),
            micros_max: read(&self.micros_max),
            memory_bytes_max: read(&self.memory_bytes_max),
        }
    }
}

//! Failures of extensions. The manifest decides what a failure means for the request.

use settings::visible::one_line;

use super::limit_violation::LimitViolation;

/// The most characters of a reason that are passed on. Reasons of wasmtime can be very long.
const REASON_CHARS_MAX: usize = 300;

/// A call of an extension has no valid answer.
#[derive(Debug, thiserror::Error)]
#[error("the extension {extension} failed: {cause}")]
pub struct Failure {
    /// The name of the extension.
    pub extension: String,
    /// The reason, for the operator. Clients get only the extension's name.
    pub cause: Cause,
}

/// The reason of a failure.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// It is configured, but could not be loaded.
    #[error("it is not loaded: {0}")]
    NotLoaded(String),
    /// It ran for more than this many milliseconds.
    #[error("it ran for more than {0} ms")]
    Running(u64),
    /// Its outbound calls took more than this many milliseconds.
    #[error("it waited for more than {0} ms")]
    Waiting(u64),
    /// The server was too busy to run it for this many milliseconds.
    #[error("it queued for a processor for more than {0} ms")]
    Queueing(u64),
    /// It needs more than this many bytes of memory.
    #[error("it needs more than {0} bytes of memory")]
    Memory(usize),
    /// It exceeded another limit of its manifest.
    #[error(transparent)]
    Limit(LimitViolation),
    /// It has reached its number of calls, or all extensions together have reached their memory.
    #[error("it has reached its number of calls, or extensions have no memory left")]
    Busy,
    /// Its answer cannot be used.
    #[error("its answer is not valid: {0}")]
    Answer(&'static str),
    /// It trapped.
    #[error("it trapped: {0}")]
    Trap(String),
}

impl Cause {
    /// Describes a trap by its root cause. The frames around it are left out: they can be too long.
    pub(super) fn trap(error: &wasmtime::Error) -> Self {
        Self::Trap(in_one_line(&error.root_cause().to_string()))
    }
}

/// The text without line breaks and invisible characters, cut to the length of a log line.
#[must_use]
pub fn in_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line(&line).chars().take(REASON_CHARS_MAX).collect()
}

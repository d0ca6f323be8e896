//! Why an extension did not do its part. Its failure is its own: what it means for the request, the manifest says.

use super::limit_violation::LimitViolation;

/// Of wasmtime's reasons, which can run to pages.
const REASON_CHARS_MAX: usize = 300;

/// An extension that has no answer.
#[derive(Debug, thiserror::Error)]
#[error("the extension {extension} failed: {cause}")]
pub struct Failure {
    /// Its name.
    pub extension: String,
    /// The reason, for the operator. A client is told the extension's name and no more.
    pub cause: Cause,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// It is configured, and could not be loaded.
    #[error("it is not loaded: {0}")]
    NotLoaded(String),
    /// It ran longer than it may, in milliseconds.
    #[error("it ran for more than {0} ms")]
    Running(u64),
    /// Its outbound calls took longer than they may, in milliseconds.
    #[error("it waited for more than {0} ms")]
    Waiting(u64),
    /// It wanted more memory than it may have, in bytes, and could not go on without.
    #[error("it wanted more than {0} bytes of memory")]
    Memory(usize),
    /// It did what its manifest does not let it do.
    #[error(transparent)]
    Limit(LimitViolation),
    /// It, or all extensions together, have as much to do as they may.
    #[error("it has too much to do already, or there is no memory left for extensions")]
    Busy,
    /// It answered what nobody can use.
    #[error("its answer is of no use: {0}")]
    Answer(&'static str),
    /// It trapped.
    #[error("it trapped: {0}")]
    Trap(String),
}

impl Cause {
    /// A trap. The root cause alone is kept: the frames around it can be long enough to hide it.
    pub(super) fn trap(error: &wasmtime::Error) -> Self {
        Self::Trap(in_one_line(&error.root_cause().to_string()))
    }
}

/// That text without line breaks, and not longer than a line of a log should be.
#[must_use]
pub fn in_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(REASON_CHARS_MAX).collect()
}

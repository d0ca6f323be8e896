//! Why an extension is not loaded: one form for every reason, with the place that the operator has to look at.

use std::fmt;
use std::path::PathBuf;

/// An extension that is not loaded. Never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// The file or folder that is wrong, or whose line says what is.
    pub path: PathBuf,
    /// The line of `path`; the first is 1.
    pub line: Option<usize>,
    /// What is wrong, on one line.
    pub reason: String,
    /// What to do about it, in one sentence.
    pub hint: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

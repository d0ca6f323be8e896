//! The error for an extension that is not loaded. It names the place that the operator must look at.

use std::fmt;
use std::path::PathBuf;

use settings::visible::one_line;

/// An extension is not loaded. The error contains no secret, and displays on one line for any input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LoadError {
    /// The file or folder with the error.
    pub path: PathBuf,
    /// The line of `path`, counted from 1.
    pub line: Option<usize>,
    /// The error. It may repeat text of the extension, so only `Display` is fit for a log.
    pub reason: String,
    /// The remedy, in one sentence.
    pub hint: String,
}

impl LoadError {
    /// The error with its hint, on one line.
    #[must_use]
    pub fn in_full(&self) -> String {
        one_line(&format!("{self} (hint: {})", self.hint))
    }

    /// Whether both errors have the same file and line.
    pub(super) fn has_place_of(&self, other: &Self) -> bool {
        (&self.path, self.line) == (&other.path, other.line)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(", line {line}")).unwrap_or_default();
        f.write_str(&one_line(&format!("{}{line}: {}", self.path.display(), self.reason)))
    }
}

//! Why an extension is not loaded: one form for every reason, with the place that the operator has to look at.

use std::fmt;
use std::path::PathBuf;

use settings::toml_file::one_line;

/// An extension that is not loaded. Never contains a secret; shown on one line, whatever the extension is made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// The file or folder that is wrong, or whose line says what is.
    pub path: PathBuf,
    /// The line of `path`; the first is 1.
    pub line: Option<usize>,
    /// What is wrong. May repeat what the extension says, so that only `Display` is fit for a log.
    pub reason: String,
    /// What to do about it, in one sentence.
    pub hint: String,
}

impl Refused {
    /// With the hint: for people.
    #[must_use]
    pub fn in_full(&self) -> String {
        format!("{self} (hint: {})", self.hint)
    }

    /// Whether the other one is because of what stands in the same place.
    pub(super) fn is_where(&self, other: &Self) -> bool {
        (&self.path, self.line) == (&other.path, other.line)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(", line {line}")).unwrap_or_default();
        f.write_str(&one_line(&format!("{}{line}: {}", self.path.display(), self.reason)))
    }
}

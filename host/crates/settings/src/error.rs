//! An error in the settings: the place, the reason and the correction.

use std::fmt;
use std::path::PathBuf;

/// The place of a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// A line of a file; the first is 1.
    File(PathBuf, usize),
    /// The environment variable of that name.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// A setting that cannot be used. Never contains a secret, neither in `Display` nor in `Debug`.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}{reason}", at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default())]
pub struct SettingError {
    /// The place of the error; `None` if a key is missing and no other key determines its place.
    pub at: Option<Origin>,
    /// The reason.
    pub reason: String,
    /// The correction, in one sentence.
    pub hint: String,
}

impl SettingError {
    /// An error whose place is set later.
    #[must_use]
    pub fn new(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { at: None, reason: reason.into(), hint: hint.into() }
    }

    /// The same error at that place.
    #[must_use]
    pub fn at(self, at: Option<&Origin>) -> Self {
        Self { at: at.cloned(), ..self }
    }
}

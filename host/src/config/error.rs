//! What can be wrong with a configuration: what, where, why, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// Where a value stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// In the configuration file, at that line (the first is 1).
    File(PathBuf, usize),
    /// In the environment variable of that name.
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

/// Why a configuration cannot be used. Never contains a secret, neither in `Display` nor in `Debug`.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file that was named cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        /// As it was named.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{at}: not valid TOML: {reason}")]
    Syntax {
        /// Where reading stopped.
        at: Origin,
        /// What the parser says.
        reason: String,
    },
    /// No key has that name.
    #[error("{at}: unknown key `{key}`, the nearest known one is `{nearest}`")]
    UnknownKey {
        /// As it was written: a dotted key, or a variable's name.
        key: String,
        /// Where it stands.
        at: Origin,
        /// The known key nearest to it, written in the same way.
        nearest: String,
    },
    /// A known key has a value that it cannot have.
    #[error("{at}: `{key}` cannot be {value}: it must be {allowed}")]
    WrongValue {
        /// The dotted key.
        key: String,
        /// The value as it was written, hidden if it is a secret.
        value: String,
        /// Where it stands.
        at: Origin,
        /// What the key takes.
        allowed: String,
        /// What the key is for.
        meaning: &'static str,
    },
    /// A meeting provider does not say what it is.
    #[error("{at}: the meeting provider `{id}` has no `kind`")]
    KindMissing {
        /// The provider's id.
        id: String,
        /// Where the provider is first mentioned.
        at: Origin,
    },
    /// Of two keys that need each other, one is set.
    #[error("{at}: `{key}` is set, but `{missing}` is not")]
    Half {
        /// The one that is set.
        key: &'static str,
        /// Where it stands.
        at: Origin,
        /// The other one.
        missing: &'static str,
        /// What the other one is for.
        meaning: &'static str,
    },
    /// The list of keys and the structures disagree: a programming error.
    #[error("the list of keys does not fit the configuration: {0}")]
    Mismatch(String),
}

impl ConfigError {
    /// What to do about it, in one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { path, .. } => {
                format!("check that {} exists and may be read, or leave it out to use the defaults", path.display())
            }
            Self::Syntax { at, .. } => format!("correct the TOML at {at}; text values stand in quotation marks"),
            Self::UnknownKey { nearest, at: Origin::Variable(name), .. } => {
                format!("rename {name} to {nearest}, or unset it; docs/configuration.md lists every variable")
            }
            Self::UnknownKey { key, nearest, .. } => {
                format!("replace `{key}` by `{nearest}`, or remove it; docs/configuration.md lists every key")
            }
            Self::WrongValue { key, allowed, meaning, .. } => format!("set `{key}` to {allowed}. {meaning}"),
            Self::KindMissing { id, .. } => format!(
                "add `kind = \"jitsi\"` or `kind = \"tokbox\"` under [meetings.providers.{id}]; \
                 an id in an environment variable's name is read in lower case"
            ),
            Self::Half { key, missing, meaning, .. } => format!("set `{missing}` too, or remove `{key}`. {meaning}"),
            Self::Mismatch(_) => "report this: the program disagrees with itself".to_owned(),
        }
    }
}

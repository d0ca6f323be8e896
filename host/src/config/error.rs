//! The errors of a configuration: place, reason and correction.

use std::path::PathBuf;

use settings::SettingError;
use thiserror::Error;

/// A configuration that cannot be used. Never contains a secret, neither in `Display` nor in `Debug`.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The configuration file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        /// The path as the caller gave it.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A setting is wrong or missing.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The table of keys and the structures differ: a programming error.
    #[error("the list of keys does not fit the configuration: {0}")]
    Mismatch(String),
}

impl ConfigError {
    /// The correction, in one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { path, .. } => {
                format!("check that {} exists and may be read, or leave it out to use the defaults", path.display())
            }
            Self::Setting(error) => error.hint.clone(),
            Self::Mismatch(_) => "report this: it is an error of the program".to_owned(),
        }
    }
}

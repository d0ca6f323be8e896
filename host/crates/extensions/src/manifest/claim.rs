//! Whom a screener was to screen whose manifest or component is refused. A screener that cannot be loaded counts as one that
//! fails; so what is wrong here never makes it one that is not asked.

#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use toml::Value;

use super::keys::{Fallback, KEYS};
use super::{Banks, FILE, OnFailure, World, source};
use settings::toml_file;

/// What a manifest claims, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The folder's name, which is the only one the extension could have.
    pub name: String,
    /// Whom it screens; all banks if the manifest cannot be understood.
    pub banks: Banks,
    /// What its failure means; that the request is rejected if the manifest cannot be understood.
    pub on_failure: OnFailure,
    /// Its place among the screeners.
    pub order: u32,
}

impl Claim {
    /// The claim of the screener in that folder; `None` if it is a meeting provider's, or a folder without a manifest.
    ///
    /// What says nowhere what it is may be a screener that was damaged, and counts as one. Of a manifest that is not TOML only
    /// the world is believed.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let name = folder.file_name()?.to_string_lossy().into_owned();
        // What is there and cannot be read is not believed to be nothing.
        if folder.join(FILE).symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return None;
        }
        let bytes = source::bytes(folder).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let (values, intact) = toml_file::values_of_what_may_be_damaged(&text);
        let value = |path: &str| -> Option<Value> {
            let key = KEYS.iter().find(|key| key.path == path)?;
            let written = values.iter().find(|written| key.is_at(&written.names))?;
            written.value.clone().filter(|value| key.kind.takes(value))
        };
        if value("world").as_ref().and_then(Value::as_str) == Some(World::MeetingProvider.name()) {
            return None;
        }
        let believed = |path: &str| value(path).filter(|_| intact);
        let banks = believed("banks").and_then(|value| Banks::deserialize(value).ok());
        let on_failure = believed("on_failure").and_then(|value| OnFailure::deserialize(value).ok());
        let order = believed("order").and_then(|value| u32::deserialize(value).ok());
        let default = || {
            let key = KEYS.iter().find(|key| key.path == "order");
            key.and_then(|key| if let Fallback::Count(count) = key.default { u32::try_from(count).ok() } else { None })
        };
        Some(Self {
            name,
            banks: banks.unwrap_or(Banks::All),
            on_failure: on_failure.unwrap_or(OnFailure::Reject),
            order: order.or_else(default).unwrap_or_default(),
        })
    }
}

//! Reads which banks a rejected screener was meant for. It counts as failing for them. An error in the manifest therefore
//! never makes the scope smaller.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;
use settings::Entries;
use settings::visible::one_line;

use super::{Banks, OnFailure, World, keys, source};
use crate::record_kind::RecordKind;

/// The scope of a screener, read from a manifest that may be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreeningScope {
    /// The folder's name, which a valid extension has too.
    pub name: String,
    /// The banks of the screener; all banks if the manifest cannot be understood.
    pub banks: Banks,
    /// The kinds of records that it gets; all kinds if the manifest cannot be understood.
    pub records: BTreeSet<RecordKind>,
    /// The result of its failure; `Reject` if the manifest cannot be understood.
    pub on_failure: OnFailure,
    /// Its rank among the screeners.
    pub order: u32,
}

impl ScreeningScope {
    /// The scope of the screener in that folder; `None` for a meeting provider.
    ///
    /// A folder without a manifest, and a manifest without a valid `world`, may belong to a damaged screener, and count as one.
    /// In invalid TOML only `world` is used.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let name = one_line(&folder.file_name()?.to_string_lossy());
        let bytes = source::bytes(folder).unwrap_or_default();
        let mut entries = Entries::new(keys::SCHEMA);
        let is_toml = entries.add_damaged_file(folder, &String::from_utf8_lossy(&bytes));
        let world: Option<World> = value(&entries, "world");
        if world == Some(World::MeetingProvider) {
            return None;
        }
        let entries = if is_toml { entries } else { Entries::new(keys::SCHEMA) };
        let banks = value(&entries, "banks").unwrap_or(Banks::All);
        let records = value(&entries, "records").unwrap_or_else(RecordKind::all);
        let is_for_none = banks.records(&records).is_empty();
        Some(Self {
            name,
            // A contradiction must not open what one of the two keys closes.
            banks: if is_for_none { Banks::All } else { banks },
            records,
            on_failure: value(&entries, "on_failure").unwrap_or(OnFailure::Reject),
            order: value(&entries, "order").unwrap_or_default(),
        })
    }
}

fn value<T: DeserializeOwned>(entries: &Entries, path: &str) -> Option<T> {
    T::deserialize(entries.valid_or_default(path)?).ok()
}

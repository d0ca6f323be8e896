//! The state of a store's file, which readers, writer and check share.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::errors::StoreError;

/// The file of a store, and the damage that was found in it.
pub(super) struct Health {
    pub(super) file: PathBuf,
    damage: OnceLock<StoreError>,
}

impl Health {
    pub(super) const fn of(file: PathBuf) -> Self {
        Self { file, damage: OnceLock::new() }
    }

    /// Fails as soon as damage was found: the rest of the file is not trusted either.
    pub(super) fn verdict(&self) -> Result<(), StoreError> {
        self.damage.get().map_or(Ok(()), |damage| Err(damage.clone()))
    }

    /// Notes damage. Only the first one counts.
    pub(super) fn set_damaged(&self, damage: StoreError) {
        let _ = self.damage.set(damage);
    }
}

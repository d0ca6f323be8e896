//! The state of a store's file, which readers, writer and check share.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::errors::StoreError;

/// The file of a store, and the damage that was found in it.
pub(super) struct Health {
    pub(super) file: PathBuf,
    damage: OnceLock<StoreError>,
    /// The file and its log when the store was opened.
    opened: OnceLock<[Option<FileId>; 2]>,
}

/// Device and inode: the file itself, whatever its name is.
type FileId = (u64, u64);

impl Health {
    pub(super) const fn of(file: PathBuf) -> Self {
        Self { file, damage: OnceLock::new(), opened: OnceLock::new() }
    }

    /// Remembers the files that are open now.
    pub(super) fn note_files(&self) {
        let _ = self.opened.set(self.files());
    }

    fn files(&self) -> [Option<FileId>; 2] {
        let id = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
        [id(&self.file), id(&with_suffix(&self.file, "-wal"))]
    }

    /// Fails if another program has removed or replaced the open files: their content would be lost.
    pub(super) fn is_in_place(&self) -> Result<(), StoreError> {
        if self.opened.get().is_none_or(|opened| *opened == self.files()) {
            return Ok(());
        }
        let gone = StoreError::Failed(format!(
            "{} or its log was removed or replaced while the server runs. Nothing is written any more. Stop the server, \
             and put the file back or restore a backup",
            self.file.display()
        ));
        self.set_damaged(gone.clone());
        Err(gone)
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

/// The files of a store: the database, its log, and the index of the log.
pub fn files(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| with_suffix(file, suffix))
}

/// The path of a file that SQLite keeps beside the database.
pub(super) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

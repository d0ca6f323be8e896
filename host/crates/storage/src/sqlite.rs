//! SQLite behind the two verbs: a pool of readers, and one writer thread. The writer puts all pending commits into one
//! transaction, with a savepoint for each. It syncs once and then answers all of them.
//!
//! Reads run on the caller's thread: they take microseconds, and a switch to another thread costs more. The driver
//! binds values and fetches rows. It knows no table except the one that holds the schema's version.

mod backup;
mod check;
mod connection;
mod health;
mod log;
mod options;
mod reader;
mod writer;

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

pub use self::backup::{BackupError, BackupStep, backup, restore};
use self::check::{BackgroundCheck, Check, bytes, bytes_of};
pub use self::check::{CheckReport, CheckStep, FINDINGS_MAX, check};
use self::connection::connect;
pub use self::health::files;
use self::health::{Health, with_suffix};
use self::log::Log;
pub use self::options::{DamageCheck, Durability, Options};
use self::reader::Readers;
use self::writer::Writer;
use crate::errors::{CommitError, StoreError};
use crate::migrations::MIGRATIONS;
use crate::store::{Pending, Snapshot, Statement, Store};

/// Earlier versions can corrupt the write-ahead log while they reset it.
const SQLITE_VERSION_MIN: i32 = 3_051_003;
/// The name of the database file in the data folder.
pub const FILE_NAME: &str = "onboarding.db";

/// A store in one SQLite file.
pub struct SqliteStore {
    readers: Arc<Readers>,
    writer: Writer,
    health: Arc<Health>,
    /// The check of a large file, while the store is open.
    check: Mutex<Option<BackgroundCheck>>,
}

impl SqliteStore {
    /// Opens the store in the folder `data`. Creates it if it does not exist, and migrates it.
    ///
    /// # Errors
    /// If the folder cannot be created, the file is not a database of this product or belongs to a newer version, or
    /// the disk fails. [`StoreError::Damaged`] if the check finds damage, which leaves the file as it is.
    pub fn open(data: &Path, options: Options) -> Result<Self, StoreError> {
        if rusqlite::version_number() < SQLITE_VERSION_MIN {
            return Err(StoreError::Failed(format!(
                "SQLite {} is too old: 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        let path = file(data);
        is_whole(&path)?;
        make_private(data, &path)
            .map_err(|error| StoreError::Failed(format!("cannot create {}: {error}", path.display())))?;
        let health = Arc::new(Health::of(path));
        let path = &health.file;
        log::belongs_to(path, options.busy_ms_max)?;
        let is_new_log = !log::exists(path);
        let in_background = checked(path, options)?;
        let mut writer =
            connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, options.busy_ms_max)?;
        prepare(&mut writer, options.durability).map_err(|error| StoreError::from(error).in_file(path))?;
        // The log exists now, too.
        health.note_files();
        let readers = Arc::new(Readers::new(Arc::clone(&health), options));
        let log = Log::of(&writer, path, is_new_log).map_err(|error| StoreError::from(error).in_file(path))?;
        let writer = Writer::start(writer, log, options, Arc::clone(&health))?;
        let check = in_background.map(|check| check.in_background(Arc::clone(&health))).transpose()?;
        Ok(Self { readers, writer, health, check: Mutex::new(check) })
    }
}

impl Store for SqliteStore {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async move {
            self.health.verdict()?;
            Ok(Box::new(self.readers.snapshot().await?) as Box<dyn Snapshot>)
        })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        Box::pin(self.writer.commit(statements))
    }

    /// The connection of the writer is the last one, so SQLite puts the log into the file and removes it.
    fn close(&self) -> Pending<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let check = self.check.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(check) = check {
                check.stopped().await;
            }
            self.readers.close().await;
            self.writer.close().await
        })
    }
}

/// The file of the store in a data folder.
#[must_use]
pub fn file(data: &Path) -> PathBuf {
    data.join(FILE_NAME)
}

/// Checks a file before it is changed by migrations. Returns the check of a file that is too large for that.
fn checked(path: &Path, options: Options) -> Result<Option<Check>, StoreError> {
    let DamageCheck::AtOpen { bytes_max } = options.damage_check else { return Ok(None) };
    let bytes = bytes(path);
    if bytes == 0 {
        return Ok(None);
    }
    let check = Check::open(path, options.busy_ms_max)?;
    if bytes > bytes_max {
        return Ok(Some(check));
    }
    check.run(|_| {})?.verdict().map(|()| None)
}

/// Refuses a folder whose file is missing although other files of a store are there: a new file would hide the data.
fn is_whole(path: &Path) -> Result<(), StoreError> {
    if bytes_of(path) > 0 {
        return Ok(());
    }
    let found = |suffix: &str| bytes_of(&with_suffix(path, suffix)) > 0;
    let reason = if found(backup::RESTORING) {
        "a restore was interrupted; run `obp-host restore` again"
    } else if found("-wal") {
        "it is missing or empty, and its log is there; put the file back, or restore a backup"
    } else {
        return Ok(());
    };
    Err(StoreError::Failed(reason.to_owned()).in_file(path))
}

/// Creates folder and file if they do not exist, with access for this user only: they hold personal data. SQLite gives
/// its other files the same access rights.
fn make_private(data: &Path, path: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

fn prepare(writer: &mut Connection, durability: Durability) -> Result<(), rusqlite_migration::Error> {
    let synchronous = match durability {
        Durability::PowerLoss => "FULL",
        Durability::ProcessExit => "NORMAL",
    };
    writer.pragma_update(None, "journal_mode", "WAL")?;
    writer.pragma_update(None, "synchronous", synchronous)?;
    Migrations::new(MIGRATIONS.iter().map(|(_, sql)| M::up(sql)).collect()).to_latest(writer)?;
    // Foreign keys are checked only after the migrations: a migration may rebuild tables.
    writer.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

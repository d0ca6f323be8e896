//! SQLite behind the two verbs: a pool of readers, and one writer thread that puts all waiting commits into one
//! transaction, a savepoint each, syncs once, and then answers them all.
//!
//! Reads run on the caller's thread (they take microseconds; a hop to another thread costs more). This file binds and
//! fetches; it knows no table but the schema's version.

mod reader;
mod writer;

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use self::reader::Readers;
use self::writer::Writer;
use super::{CommitError, Pending, Snapshot, Statement, Store, StoreError, Value};

/// Earlier versions can corrupt a write-ahead log that is being reset.
const SQLITE_VERSION_MIN: i32 = 3_051_003;
const SCHEMA: &[M<'_>] = &[M::up(include_str!("migrations/0001_initial.sql"))];
/// The file inside the data folder.
pub const FILE_NAME: &str = "onboarding.db";

/// How the store behaves.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Readers open at once; further ones wait.
    pub readers_max: usize,
    /// Readers that stay open when nobody reads.
    pub readers_kept_max: usize,
    /// Commits waiting for the writer; further ones are refused as unavailable.
    pub commits_waiting_max: usize,
    /// Commits that share one transaction and one sync.
    pub commit_group_max: usize,
    /// How long to wait for another process that holds the write lock, in milliseconds.
    pub busy_ms_max: u64,
    /// What an answered commit has survived.
    pub durability: Durability,
}

/// What an answered commit has survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The loss of power: the log is synced before the answer. What a server runs with.
    PowerLoss,
    /// The end of the process only. For measurements, and for the tests that must go red with it.
    ProcessExit,
}

/// A store in one SQLite file.
pub struct SqliteStore {
    readers: Arc<Readers>,
    writer: Writer,
}

impl SqliteStore {
    /// Opens, or creates and migrates, the store in the folder `data`.
    ///
    /// # Errors
    /// If the folder cannot be made, the file is no database of ours or one of a newer version, or the disk fails.
    pub fn open(data: &Path, options: Options) -> Result<Self, StoreError> {
        if rusqlite::version_number() < SQLITE_VERSION_MIN {
            return Err(StoreError::Failed(format!(
                "SQLite {} is too old: 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        let path = data.join(FILE_NAME);
        make_private(data, &path)
            .map_err(|error| StoreError::Failed(format!("cannot make {}: {error}", path.display())))?;
        let mut writer =
            connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, options.busy_ms_max)?;
        prepare(&mut writer, options.durability).map_err(|error| in_file(&path, &error))?;
        let readers = Arc::new(Readers::new(path, options));
        Ok(Self { readers, writer: Writer::start(writer, options)? })
    }
}

impl Store for SqliteStore {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async move { Ok(Box::new(self.readers.snapshot().await?) as Box<dyn Snapshot>) })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        Box::pin(self.writer.commit(statements))
    }
}

/// Makes folder and file, if they are not there, for this user alone: they hold personal data. SQLite gives the files
/// beside its own the same rights.
fn make_private(data: &Path, path: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

fn connect(path: &Path, flags: OpenFlags, busy_ms_max: u64) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| in_file(path, &error))?;
    connection.busy_timeout(Duration::from_millis(busy_ms_max)).map_err(|error| in_file(path, &error))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

fn prepare(writer: &mut Connection, durability: Durability) -> Result<(), rusqlite_migration::Error> {
    let synchronous = match durability {
        Durability::PowerLoss => "FULL",
        Durability::ProcessExit => "NORMAL",
    };
    writer.pragma_update(None, "journal_mode", "WAL")?;
    writer.pragma_update(None, "synchronous", synchronous)?;
    Migrations::from_slice(SCHEMA).to_latest(writer)?;
    // Not before: the migration may rebuild tables.
    writer.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

fn in_file(path: &Path, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("{}: {error}", path.display()))
}

/// Whether a later try may succeed.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked | DiskFull | OutOfMemory | CannotOpen) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Failed(error.to_string()),
        }
    }
}

fn value(column: ValueRef<'_>) -> Result<Value, StoreError> {
    match column {
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(StoreError::Failed("a text column is not UTF-8".to_owned())),
        },
        other => Err(StoreError::Failed(format!("a column is {}", other.data_type()))),
    }
}

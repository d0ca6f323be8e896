//! The write-ahead log, and the database file that it belongs to.
//!
//! SQLite applies a log to any database file in the same folder. A file that was put there from a backup would be mixed with
//! later changes, without an error. So each log has a number, in the field `application_id` of the database's first page: the
//! first commit of a log raises it by one. While a log exists, the file has its number, or the one before.

use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::check::bytes_of;
use super::connection::{connect, connect_to_look};
use super::health::with_suffix;
use crate::errors::StoreError;

/// Pages of the log that are not in the file yet, above which the writer puts them there: SQLite's own default.
const PAGES_MAX: i64 = 1000;
/// The place of `application_id` in a database file.
const NUMBER_OFFSET: u64 = 68;

/// The writer's view of the log.
pub(super) struct Log {
    file: PathBuf,
    /// Everything of the log was in the file. The next commit may begin a new log.
    begins: bool,
}

impl Log {
    /// The log of a connection that was opened now. `is_new` says that there was no log before.
    pub(super) fn of(connection: &Connection, file: &Path, is_new: bool) -> rusqlite::Result<Self> {
        // The writer itself puts pages into the file: it must know when a new log begins.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        if is_new {
            // Another process may do the same now.
            connection.execute_batch("BEGIN IMMEDIATE")?;
            if number(connection)? == 0 {
                set_number(connection, first_number())?;
            }
            connection.execute_batch("COMMIT")?;
            moved(connection, "PASSIVE")?;
        }
        Ok(Self { file: file.to_owned(), begins: is_new })
    }

    /// Called in each transaction, before its changes. Raises the number only if the file has the current one: another process
    /// may have begun the log.
    pub(super) fn begin(&self, connection: &Connection) -> rusqlite::Result<()> {
        if !self.begins {
            return Ok(());
        }
        let number = number(connection)?;
        if number_in(&self.file).is_ok_and(|in_file| in_file == number) {
            set_number(connection, next(number))?;
        }
        Ok(())
    }

    /// Called after each transaction.
    pub(super) fn committed(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.begins = false;
        let (pages, done) = moved(connection, "NOOP")?;
        if pages - done > PAGES_MAX {
            let (pages, done) = moved(connection, "PASSIVE")?;
            self.begins = pages == done;
        }
        Ok(())
    }
}

/// Puts pages of the log into the file. Returns the pages of the log, and those that are in the file.
fn moved(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    let mut checkpoint = connection.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?;
    checkpoint.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
}

fn number(connection: &Connection) -> rusqlite::Result<i32> {
    connection.prepare_cached("PRAGMA application_id")?.query_row([], |row| row.get(0))
}

fn set_number(connection: &Connection, number: i32) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("PRAGMA application_id = {number}"))
}

/// The number of the log after that one. Zero means that a file has no number yet.
fn next(number: i32) -> i32 {
    if number == -1 { 1 } else { number.wrapping_add(1) }
}

/// A random number. It is no secret: it only has to differ from those of other files.
fn first_number() -> i32 {
    let [a, b, c, d, ..] = RandomState::new().hash_one(0).to_ne_bytes();
    next(i32::from_ne_bytes([a, b, c, d]))
}

/// Gives a copy of a store another number, so that no log of the store belongs to it.
pub(super) fn renumber(copy: &Path, busy_ms_max: u64) -> Result<(), StoreError> {
    let connection = connect(copy, OpenFlags::SQLITE_OPEN_READ_WRITE, busy_ms_max)?;
    set_number(&connection, first_number()).map_err(|error| StoreError::from(error).in_file(copy))
}

/// Whether the file has a log.
pub(super) fn exists(file: &Path) -> bool {
    bytes_of(&with_suffix(file, "-wal")) > 0
}

/// Refuses a file beside the log of another file. Changes neither.
pub(super) fn belongs_to(file: &Path, busy_ms_max: u64) -> Result<(), StoreError> {
    if !exists(file) {
        return Ok(());
    }
    let foreign = |reason: String| {
        let reason = format!(
            "its log, {}, belongs to another file ({reason}). If the file is a copy that you put there, restore it by \
             `obp-host restore`. Otherwise put the file back that was there",
            with_suffix(file, "-wal").display()
        );
        Err(StoreError::Failed(reason).in_file(file))
    };
    let in_file = match number_in(file) {
        Ok(number) => number,
        Err(error) => return Err(StoreError::Failed(error.to_string()).in_file(file)),
    };
    if in_file == 0 {
        return Ok(());
    }
    match number(&connect_to_look(file, busy_ms_max)?) {
        Ok(number) if number == in_file || number == next(in_file) => Ok(()),
        Ok(number) => {
            let [number, older, newer] = [number, in_file, next(in_file)].map(i32::cast_unsigned);
            foreign(format!("the log has number {number}, the file expects {older} or {newer}"))
        }
        Err(error) => foreign(error.to_string()),
    }
}

/// The number in the file, without its log.
fn number_in(file: &Path) -> io::Result<i32> {
    let mut file = File::open(file)?;
    let mut number = [0; 4];
    file.seek(SeekFrom::Start(NUMBER_OFFSET))?;
    file.read_exact(&mut number)?;
    Ok(i32::from_be_bytes(number))
}

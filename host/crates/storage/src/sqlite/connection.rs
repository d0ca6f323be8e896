//! Readers, writer and check share this: opening a connection, and converting its values and errors.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::errors::StoreError;
use crate::value::Value;

/// More than the crate has SQL texts, so that each is prepared once per connection.
const STATEMENTS_KEPT_MAX: usize = 128;

pub(super) fn connect(path: &Path, flags: OpenFlags, busy_ms_max: u64) -> Result<Connection, StoreError> {
    configured(path, flags, busy_ms_max).map_err(|error| StoreError::from(error).in_file(path))
}

/// A connection that changes neither the file nor its log, not even when it is the last one.
pub(super) fn connect_to_look(path: &Path, busy_ms_max: u64) -> Result<Connection, StoreError> {
    // Recovery of the log after a crash, which the first connection does, needs the right to write.
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, busy_ms_max)?;
    let prepared = connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .and_then(|_| connection.pragma_update(None, "query_only", true));
    prepared.map_err(|error| StoreError::from(error).in_file(path))?;
    Ok(connection)
}

fn configured(path: &Path, flags: OpenFlags, busy_ms_max: u64) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(busy_ms_max))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT_MAX);
    // SQLite then checks each page that it loads, and does not read cells that reach out of their page.
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// Decides whether a later attempt can succeed, and whether the file is damaged.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked | DiskFull | OutOfMemory | CannotOpen) => {
                Self::Unavailable(error.to_string())
            }
            _ if is_damage(&error) => Self::Damaged(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// The error of one of the crate's statements.
pub(super) fn of_statement(error: rusqlite::Error) -> StoreError {
    if is_refused(&error) { StoreError::Damaged(error.to_string()) } else { error.into() }
}

/// Whether SQLite refuses a statement. The crate's statements are valid and fit the schema of the migrations, so the cause is a
/// name or a definition in a damaged file.
pub(super) fn is_refused(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqlInputError { .. }) || error.sqlite_error_code() == Some(ErrorCode::Unknown)
}

/// Whether the file is the cause: SQLite cannot read it, or a value in it has another type than it must have.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    let of_value = matches!(
        error,
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..)
    );
    of_value || matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => Self::Failed(other.to_string()),
        }
    }
}

pub(super) fn value(column: ValueRef<'_>) -> Result<Value, StoreError> {
    match column {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(StoreError::Damaged("a text column is not UTF-8".to_owned())),
        },
        other => Err(StoreError::Damaged(format!("a column has the type {}", other.data_type()))),
    }
}

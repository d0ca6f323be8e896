//! The readers: a bounded pool of connections. One snapshot uses a connection at a time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, ToSql};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection::{connect, of_statement, value};
use super::health::Health;
use super::options::Options;
use crate::errors::StoreError;
use crate::rows::{Row, Rows};
use crate::store::{Pending, ROWS_BYTES_MAX, RowsLimit, Snapshot};
use crate::value::{Param, Value};

/// How long the end of the store waits for snapshots that are open.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// Connections for reading. They are opened on demand, and a few idle ones are kept.
pub(super) struct Readers {
    health: Arc<Health>,
    busy_ms_max: u64,
    kept_max: usize,
    readers_max: usize,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(health: Arc<Health>, options: Options) -> Self {
        let Options { readers_max, readers_kept_max: kept_max, busy_ms_max, .. } = options;
        let permits = Arc::new(Semaphore::new(readers_max));
        Self { health, busy_ms_max, kept_max, readers_max, idle: Mutex::default(), permits }
    }

    /// Returns a snapshot as soon as a reader is free.
    pub(super) async fn snapshot(self: &Arc<Self>) -> Result<SqliteSnapshot, StoreError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Unavailable("the store is closed".to_owned()))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.open()?,
        };
        Ok(SqliteSnapshot { connection: Some(connection), readers: Arc::clone(self), limit: None, _permit: permit })
    }

    /// Closes the connections, as soon as no snapshot is open.
    pub(super) async fn close(&self) {
        let all = u32::try_from(self.readers_max).unwrap_or(u32::MAX);
        if tokio::time::timeout(CLOSE_WAIT, self.permits.acquire_many(all)).await.is_err() {
            tracing::warn!("a request still reads from the store while it is closed");
        }
        self.permits.close();
        self.idle().clear();
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let file = &self.health.file;
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE, self.busy_ms_max)?;
        let query_only = connection.pragma_update(None, "query_only", true);
        query_only.map_err(|error| StoreError::from(error).in_file(file))?;
        Ok(connection)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One read transaction. It begins with the first query and ends with the snapshot.
pub(super) struct SqliteSnapshot {
    /// `Some` until `drop` takes it.
    connection: Option<Connection>,
    readers: Arc<Readers>,
    limit: Option<Arc<dyn RowsLimit>>,
    _permit: OwnedSemaphorePermit,
}

impl SqliteSnapshot {
    fn query(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Rows, StoreError> {
        let connection = self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)?;
        if connection.is_autocommit() {
            connection.prepare_cached("BEGIN")?.execute([])?;
        }
        let mut statement = connection.prepare_cached(sql).map_err(of_statement)?;
        for (index, param) in params.iter().enumerate() {
            let param: &dyn ToSql = match param {
                Param::Int(number) => number,
                Param::Text(text) => text,
            };
            statement.raw_bind_parameter(index + 1, param)?;
        }
        let columns = statement.column_count();
        let file: Arc<Path> = Arc::from(self.readers.health.file.as_path());
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        let mut bytes = 0;
        while let Some(row) = found.next()? {
            let before = bytes;
            let mut values = Vec::with_capacity(columns);
            for index in 0..columns {
                let value = value(row.get_ref(index)?)?;
                bytes += value.bytes();
                values.push(value);
            }
            if bytes > ROWS_BYTES_MAX && !rows.is_empty() {
                break;
            }
            if let Some(limit) = &self.limit {
                limit.take(columns * size_of::<Value>() + bytes - before)?;
            }
            rows.push(Row::from_file(values, Arc::clone(&file)));
        }
        Ok(rows)
    }
}

impl Snapshot for SqliteSnapshot {
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        let health = &self.readers.health;
        let rows = health.verdict().and_then(|()| self.query(sql, params).map_err(|error| error.in_file(&health.file)));
        Box::pin(std::future::ready(rows))
    }

    fn limit_rows(&mut self, limit: Arc<dyn RowsLimit>) {
        self.limit = Some(limit);
    }
}

impl Drop for SqliteSnapshot {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let ended = connection.is_autocommit()
            || connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])).is_ok();
        // A connection that cannot end its transaction is closed, not reused.
        if ended {
            let mut idle = self.readers.idle();
            if idle.len() < self.readers.kept_max && !self.readers.permits.is_closed() {
                idle.push(connection);
            }
        }
    }
}

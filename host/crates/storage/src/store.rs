//! The two verbs and their arguments.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::errors::{CommitError, StoreError};
use crate::rows::Rows;
use crate::value::{Param, Value};

/// A boxed future, as the traits of this crate return them.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Maximum size of a query's result, in bytes of text and numbers. A list ends before the row that would exceed it: a
/// client that fills a list must not be able to make it unreadable.
pub const ROWS_BYTES_MAX: usize = 4 << 20;

/// The end of each query of a list: the maximum number of its rows. This is a literal, because SQLite plans a statement
/// again for each value of a bound `LIMIT`, which costs more than the query.
macro_rules! list_limit {
    () => {
        " LIMIT 10000"
    };
}
pub(crate) use list_limit;

/// A precondition: how many rows a statement must touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Exactly one row: the key is new, or the row to change exists.
    One,
    /// Any number of rows: there may be nothing to do.
    Any,
}

/// One statement of a commit.
#[derive(Debug)]
pub struct Statement {
    /// The SQL. Its placeholders are numbered `$1`, `$2`, … in the order of their first use.
    pub sql: &'static str,
    /// The values of the placeholders.
    pub values: Vec<Value>,
    /// The precondition. A key that is taken, or a reference to a row that does not exist, breaks it too.
    pub expect: Expect,
}

/// A store of all data that the server keeps.
pub trait Store: Send + Sync {
    /// Opens a consistent view of the store. The view is fixed by its first query.
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>>;

    /// Executes all statements in order, or none. When it returns `Ok`, they are on disk.
    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>>;

    /// Ends the store after the pending commits and the open snapshots. Later calls fail. A store that needs no end does nothing.
    fn close(&self) -> Pending<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A consistent view of the store, until it is dropped.
pub trait Snapshot: Send {
    /// Returns the rows of a query.
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>>;

    /// Counts the memory of the rows of later queries. A query ends with the limit's error at the first row that it refuses.
    fn limit_rows(&mut self, _limit: Arc<dyn RowsLimit>) {}
}

/// A limit of the memory that rows use.
pub trait RowsLimit: Send + Sync {
    /// Takes so many bytes for a row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no room for it.
    fn take(&self, bytes: usize) -> Result<(), StoreError>;
}

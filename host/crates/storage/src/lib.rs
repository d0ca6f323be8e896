//! Storage: two verbs, `read` (a consistent snapshot) and `commit` (a list of statements with their preconditions: all
//! or nothing, and on disk when it returns).
//!
//! Each noun has one file with its SQL, which uses `$1` placeholders and portable column types. A driver (`sqlite`)
//! binds values and fetches rows, and knows no table. This crate knows no HTTP, no JSON and no rule.
//!
//! The modules below import each other in one direction: each one only those above it.

mod errors;
mod value;

mod rows;

mod store;

mod record;

mod queries;

mod user_rows;

pub mod accounts;
pub mod banks;
pub mod consumers;
pub mod customers;
pub mod entitlements;
pub mod failed_logins;
pub mod kyc;
pub mod logins;
pub mod meetings;
pub mod screening;
pub mod user_states;
pub mod users;

mod changes;

mod migrations;
pub mod sqlite;

#[cfg(test)]
mod tests;

pub use self::changes::statement;
pub use self::errors::{CommitError, StoreError};
pub use self::record::Record;
pub use self::rows::{FromRow, Row, Rows};
pub use self::store::{Expect, Pending, ROWS_BYTES_MAX, RowsLimit, Snapshot, Statement, Store};
pub use self::value::{Param, Value};

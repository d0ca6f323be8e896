//! Storage: two verbs, `read` (a consistent snapshot) and `commit` (a list of statements with their preconditions, all
//! or nothing, durable when it returns).
//!
//! A file a noun holds that noun's SQL, once, with `$1` placeholders and portable columns; a driver (`sqlite`) binds and
//! fetches, and knows no table. Nothing here knows HTTP, JSON or a rule.

pub mod accounts;
pub mod banks;
pub mod consumers;
pub mod customers;
pub mod entitlements;
pub mod kyc;
pub mod logins;
pub mod meetings;
pub mod screening;
pub mod sqlite;
pub mod users;

mod rows;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;

pub use rows::{Row, Rows};

use bindings::Change;

/// A boxed future, as the traits of this crate return them.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The most bytes of text any query answers: a list ends before the row that would exceed it. Whoever fills a list must not
/// be able to make it too large to be read.
pub const ROWS_BYTES_MAX: usize = 4 << 20;

/// How a list's query ends: the most rows any list answers. A literal: SQLite plans a statement anew each time a bound `LIMIT` is
/// given, which costs more than the query.
macro_rules! list_limit {
    () => {
        " LIMIT 10000"
    };
}
pub(crate) use list_limit;

/// A value as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, a point in time in milliseconds, or 0 and 1 for truth.
    Int(i64),
    /// An id or a text.
    Text(String),
}

impl Value {
    /// What it adds to [`ROWS_BYTES_MAX`].
    #[must_use]
    pub const fn bytes(&self) -> usize {
        match self {
            Self::Int(_) => 8,
            Self::Text(text) => text.len(),
        }
    }
}

/// A value to look for.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    /// As [`Value::Int`].
    Int(i64),
    /// As [`Value::Text`].
    Text(&'a str),
}

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot now (locked, full, too many waiting); nothing was done and a later try may succeed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It failed. Whether a commit was done is unknown only if the disk itself failed to sync.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// Why a commit was not done. Nothing of its list was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A precondition did not hold: the facts have changed since they were read.
    #[error("a precondition of a change does not hold")]
    Conflict,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many rows a statement must touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Exactly one: what must be new is inserted, what must exist is found.
    One,
    /// Any number: an upsert that may find nothing to do.
    Any,
}

/// One statement of a commit.
#[derive(Debug)]
pub struct Statement {
    /// The text, with `$1`, `$2`, … in the order of their first use.
    pub sql: &'static str,
    /// The values for the placeholders.
    pub values: Vec<Value>,
    /// Its precondition. A key that is taken, or a reference that leads nowhere, breaks it too.
    pub expect: Expect,
}

/// A store that holds everything the server knows.
pub trait Store: Send + Sync {
    /// Opens a consistent view of the store, as it is at the first query.
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>>;

    /// Does all of the list, in order, or nothing. When it returns `Ok`, it is on disk.
    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>>;
}

/// A consistent view of the store. Dropping it ends it.
pub trait Snapshot: Send {
    /// The rows that a query finds.
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>>;
}

/// The statements of a change, with its preconditions.
#[must_use]
pub fn statements(change: Change) -> Vec<Statement> {
    vec![match change {
        Change::CreateUser(user) => users::create(user),
        Change::ResetFailedLogins(username) => users::reset_failed_logins(username),
        Change::CreateBank(bank) => banks::create(bank),
        Change::ReplaceBank(bank) => banks::replace(bank),
        Change::CreateCustomer(customer) => customers::create(customer),
        Change::ChangeCustomerNumber(change) => customers::change_number(change),
        Change::LinkUserToCustomer(link) => customers::link(link),
        Change::CreateAccount(account) => accounts::create(account),
        Change::GrantView(grant) => accounts::grant_view(grant),
        Change::GrantEntitlement(grant) => entitlements::grant(grant),
        Change::RevokeEntitlement(entitlement_id) => entitlements::revoke(entitlement_id),
        Change::RequestEntitlement(request) => entitlements::ask(request),
        Change::DropEntitlementRequest(request_id) => entitlements::drop_request(request_id),
        Change::CreateConsumer(consumer) => consumers::create(consumer),
        Change::SwitchConsumer(switch) => consumers::switch(switch),
        Change::PutKycCheck(check) => kyc::put_check(check),
        Change::PutKycDocument(document) => kyc::put_document(document),
        Change::PutKycMedia(media) => kyc::put_media(media),
        Change::AddKycStatus(entry) => kyc::add_status(entry),
        Change::CreateMeeting(meeting) => meetings::create(meeting),
        Change::NoteScreening(note) => screening::add_note(note),
    }]
}

/// Builds the values of a statement: text from strings, numbers from integers, times and truth.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
pub(crate) use values;

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(i64::from(truth))
    }
}

impl From<bindings::timestamp::Timestamp> for Value {
    fn from(time: bindings::timestamp::Timestamp) -> Self {
        Self::Int(time.milliseconds)
    }
}

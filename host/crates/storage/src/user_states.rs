//! The SQL of the states of users, which an operator sees: locks, failed logins, tokens. Only the host uses it, no rule.

use crate::errors::StoreError;
use crate::queries::{list, one};
use crate::rows::{FromRow, Row};
use crate::store::Snapshot;
use crate::value::Param;

/// The state of a user.
#[derive(Debug)]
pub struct UserState {
    /// The user's name.
    pub username: String,
    /// The user's id.
    pub user_id: String,
    /// The e-mail address.
    pub email: String,
    /// Whether an operator has locked the user.
    pub disabled: bool,
    /// The end of the longest lock of failed logins, in milliseconds since 1970. 0 if there was none.
    pub locked_until_ms: i64,
    /// Failed logins since the last success or reset, at all addresses together.
    pub failed_logins: i64,
    /// Tokens that have not expired.
    pub tokens: i64,
}

impl FromRow for UserState {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            username: row.read()?,
            user_id: row.read()?,
            email: row.read()?,
            disabled: row.read()?,
            locked_until_ms: row.read()?,
            failed_logins: row.read()?,
            tokens: row.read()?,
        })
    }
}

/// The columns of a state. The time now is `$1`.
macro_rules! states {
    ($condition:literal) => {
        concat!(
            "SELECT users.username, users.user_id, users.email, users.disabled, \
            (SELECT COALESCE(MAX(locked_until_ms), 0) FROM failed_logins WHERE subject = users.user_id), \
            (SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM failed_logins WHERE subject = users.user_id), \
            (SELECT COUNT(*) FROM tokens WHERE tokens.user_id = users.user_id AND expires_ms > $1) \
            FROM users WHERE ",
            $condition
        )
    };
}

/// The state of the user with that name.
pub async fn of(store: &mut dyn Snapshot, username: &str, now_ms: i64) -> Result<Option<UserState>, StoreError> {
    one(store, states!("users.username = $2"), &[Param::Int(now_ms), Param::Text(username)]).await
}

/// The states of at most `limit` users whose names come after this one, in the order of their names.
pub async fn after(
    store: &mut dyn Snapshot,
    username: &str,
    limit: u32,
    now_ms: i64,
) -> Result<Vec<UserState>, StoreError> {
    let params = [Param::Int(now_ms), Param::Text(username), Param::Int(limit.into())];
    list(store, states!("users.username > $2 ORDER BY users.username LIMIT $3"), &params).await
}

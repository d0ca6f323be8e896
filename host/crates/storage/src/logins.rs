//! The SQL of logins: users' passwords and locks, consumers' keys, tokens, super admins. The host's own, no rule reads it.

use super::{Expect, Param, Snapshot, Statement, StoreError, values};

/// Whom a token belongs to.
#[derive(Debug)]
pub struct TokenOwner {
    /// The user's id.
    pub user_id: String,
    /// The user's name.
    pub username: String,
    /// Named as super admin by the operator.
    pub super_admin: bool,
    /// Whether the application the token was issued to is still enabled.
    pub consumer_enabled: bool,
}

/// What a password is compared with.
#[derive(Debug)]
pub struct Login {
    /// The user's id.
    pub user_id: String,
    /// A PHC string.
    pub password_hash: String,
    /// Failed tries since the last success or reset.
    pub failed_logins: i64,
}

/// The owner of a token that has not expired.
///
/// # Errors
/// If the store fails.
pub async fn token_owner(
    store: &mut dyn Snapshot,
    token_digest: &str,
    now_ms: i64,
) -> Result<Option<TokenOwner>, StoreError> {
    const SQL: &str = "SELECT users.user_id, users.username, consumers.enabled, \
            EXISTS (SELECT 1 FROM super_admins WHERE super_admins.username = users.username) \
        FROM tokens JOIN users ON users.user_id = tokens.user_id JOIN consumers ON consumers.consumer_id = tokens.consumer_id \
        WHERE tokens.token_digest = $1 AND tokens.expires_ms > $2";
    let mut rows = store.rows(SQL, &[Param::Text(token_digest), Param::Int(now_ms)]).await?;
    let Some(mut row) = rows.pop() else { return Ok(None) };
    Ok(Some(TokenOwner {
        user_id: row.text()?,
        username: row.text()?,
        consumer_enabled: row.truth()?,
        super_admin: row.truth()?,
    }))
}

/// The id of the enabled consumer with that key.
///
/// # Errors
/// If the store fails.
pub async fn consumer(store: &mut dyn Snapshot, consumer_key: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT consumer_id FROM consumers WHERE consumer_key = $1 AND enabled = 1";
    store.rows(SQL, &[Param::Text(consumer_key)]).await?.pop().map(|mut row| row.text()).transpose()
}

/// The key of the consumer with that id, whether it is enabled or not.
///
/// # Errors
/// If the store fails.
pub async fn consumer_key(store: &mut dyn Snapshot, consumer_id: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT consumer_key FROM consumers WHERE consumer_id = $1";
    store.rows(SQL, &[Param::Text(consumer_id)]).await?.pop().map(|mut row| row.text()).transpose()
}

/// What a login of that user is judged by.
///
/// # Errors
/// If the store fails.
pub async fn login(store: &mut dyn Snapshot, username: &str) -> Result<Option<Login>, StoreError> {
    const SQL: &str = "SELECT user_id, password_hash, failed_logins FROM users WHERE username = $1";
    let mut rows = store.rows(SQL, &[Param::Text(username)]).await?;
    let Some(mut row) = rows.pop() else { return Ok(None) };
    Ok(Some(Login { user_id: row.text()?, password_hash: row.text()?, failed_logins: row.int()? }))
}

/// Counts a try as failed before its password is looked at, so that tries made at once cannot outnumber the limit.
/// Its precondition is that fewer than `limit` have failed.
#[must_use]
pub fn reserve_try(user_id: &str, limit: i64, now_ms: i64) -> Statement {
    Statement {
        sql: "UPDATE users SET failed_logins = failed_logins + 1, last_failed_ms = $1 WHERE user_id = $2 AND failed_logins < $3",
        values: values![now_ms, user_id, limit],
        expect: Expect::One,
    }
}

/// Sets a user's count of failed logins to zero.
#[must_use]
pub fn reset_tries(user_id: &str) -> Statement {
    Statement {
        sql: "UPDATE users SET failed_logins = 0 WHERE user_id = $1",
        values: values![user_id],
        expect: Expect::Any,
    }
}

/// Stores a new token's digest.
#[must_use]
pub fn issue_token(token_digest: String, user_id: &str, consumer_id: &str, expires_ms: i64) -> Statement {
    Statement {
        sql: "INSERT INTO tokens (token_digest, user_id, consumer_id, expires_ms) VALUES ($1, $2, $3, $4)",
        values: values![token_digest, user_id, consumer_id, expires_ms],
        expect: Expect::One,
    }
}

/// Forgets a token.
#[must_use]
pub fn forget(token_digest: String) -> Statement {
    Statement { sql: "DELETE FROM tokens WHERE token_digest = $1", values: values![token_digest], expect: Expect::Any }
}

/// Forgets a few tokens that have expired; done beside each login, so that the table does not grow for ever.
#[must_use]
pub fn forget_expired(now_ms: i64) -> Statement {
    Statement {
        sql: "DELETE FROM tokens WHERE token_digest IN (SELECT token_digest FROM tokens WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT 8)",
        values: values![now_ms],
        expect: Expect::Any,
    }
}

/// Names a super admin.
#[must_use]
pub fn add_super_admin(username: &str) -> Statement {
    Statement {
        sql: "INSERT INTO super_admins (username) VALUES ($1) ON CONFLICT (username) DO NOTHING",
        values: values![username],
        expect: Expect::Any,
    }
}

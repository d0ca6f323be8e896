//! The SQL of logins: passwords, consumer keys, tokens, super admins. Only the host uses it, no rule.

use crate::errors::StoreError;
use crate::queries::one;
use crate::record::record;
use crate::store::{Expect, Snapshot, Statement};
use crate::value::{Param, values};

/// The owner of a token.
#[derive(Debug)]
pub struct TokenOwner {
    /// The user's id.
    pub user_id: String,
    /// The user's name.
    pub username: String,
    /// Whether the application that the token was issued to is still enabled.
    pub consumer_enabled: bool,
    /// Whether the operator has named the user as super admin.
    pub super_admin: bool,
}

record! {
    token_owner: users => TokenOwner {
        user_id,
        username,
    } then { consumer_enabled, super_admin }
}

/// The stored half of a login.
#[derive(Debug)]
pub struct Login {
    /// The user's id.
    pub user_id: String,
    /// The hash of the password, as a PHC string.
    pub password_hash: String,
    /// Whether an operator has locked the user.
    pub disabled: bool,
}

record! {
    login: users => Login {
        user_id,
        password_hash,
        disabled,
    }
}

/// A token counts as issued this long before its time of issue, in milliseconds: a clock may be set back by a little.
const CLOCK_LEEWAY_MS: i64 = 5 * 60 * 1000;
/// An expired token is deleted after this time, in milliseconds. Until then it is valid again if the clock was wrong.
const KEPT_MS: i64 = 4 * 7 * 24 * 60 * 60 * 1000;

/// The owner of a token that has been issued and has not expired. No token of a locked user is valid.
pub async fn token_owner(
    store: &mut dyn Snapshot,
    token_digest: &str,
    now_ms: i64,
) -> Result<Option<TokenOwner>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        token_owner!(columns),
        ", consumers.enabled, EXISTS (SELECT 1 FROM super_admins WHERE super_admins.username = users.username) \
        FROM tokens JOIN users ON users.user_id = tokens.user_id JOIN consumers ON consumers.consumer_id = tokens.consumer_id \
        WHERE tokens.token_digest = $1 AND tokens.expires_ms > $2 AND tokens.issued_ms <= $3 AND users.disabled = 0"
    );
    let issued_ms_max = now_ms.saturating_add(CLOCK_LEEWAY_MS);
    one(store, SQL, &[Param::Text(token_digest), Param::Int(now_ms), Param::Int(issued_ms_max)]).await
}

/// The id of the enabled consumer with that key.
pub async fn consumer(store: &mut dyn Snapshot, consumer_key: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT consumer_id FROM consumers WHERE consumer_key = $1 AND enabled = 1";
    one(store, SQL, &[Param::Text(consumer_key)]).await
}

/// The key of the consumer with that id, whether it is enabled or not.
pub async fn consumer_key(store: &mut dyn Snapshot, consumer_id: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT consumer_key FROM consumers WHERE consumer_id = $1";
    one(store, SQL, &[Param::Text(consumer_id)]).await
}

/// The stored half of a user's login.
pub async fn login(store: &mut dyn Snapshot, username: &str) -> Result<Option<Login>, StoreError> {
    const SQL: &str = concat!("SELECT ", login!(columns), " FROM users WHERE username = $1");
    one(store, SQL, &[Param::Text(username)]).await
}

/// Stores the digest of a new token. The precondition: the user still has that password and is not locked.
#[must_use]
pub fn issue_token(
    token_digest: String,
    user: &Login,
    consumer_id: &str,
    issued_ms: i64,
    expires_ms: i64,
) -> Statement {
    Statement {
        sql: "INSERT INTO tokens (token_digest, user_id, consumer_id, issued_ms, expires_ms) \
            SELECT $1, user_id, $2, CAST($3 AS BIGINT), CAST($4 AS BIGINT) FROM users \
            WHERE user_id = $5 AND password_hash = $6 AND disabled = 0",
        values: values![
            token_digest,
            consumer_id,
            issued_ms,
            expires_ms,
            user.user_id.as_str(),
            user.password_hash.as_str()
        ],
        expect: Expect::One,
    }
}

/// Sets a user's password. The precondition: the user still has the old one.
#[must_use]
pub fn set_password(user: &Login, password_hash: String) -> Statement {
    Statement {
        sql: "UPDATE users SET password_hash = $1 WHERE user_id = $2 AND password_hash = $3",
        values: values![password_hash, user.user_id.as_str(), user.password_hash.as_str()],
        expect: Expect::One,
    }
}

/// Locks a user until an operator ends the lock, or ends it.
#[must_use]
pub fn set_disabled(user: &Login, disabled: bool) -> Statement {
    Statement {
        sql: "UPDATE users SET disabled = $1 WHERE user_id = $2",
        values: values![disabled, user.user_id.as_str()],
        expect: Expect::One,
    }
}

/// Revokes the tokens of a user, except the one with this digest. An empty digest is that of no token.
#[must_use]
pub fn revoke_tokens(user: &Login, kept_digest: &str) -> Statement {
    Statement {
        sql: "DELETE FROM tokens WHERE user_id = $1 AND token_digest <> $2",
        values: values![user.user_id.as_str(), kept_digest],
        expect: Expect::Any,
    }
}

/// Revokes a token.
#[must_use]
pub fn revoke_token(token_digest: String) -> Statement {
    Statement { sql: "DELETE FROM tokens WHERE token_digest = $1", values: values![token_digest], expect: Expect::Any }
}

/// Deletes a few tokens that expired four weeks ago or earlier. Each login does this while the clock is trusted, so that the
/// table does not grow for ever.
#[must_use]
pub fn delete_expired_tokens(now_ms: i64) -> Statement {
    Statement {
        sql: "DELETE FROM tokens WHERE token_digest IN (SELECT token_digest FROM tokens WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT 8)",
        values: values![now_ms.saturating_sub(KEPT_MS)],
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

//! The SQL of users.

use super::entitlements::{self, Held};
use super::{Expect, Param, Row, Snapshot, Statement, StoreError, values};
use bindings::users_types::{LockStatus, NewUser, User, UserDetails};

/// The columns of a user, in the order [`details`] takes them.
macro_rules! user_columns {
    () => {
        "users.user_id, users.email, users.provider_id, users.provider, users.username"
    };
}
pub(super) use user_columns;

/// The user with that id.
///
/// # Errors
/// If the store fails.
pub async fn by_id(store: &mut dyn Snapshot, user_id: &str) -> Result<Option<UserDetails>, StoreError> {
    const SQL: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE user_id = $1");
    find(store, SQL, user_id).await
}

/// The user of that name.
///
/// # Errors
/// If the store fails.
pub async fn by_username(store: &mut dyn Snapshot, username: &str) -> Result<Option<UserDetails>, StoreError> {
    const SQL: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE username = $1");
    find(store, SQL, username).await
}

async fn find(store: &mut dyn Snapshot, sql: &'static str, key: &str) -> Result<Option<UserDetails>, StoreError> {
    let Some(mut row) = store.rows(sql, &[Param::Text(key)]).await?.pop() else { return Ok(None) };
    let mut user = details(&mut row, &Held::default())?;
    user.entitlements.list = entitlements::of_user(store, &user.user_id).await?;
    Ok(Some(user))
}

/// A page of all users, sorted by user name.
///
/// # Errors
/// If the store fails.
pub async fn page(store: &mut dyn Snapshot, limit: u32, offset: u32) -> Result<Vec<UserDetails>, StoreError> {
    const USERS: &str = concat!("SELECT ", user_columns!(), " FROM users ORDER BY username LIMIT $1 OFFSET $2");
    const HELD: &str = "SELECT user_id, entitlement_id, role_name, bank_id FROM entitlements \
        WHERE user_id IN (SELECT user_id FROM users ORDER BY username LIMIT $1 OFFSET $2) \
        ORDER BY user_id, role_name, bank_id";
    let params = [Param::Int(limit.into()), Param::Int(offset.into())];
    let held = Held::read(store, HELD, &params).await?;
    let rows = store.rows(USERS, &params).await?;
    rows.into_iter().map(|mut row| details(&mut row, &held)).collect()
}

/// How often that user failed to log in.
///
/// # Errors
/// If the store fails.
pub async fn failed_logins(store: &mut dyn Snapshot, username: &str) -> Result<Option<LockStatus>, StoreError> {
    const SQL: &str = "SELECT username, failed_logins, last_failed_ms FROM users WHERE username = $1";
    let Some(mut row) = store.rows(SQL, &[Param::Text(username)]).await?.pop() else { return Ok(None) };
    Ok(Some(LockStatus {
        username: row.text()?,
        bad_attempts_since_last_success_or_reset: row.number()?,
        last_failure_date: row.time()?,
    }))
}

/// A user from the next columns, with the roles among those that were read.
pub(super) fn details(row: &mut Row, held: &Held) -> Result<UserDetails, StoreError> {
    let user_id = row.text()?;
    Ok(UserDetails {
        email: row.text()?,
        provider_id: row.text()?,
        provider: row.text()?,
        username: row.text()?,
        entitlements: held.by(&user_id),
        user_id,
    })
}

/// Creates a user, whose id and name must be new.
#[must_use]
pub fn create(user: NewUser) -> Statement {
    let NewUser {
        user: User { user_id, email, provider_id, provider, username },
        first_name,
        last_name,
        password_hash,
    } = user;
    Statement {
        sql: "INSERT INTO users (user_id, email, provider, provider_id, username, first_name, last_name, password_hash) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values: values![user_id, email, provider, provider_id, username, first_name, last_name, password_hash],
        expect: Expect::One,
    }
}

/// Sets the count of failed logins of the user of that name to zero; the date of the last one stays.
#[must_use]
pub fn reset_failed_logins(username: String) -> Statement {
    Statement {
        sql: "UPDATE users SET failed_logins = 0 WHERE username = $1",
        values: values![username],
        expect: Expect::Any,
    }
}

//! The SQL of failed logins. Only the host uses it, except for the status that users with a role read.

use bindings::users_types::LockStatus;
use sha2::{Digest as _, Sha256};

use crate::errors::StoreError;
use crate::queries::one;
use crate::record::record;
use crate::rows::{FromRow, Row};
use crate::store::{Expect, Snapshot, Statement};
use crate::value::{Param, values};

/// The failed logins at one place. The default is that of a place without failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailedLogins {
    /// Failed logins since the last success, reset or long pause.
    pub failures: i64,
    /// The end of the lock, in milliseconds since 1970. 0 if there was none.
    pub locked_until_ms: i64,
    /// The right password is accepted from this time on, whatever fails meanwhile. 0 if that is not promised.
    pub admitted_ms: i64,
}

record! {
    failed: failed_logins => FailedLogins {
        failures,
        locked_until_ms,
        admitted_ms,
    }
}

/// Where failures are counted: a user, or a name that no user has, and an address.
#[derive(Clone, Debug)]
pub struct LoginPlace {
    subject: String,
    address: String,
}

impl LoginPlace {
    /// The place of a user's logins from that address.
    #[must_use]
    pub fn of_user(user_id: &str, address: &str) -> Self {
        Self { subject: user_id.to_owned(), address: address.to_owned() }
    }

    /// The place of logins under a name that no user has, from that address. The store keeps no unknown name, which may be a
    /// mistyped password.
    #[must_use]
    pub fn of_unknown_name(username: &str, address: &str) -> Self {
        let digest = hex::encode(Sha256::digest(username.as_bytes()));
        Self { subject: format!("name:{digest}"), address: address.to_owned() }
    }
}

/// The failures at that place.
pub async fn at(store: &mut dyn Snapshot, place: &LoginPlace) -> Result<FailedLogins, StoreError> {
    const SQL: &str = concat!("SELECT ", failed!(columns), " FROM failed_logins WHERE subject = $1 AND address = $2");
    let failed = one(store, SQL, &[Param::Text(&place.subject), Param::Text(&place.address)]).await?;
    Ok(failed.unwrap_or_default())
}

/// Writes the failures at that place, at the time `now_ms`. The precondition: the place still has `before` failures. The row
/// may be deleted after `forget_ms`.
#[must_use]
pub fn put(place: &LoginPlace, before: i64, failed: FailedLogins, now_ms: i64, forget_ms: i64) -> Statement {
    let LoginPlace { subject, address } = place;
    let FailedLogins { failures, locked_until_ms, admitted_ms } = failed;
    Statement {
        sql: "INSERT INTO failed_logins \
            (subject, address, failures, last_failed_ms, locked_until_ms, admitted_ms, forget_ms) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) \
            ON CONFLICT (subject, address) DO UPDATE SET failures = excluded.failures, \
            last_failed_ms = excluded.last_failed_ms, locked_until_ms = excluded.locked_until_ms, \
            admitted_ms = excluded.admitted_ms, forget_ms = excluded.forget_ms \
            WHERE failed_logins.failures = $8",
        values: values![
            subject.as_str(),
            address.as_str(),
            failures,
            now_ms,
            locked_until_ms,
            admitted_ms,
            forget_ms,
            before
        ],
        expect: Expect::One,
    }
}

/// Sets the failures at that place to zero, after the right password. The date of the last one stays.
#[must_use]
pub fn clear(place: &LoginPlace) -> Statement {
    Statement {
        sql: "UPDATE failed_logins SET failures = 0, locked_until_ms = 0, admitted_ms = 0 WHERE subject = $1 AND address = $2",
        values: values![place.subject.as_str(), place.address.as_str()],
        expect: Expect::Any,
    }
}

/// Sets a user's failures to zero, at all addresses. The date of the last one stays.
#[must_use]
pub fn reset(username: String) -> Statement {
    Statement {
        sql: "UPDATE failed_logins SET failures = 0, locked_until_ms = 0, admitted_ms = 0 \
            WHERE subject = (SELECT user_id FROM users WHERE username = $1)",
        values: values![username],
        expect: Expect::Any,
    }
}

/// Deletes a few rows that are no longer needed. Each login does this, so that the table does not grow for ever.
#[must_use]
pub fn delete_old(now_ms: i64) -> Statement {
    Statement {
        sql: "DELETE FROM failed_logins WHERE (subject, address) IN \
            (SELECT subject, address FROM failed_logins WHERE forget_ms <= $1 ORDER BY forget_ms LIMIT 8)",
        values: values![now_ms],
        expect: Expect::Any,
    }
}

/// The failed logins of a user, at all addresses together.
pub async fn status(store: &mut dyn Snapshot, username: &str) -> Result<Option<LockStatus>, StoreError> {
    const SQL: &str = "SELECT users.username, CAST(COALESCE(SUM(failed_logins.failures), 0) AS BIGINT), \
        COALESCE(MAX(failed_logins.last_failed_ms), 0) \
        FROM users LEFT JOIN failed_logins ON failed_logins.subject = users.user_id \
        WHERE users.username = $1 GROUP BY users.username";
    one(store, SQL, &[Param::Text(username)]).await
}

impl FromRow for LockStatus {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            username: row.read()?,
            bad_attempts_since_last_success_or_reset: row.read()?,
            last_failure_date: row.read()?,
        })
    }
}

//! The SQL of consumers.

use super::entitlements::Held;
use super::users;
use super::{Expect, Param, Row, Snapshot, Statement, StoreError, list_limit, values};
use bindings::changes::ConsumerSwitch;
use bindings::consumers_types::{Consumer, NewConsumer};

/// The columns of a consumer and of the user who made it. The operator is no user: their texts are empty.
macro_rules! columns {
    () => {
        "consumers.consumer_id, consumers.app_name, consumers.app_type, consumers.description, consumers.developer_email, \
        consumers.redirect_url, consumers.enabled, consumers.created_ms, COALESCE(users.user_id, ''), \
        COALESCE(users.email, ''), COALESCE(users.provider_id, ''), COALESCE(users.provider, ''), \
        COALESCE(users.username, '')"
    };
}

/// Consumers, all or those one user made, oldest first.
///
/// # Errors
/// If the store fails.
pub async fn made_by(store: &mut dyn Snapshot, user_id: Option<&str>) -> Result<Vec<Consumer>, StoreError> {
    const OF_USER: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM consumers LEFT JOIN users ON users.user_id = consumers.created_by_user_id \
        WHERE consumers.created_by_user_id = $1 ORDER BY consumers.written",
        list_limit!()
    );
    const ALL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM consumers LEFT JOIN users ON users.user_id = consumers.created_by_user_id \
        ORDER BY consumers.written",
        list_limit!()
    );
    const ALL_HELD: &str = concat!(
        "SELECT user_id, entitlement_id, role_name, bank_id FROM entitlements WHERE user_id IN \
            (SELECT created_by_user_id FROM consumers ORDER BY written",
        list_limit!(),
        ") ORDER BY user_id, role_name, bank_id"
    );
    let (rows, held) = Held::list(store, user_id, OF_USER, ALL, ALL_HELD).await?;
    let read = |mut row: Row| {
        Ok(Consumer {
            consumer_id: row.text()?,
            app_name: row.text()?,
            app_type: row.text()?,
            description: row.text()?,
            developer_email: row.text()?,
            redirect_url: row.text()?,
            enabled: row.truth()?,
            created: row.time()?,
            created_by_user: users::details(&mut row, &held)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Whether there is such a consumer.
///
/// # Errors
/// If the store fails.
pub async fn exists(store: &mut dyn Snapshot, consumer_id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT 1 FROM consumers WHERE consumer_id = $1";
    Ok(!store.rows(SQL, &[Param::Text(consumer_id)]).await?.is_empty())
}

/// Creates a consumer, whose id and key must be new and whose user must exist; the operator's name none.
#[must_use]
pub fn create(consumer: NewConsumer) -> Statement {
    let NewConsumer {
        consumer_id,
        key,
        secret_digest,
        app_name,
        app_type,
        description,
        developer_email,
        redirect_url,
        created_by_user_id,
        enabled,
        created,
    } = consumer;
    Statement {
        sql: "INSERT INTO consumers (consumer_id, consumer_key, secret_digest, app_name, app_type, description, \
                developer_email, redirect_url, created_by_user_id, enabled, created_ms, written) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, ''), $10, $11, \
                (SELECT COALESCE(MAX(written), 0) + 1 FROM consumers))",
        values: values![
            consumer_id,
            key,
            secret_digest,
            app_name,
            app_type,
            description,
            developer_email,
            redirect_url,
            created_by_user_id,
            enabled,
            created
        ],
        expect: Expect::One,
    }
}

/// Switches a consumer that exists on or off.
#[must_use]
pub fn switch(switch: ConsumerSwitch) -> Statement {
    let ConsumerSwitch { consumer_id, enabled } = switch;
    Statement {
        sql: "UPDATE consumers SET enabled = $1 WHERE consumer_id = $2",
        values: values![enabled, consumer_id],
        expect: Expect::One,
    }
}

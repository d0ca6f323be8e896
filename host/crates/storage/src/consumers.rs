//! The SQL of consumers.

use bindings::changes::ConsumerSwitch;
use bindings::consumers_types::{Consumer, NewConsumer};

use crate::errors::StoreError;
use crate::queries::any;
use crate::record::{Record as _, record};
use crate::store::{Expect, Snapshot, Statement, list_limit};
use crate::user_rows::{Queries, list_with_roles, roles_of_users, user};
use crate::value::{Param, Value, values};

record! {
    consumer: consumers => Consumer {
        consumer_id,
        app_name,
        app_type,
        description,
        developer_email,
        redirect_url,
        enabled,
        created: created_ms,
    } then { created_by_user }
}

record! {
    new_consumer: consumers => NewConsumer {
        consumer_id,
        key: consumer_key,
        secret_digest,
        app_name,
        app_type,
        description,
        developer_email,
        redirect_url,
        enabled,
        created: created_ms,
    } then { created_by_user_id }
}

/// All consumers, or those that one user created, oldest first. The operator is not a user: where the operator created
/// a consumer, the texts of its user are empty.
pub async fn made_by(store: &mut dyn Snapshot, user_id: Option<&str>) -> Result<Vec<Consumer>, StoreError> {
    const QUERIES: Queries = Queries {
        of_one: concat!(
            "SELECT ",
            consumer!(columns),
            ", ",
            user!(columns_or_empty),
            " FROM consumers LEFT JOIN users ON users.user_id = consumers.created_by_user_id \
            WHERE consumers.created_by_user_id = $1 ORDER BY consumers.written",
            list_limit!()
        ),
        of_all: concat!(
            "SELECT ",
            consumer!(columns),
            ", ",
            user!(columns_or_empty),
            " FROM consumers LEFT JOIN users ON users.user_id = consumers.created_by_user_id \
            ORDER BY consumers.written",
            list_limit!()
        ),
        roles_of_all: roles_of_users!("SELECT created_by_user_id FROM consumers ORDER BY written", list_limit!()),
    };
    list_with_roles(store, QUERIES, user_id, |consumer: &mut Consumer| &mut consumer.created_by_user).await
}

/// Whether a consumer exists.
pub async fn exists(store: &mut dyn Snapshot, consumer_id: &str) -> Result<bool, StoreError> {
    any(store, "SELECT 1 FROM consumers WHERE consumer_id = $1", &[Param::Text(consumer_id)]).await
}

/// Creates a consumer, whose id and key must be new and whose user must exist. A consumer of the operator has no user:
/// its user id is empty.
#[must_use]
pub fn create(consumer: NewConsumer) -> Statement {
    let created_by_user_id = Value::from(consumer.created_by_user_id.as_str());
    let mut values = consumer.values();
    values.push(created_by_user_id);
    Statement {
        sql: concat!(
            "INSERT INTO consumers (",
            new_consumer!(names),
            ", created_by_user_id, written) VALUES (",
            new_consumer!(placeholders),
            ", NULLIF(",
            new_consumer!(next),
            ", ''), (SELECT COALESCE(MAX(written), 0) + 1 FROM consumers))"
        ),
        values,
        expect: Expect::One,
    }
}

/// Enables or disables a consumer that exists.
#[must_use]
pub fn switch(switch: ConsumerSwitch) -> Statement {
    let ConsumerSwitch { consumer_id, enabled } = switch;
    Statement {
        sql: "UPDATE consumers SET enabled = $1 WHERE consumer_id = $2",
        values: values![enabled, consumer_id],
        expect: Expect::One,
    }
}

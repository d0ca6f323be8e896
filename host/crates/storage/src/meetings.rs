//! The SQL of meetings.

use super::{Expect, Param, Row, Snapshot, Statement, StoreError, list_limit, values};
use bindings::meetings_types::{Meeting, MeetingKeys, Present};

/// One meeting of the bank.
///
/// # Errors
/// If the store fails.
pub async fn find(store: &mut dyn Snapshot, bank_id: &str, meeting_id: &str) -> Result<Option<Meeting>, StoreError> {
    const SQL: &str = "SELECT bank_id, meeting_id, provider_id, purpose_id, staff_user_id, customer_user_id, session_id, \
            staff_token, customer_token, when_ms \
        FROM meetings WHERE bank_id = $1 AND meeting_id = $2";
    store.rows(SQL, &[Param::Text(bank_id), Param::Text(meeting_id)]).await?.pop().map(meeting).transpose()
}

/// All meetings of the bank, newest first.
///
/// # Errors
/// If the store fails.
pub async fn at_bank(store: &mut dyn Snapshot, bank_id: &str) -> Result<Vec<Meeting>, StoreError> {
    const SQL: &str = concat!(
        "SELECT bank_id, meeting_id, provider_id, purpose_id, staff_user_id, customer_user_id, session_id, \
            staff_token, customer_token, when_ms \
        FROM meetings WHERE bank_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    let rows = store.rows(SQL, &[Param::Text(bank_id)]).await?;
    rows.into_iter().map(meeting).collect()
}

fn meeting(mut row: Row) -> Result<Meeting, StoreError> {
    Ok(Meeting {
        bank_id: row.text()?,
        meeting_id: row.text()?,
        provider_id: row.text()?,
        purpose_id: row.text()?,
        present: Present { staff_user_id: row.text()?, customer_user_id: row.text()? },
        keys: MeetingKeys { session_id: row.text()?, staff_token: row.text()?, customer_token: row.text()? },
        when: row.time()?,
    })
}

/// Creates a meeting, whose id must be new and whose bank and customer's user must exist.
#[must_use]
pub fn create(meeting: Meeting) -> Statement {
    let Meeting {
        meeting_id,
        provider_id,
        purpose_id,
        bank_id,
        present: Present { staff_user_id, customer_user_id },
        keys: MeetingKeys { session_id, staff_token, customer_token },
        when,
    } = meeting;
    Statement {
        sql: "INSERT INTO meetings (bank_id, meeting_id, provider_id, purpose_id, staff_user_id, customer_user_id, session_id, \
                staff_token, customer_token, when_ms, written) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                (SELECT COALESCE(MAX(written), 0) + 1 FROM meetings WHERE bank_id = $1))",
        values: values![
            bank_id,
            meeting_id,
            provider_id,
            purpose_id,
            staff_user_id,
            customer_user_id,
            session_id,
            staff_token,
            customer_token,
            when
        ],
        expect: Expect::One,
    }
}

//! The SQL of meetings.

use bindings::changes::MeetingStaff;
use bindings::meetings_types::{Present, StoredMeeting};

use crate::errors::StoreError;
use crate::queries::{list, one};
use crate::record::{Record as _, record};
use crate::store::{Expect, Snapshot, Statement, list_limit};
use crate::value::{Param, values};

record! {
    meeting: meetings => StoredMeeting {
        bank_id,
        meeting_id,
        provider_id,
        purpose_id,
        present: Present { staff_user_id, customer_user_id },
        session_id,
        when: when_ms,
    }
}

/// One meeting of a bank.
pub async fn find(
    store: &mut dyn Snapshot,
    bank_id: &str,
    meeting_id: &str,
) -> Result<Option<StoredMeeting>, StoreError> {
    const SQL: &str = concat!("SELECT ", meeting!(columns), " FROM meetings WHERE bank_id = $1 AND meeting_id = $2");
    one(store, SQL, &[Param::Text(bank_id), Param::Text(meeting_id)]).await
}

/// All meetings of a bank, newest first.
pub async fn at_bank(store: &mut dyn Snapshot, bank_id: &str) -> Result<Vec<StoredMeeting>, StoreError> {
    const SQL: &str =
        concat!("SELECT ", meeting!(columns), " FROM meetings WHERE bank_id = $1 ORDER BY written DESC", list_limit!());
    list(store, SQL, &[Param::Text(bank_id)]).await
}

/// Creates a meeting, whose id must be new. The bank and the customer's user must exist.
#[must_use]
pub fn create(meeting: StoredMeeting) -> Statement {
    Statement {
        sql: concat!(
            "INSERT INTO meetings (",
            meeting!(names),
            ", written) VALUES (",
            meeting!(placeholders),
            ", (SELECT COALESCE(MAX(written), 0) + 1 FROM meetings WHERE bank_id = $1))"
        ),
        values: meeting.values(),
        expect: Expect::One,
    }
}

/// Makes a user the staff of a meeting. Both must exist.
#[must_use]
pub fn set_staff(staff: MeetingStaff) -> Statement {
    let MeetingStaff { bank_id, meeting_id, staff_user_id } = staff;
    Statement {
        sql: "UPDATE meetings SET staff_user_id = $1 WHERE bank_id = $2 AND meeting_id = $3 \
            AND EXISTS (SELECT 1 FROM users WHERE user_id = $1)",
        values: values![staff_user_id, bank_id, meeting_id],
        expect: Expect::One,
    }
}

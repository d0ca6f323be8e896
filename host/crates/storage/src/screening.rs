//! The SQL of screeners' notes. No rule reads it: it is evidence for the operator.

use bindings::changes::ScreeningNote;

use crate::record::{Record as _, record};
use crate::store::{Expect, Statement};

record! {
    note: screening_notes => ScreeningNote {
        bank_id,
        operation,
        subject_id,
        note,
        when: when_ms,
    }
}

/// Adds a note.
#[must_use]
pub fn add_note(note: ScreeningNote) -> Statement {
    Statement {
        sql: concat!("INSERT INTO screening_notes (", note!(names), ") VALUES (", note!(placeholders), ")"),
        values: note.values(),
        expect: Expect::One,
    }
}

//! The SQL of what screeners said. No rule reads it; it is the operator's evidence.

use super::{Expect, Statement, values};
use bindings::changes::ScreeningNote;

/// Adds a note.
#[must_use]
pub fn add_note(note: ScreeningNote) -> Statement {
    let ScreeningNote { bank_id, operation, subject_id, note, when } = note;
    Statement {
        sql: "INSERT INTO screening_notes (bank_id, operation, subject_id, note, when_ms) VALUES ($1, $2, $3, $4, $5)",
        values: values![bank_id, operation, subject_id, note, when],
        expect: Expect::One,
    }
}

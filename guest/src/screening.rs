//! What a screener's verdict means for a write that every rule of the server already accepts.

use crate::catalogue::Refusal;
use crate::changes::{Change, ScreeningNote};
use crate::screening_types::Verdict;
use crate::timestamp::Timestamp;

/// What was screened, as it is named beside a note.
#[derive(Debug)]
pub struct Screened {
    /// Empty for a user, who belongs to no bank.
    pub bank_id: String,
    /// The operation, e.g. `addKycDocument`.
    pub operation: &'static str,
    /// The id of the record.
    pub subject_id: String,
}

/// Adds a note to the changes, or refuses.
///
/// # Errors
/// [`Refusal::Screened`] with the screener's reason.
pub fn judge(verdict: Verdict, what: Screened, when: Timestamp, changes: &mut Vec<Change>) -> Result<(), Refusal> {
    match verdict {
        Verdict::Accept => {}
        Verdict::AcceptWithNote(note) => changes.push(Change::NoteScreening(ScreeningNote {
            bank_id: what.bank_id,
            operation: what.operation.to_owned(),
            subject_id: what.subject_id,
            note,
            when,
        })),
        Verdict::Reject(reason) => return Err(Refusal::Screened(reason)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(verdict: Verdict) -> (Result<(), Refusal>, Vec<Change>) {
        let what = Screened { bank_id: "b".to_owned(), operation: "addKycCheck", subject_id: "c1".to_owned() };
        let mut changes = Vec::new();
        let result = judge(verdict, what, Timestamp { milliseconds: 7 }, &mut changes);
        (result, changes)
    }

    #[test]
    fn a_verdict_accepts_adds_its_note_or_refuses_with_its_reason() {
        assert!(matches!(judged(Verdict::Accept), (Ok(()), changes) if changes.is_empty()));
        let (accepted, changes) = judged(Verdict::AcceptWithNote("seen twice".to_owned()));
        assert_eq!(accepted, Ok(()));
        assert!(
            matches!(changes.as_slice(), [Change::NoteScreening(note)] if note.note == "seen twice" && note.subject_id == "c1")
        );
        let (refused, changes) = judged(Verdict::Reject("expired".to_owned()));
        assert_eq!(refused, Err(Refusal::Screened("expired".to_owned())));
        assert!(changes.is_empty());
    }
}

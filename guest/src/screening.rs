//! The effect of a screener's verdict on a write that has passed every rule of the server.

use crate::changes::{Change, ScreeningNote};
use crate::refusals::Refusal;
use crate::screening_types::{Subject, Verdict};
use crate::timestamp::Timestamp;

/// Accepts the write, adds the screener's note to its changes, or refuses it.
///
/// # Errors
/// [`Refusal::Screened`] with the screener's reason.
pub fn apply_verdict(
    verdict: Verdict,
    subject: &Subject,
    when: Timestamp,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    match verdict {
        Verdict::Accept => Ok(()),
        Verdict::AcceptWithNote(note) => {
            changes.push(Change::NoteScreening(screening_note(subject, note, when)));
            Ok(())
        }
        Verdict::Reject(reason) => Err(Refusal::Screened(reason)),
    }
}

fn screening_note(subject: &Subject, note: String, when: Timestamp) -> ScreeningNote {
    let of_customer = |customer_id: &str, id: &str| format!("{customer_id}/{id}");
    let (operation, bank_id, subject_id) = match subject {
        Subject::User(user) => ("createUser", "", user.user_id.clone()),
        Subject::Account(account) => ("createAccount", account.bank_id.as_str(), account.account_id.clone()),
        Subject::KycCheck(check) => ("addKycCheck", check.bank_id.as_str(), of_customer(&check.customer_id, &check.id)),
        Subject::KycDocument(document) => {
            ("addKycDocument", document.bank_id.as_str(), of_customer(&document.customer_id, &document.id))
        }
        Subject::KycMedia(media) => ("addKycMedia", media.bank_id.as_str(), of_customer(&media.customer_id, &media.id)),
        Subject::KycStatus(entry) => ("addKycStatus", entry.bank_id.as_str(), entry.status.customer_id.clone()),
    };
    ScreeningNote { bank_id: bank_id.to_owned(), operation: operation.to_owned(), subject_id, note, when }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kyc_types::{KycStatus, KycStatusEntry};

    fn subject() -> Subject {
        let date = Timestamp { milliseconds: 0 };
        let (customer_id, customer_number) = ("c1".to_owned(), "1".to_owned());
        let status = KycStatus { customer_id, customer_number, ok: true, date };
        Subject::KycStatus(KycStatusEntry { bank_id: "b".to_owned(), status })
    }

    fn applied(verdict: Verdict) -> (Result<(), Refusal>, Vec<Change>) {
        let mut changes = Vec::new();
        let result = apply_verdict(verdict, &subject(), Timestamp { milliseconds: 7 }, &mut changes);
        (result, changes)
    }

    #[test]
    fn a_verdict_accepts_or_adds_its_note_or_refuses_with_its_reason() {
        assert!(matches!(applied(Verdict::Accept), (Ok(()), changes) if changes.is_empty()));
        let (accepted, changes) = applied(Verdict::AcceptWithNote("seen twice".to_owned()));
        assert_eq!(accepted, Ok(()));
        assert!(
            matches!(changes.as_slice(), [Change::NoteScreening(note)] if note.note == "seen twice" && note.subject_id == "c1")
        );
        let (refused, changes) = applied(Verdict::Reject("expired".to_owned()));
        assert_eq!(refused, Err(Refusal::Screened("expired".to_owned())));
        assert!(changes.is_empty());
    }
}

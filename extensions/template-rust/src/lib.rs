//! A screener that accepts every record and logs a line about it.

use onboarding_extension::{Screener, Subject, Verdict, export_screening, log, setting};

/// The screener.
pub struct Template;

impl Screener for Template {
    fn screen(subject: Subject) -> Verdict {
        let greeting = setting("greeting").unwrap_or_default();
        log::info(&format!("{greeting} {}", kind(&subject)));
        Verdict::Accept
    }
}

export_screening!(Template);

/// The kind of the record. Put decisions into functions like this one, which native tests can run.
fn kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::User(_) => "user",
        Subject::Account(_) => "account",
        Subject::KycCheck(_) => "check",
        Subject::KycDocument(_) => "document",
        Subject::KycMedia(_) => "media",
        Subject::KycStatus(_) => "status",
    }
}

#[cfg(test)]
mod tests {
    use onboarding_extension::{KycStatus, KycStatusEntry, Timestamp};

    use super::*;

    #[test]
    fn a_status_has_the_kind_status() {
        let status = KycStatus {
            customer_id: "c".to_owned(),
            customer_number: "1".to_owned(),
            ok: true,
            date: Timestamp { milliseconds: 0 },
        };
        assert_eq!(kind(&Subject::KycStatus(KycStatusEntry { bank_id: "b".to_owned(), status })), "status");
    }
}

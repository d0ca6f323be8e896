//! An extension of both worlds that misbehaves on request. A screener takes its deed from the setting `deed` or, without that
//! setting, from a document's place of issue. A meeting provider takes it from the settings `readiness` and `session`.
//!
//! A deed is a word; some need a number after it, and some an address after that. A deed that succeeds is accepted with the note
//! `done`. A deed that fails is accepted without a note.

mod calls;
mod deeds;

use onboarding_extension::{
    MeetingProvider, Screener, Session, SessionRequest, Subject, Unavailable, Verdict, export_meeting_provider,
    export_screening, setting,
};

/// The extension.
pub struct Hostile;

impl Screener for Hostile {
    fn screen(subject: Subject) -> Verdict {
        let place = if let Subject::KycDocument(document) = &subject { document.issue_place.as_str() } else { "" };
        let deed = setting("deed").unwrap_or_else(|| place.to_owned());
        let (word, rest) = split(&deed);
        match word {
            "reject" => Verdict::Reject(rest.to_owned()),
            "reject-at-length" => Verdict::Reject("x".repeat(number(rest))),
            "reject-in-lines" => Verdict::Reject("one\r\ntwo\u{1b}[31m\tthree\u{0}".to_owned()),
            "note" => Verdict::AcceptWithNote(rest.to_owned()),
            "note-subject" => Verdict::AcceptWithNote(named(&subject)),
            _ if deeds::done(word, rest) => Verdict::AcceptWithNote("done".to_owned()),
            _ => Verdict::Accept,
        }
    }
}

export_screening!(Hostile);

impl MeetingProvider for Hostile {
    fn readiness(_bank_id: String) -> Result<(), Unavailable> {
        let deed = setting("readiness").unwrap_or_default();
        let (word, rest) = split(&deed);
        deeds::done(word, rest);
        Ok(())
    }

    fn create_session(_provider_id: String, _request: SessionRequest) -> Result<Session, Unavailable> {
        let deed = setting("session").unwrap_or_default();
        let (word, rest) = split(&deed);
        let session_id = match word {
            "without-id" => String::new(),
            "id-of" => "x".repeat(number(rest)),
            "no-key" => return Err(Unavailable::KeyMissing),
            _ => {
                deeds::done(word, rest);
                "session".to_owned()
            }
        };
        Ok(Session { session_id, staff_token: "staff".to_owned(), customer_token: "customer".to_owned() })
    }
}

export_meeting_provider!(Hostile);

/// The first word of a deed, and the rest.
fn split(deed: &str) -> (&str, &str) {
    deed.split_once(' ').unwrap_or((deed, ""))
}

/// The number in the text, or 0.
fn number(text: &str) -> usize {
    text.parse().unwrap_or_default()
}

/// The kind and the ids of a subject.
fn named(subject: &Subject) -> String {
    match subject {
        Subject::User(user) => format!("user {}", user.username),
        Subject::Account(account) => format!("account {} {}", account.bank_id, account.account_id),
        Subject::KycCheck(check) => format!("check {} {}", check.bank_id, check.id),
        Subject::KycDocument(document) => format!("document {} {}", document.bank_id, document.id),
        Subject::KycMedia(media) => format!("media {} {}", media.bank_id, media.id),
        Subject::KycStatus(entry) => format!("status {} {}", entry.bank_id, entry.status.customer_id),
    }
}

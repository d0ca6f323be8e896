//! An extension of both worlds that misbehaves on request. A screener takes its deed from the setting `deed` or, without that
//! setting, from a document's place of issue. A meeting provider takes it from the settings `readiness`, `session` and `access`.
//!
//! A deed is a word; some need a number after it, and some an address after that. A deed that succeeds is accepted with the note
//! `done`. A deed that fails is accepted without a note.

mod calls;
mod deeds;

use onboarding_extension::{
    Access, MeetingProvider, Participant, Screener, SessionRequest, Subject, Unavailable, Verdict,
    export_meeting_provider, export_screening, setting,
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

    fn create_session(_provider_id: String, _request: SessionRequest) -> Result<String, Unavailable> {
        let deed = setting("session").unwrap_or_default();
        let (word, rest) = split(&deed);
        match word {
            "without-id" => Ok(String::new()),
            "id-of" => Ok("x".repeat(number(rest))),
            "no-key" => Err(Unavailable::KeyMissing),
            _ => {
                deeds::done(word, rest);
                Ok("session".to_owned())
            }
        }
    }

    fn grant_access(_provider_id: String, participants: Vec<Participant>) -> Result<Vec<Access>, Unavailable> {
        let deed = setting("access").unwrap_or_default();
        let (word, rest) = split(&deed);
        let of_one = |token: String, url: Option<String>| {
            participants.iter().map(|_| Access { token: token.clone(), url: url.clone() }).collect()
        };
        Ok(match word {
            "none" => Vec::new(),
            "token-of" => of_one("x".repeat(number(rest)), None),
            "url" => of_one("token".to_owned(), Some(rest.to_owned())),
            "url-of" => of_one("token".to_owned(), Some(format!("https://{}", "x".repeat(number(rest))))),
            _ => {
                deeds::done(word, rest);
                of_one("token".to_owned(), None)
            }
        })
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

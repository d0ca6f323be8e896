//! Meetings: three of the thirteen operations (decision 7).

use crate::access::{Action, Actor};
use crate::changes::Change;
use crate::limits;
use crate::meeting_provider::{Session, SessionRequest, Unavailable};
use crate::meetings_types::{Meeting, MeetingDraft, MeetingKeys, Present};
use crate::refusals::Refusal;
use crate::timestamp::Timestamp;

/// Greatest length of `provider_id`.
pub const PROVIDER_ID_CHARS_MAX: usize = 64;
/// Greatest length of `purpose_id`.
pub const PURPOSE_ID_CHARS_MAX: usize = 64;

/// A meeting that the rules accept, before its provider creates the session.
#[derive(Debug, PartialEq)]
pub struct Plan {
    /// The provider that creates the session.
    pub provider_id: String,
    /// The request to the provider.
    pub request: SessionRequest,
}

/// createMeeting, before the provider is called.
pub fn plan(
    actor: &Actor,
    bank_exists: bool,
    bank_id: String,
    meeting_id: String,
    draft: MeetingDraft,
) -> Result<Plan, Refusal> {
    limits::bank(&bank_id, bank_exists)?;
    actor.require(Action::CreateMeeting, &bank_id)?;
    limits::url_friendly("provider_id", &draft.provider_id, PROVIDER_ID_CHARS_MAX)?;
    limits::url_friendly("purpose_id", &draft.purpose_id, PURPOSE_ID_CHARS_MAX)?;
    let MeetingDraft { provider_id, purpose_id } = draft;
    let customer_user_id = actor.caller.user_id.clone();
    let customer_name = actor.caller.username.clone();
    Ok(Plan {
        provider_id,
        request: SessionRequest { meeting_id, bank_id, purpose_id, customer_user_id, customer_name },
    })
}

/// createMeeting, with the provider's answer. The meeting is stored with both tokens. Its creator sees only the customer's.
///
/// # Errors
/// The refusal for a provider that is not available.
pub fn create(
    plan: Plan,
    session: Result<Session, Unavailable>,
    when: Timestamp,
) -> Result<(Meeting, Vec<Change>), Refusal> {
    let Session { session_id, staff_token, customer_token } = session.map_err(refusal)?;
    let Plan { provider_id, request } = plan;
    let SessionRequest { meeting_id, bank_id, purpose_id, customer_user_id, customer_name: _ } = request;
    let meeting = Meeting {
        meeting_id,
        provider_id,
        purpose_id,
        bank_id,
        present: Present { staff_user_id: String::new(), customer_user_id: customer_user_id.clone() },
        keys: MeetingKeys { session_id, staff_token, customer_token },
        when,
    };
    Ok((shown_to(meeting.clone(), &customer_user_id), vec![Change::CreateMeeting(meeting)]))
}

/// The conditions of both reads, checked before the shell reads any meeting.
pub fn require_read(actor: &Actor, bank_exists: bool, bank_id: &str) -> Result<(), Refusal> {
    limits::bank(bank_id, bank_exists)?;
    actor.require(Action::ReadMeetings, bank_id)
}

/// getMeeting, after [`require_read`].
///
/// # Errors
/// The refusal for providers that are not available, or [`Refusal::MeetingUnknown`].
pub fn get(actor: &Actor, readiness: Result<(), Unavailable>, meeting: Option<Meeting>) -> Result<Meeting, Refusal> {
    readiness.map_err(refusal)?;
    let meeting = meeting.ok_or(Refusal::MeetingUnknown)?;
    Ok(shown_to(meeting, &actor.caller.user_id))
}

/// getMeetings, after [`require_read`].
///
/// # Errors
/// The refusal for providers that are not available.
pub fn at_bank(
    actor: &Actor,
    readiness: Result<(), Unavailable>,
    meetings: Vec<Meeting>,
) -> Result<Vec<Meeting>, Refusal> {
    readiness.map_err(refusal)?;
    Ok(meetings.into_iter().map(|meeting| shown_to(meeting, &actor.caller.user_id)).collect())
}

/// The meeting as this user sees it: with no token but the user's own. The user id of a party that is not there yet is empty.
fn shown_to(mut meeting: Meeting, user_id: &str) -> Meeting {
    let is = |party: &str| !party.is_empty() && party == user_id;
    if !is(&meeting.present.staff_user_id) {
        meeting.keys.staff_token.clear();
    }
    if !is(&meeting.present.customer_user_id) {
        meeting.keys.customer_token.clear();
    }
    meeting
}

fn refusal(unavailable: Unavailable) -> Refusal {
    match unavailable {
        Unavailable::NotSupported => Refusal::MeetingsNotSupported,
        Unavailable::KeyMissing => Refusal::MeetingKeyMissing,
        Unavailable::SecretMissing => Refusal::MeetingSecretMissing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::testing::kim;

    const NOW: Timestamp = Timestamp { milliseconds: 1_550_743_872_000 };

    fn session() -> Session {
        let text = str::to_owned;
        Session { session_id: text("s1"), staff_token: text("for-staff"), customer_token: text("for-customer") }
    }

    fn draft(provider_id: &str, purpose_id: &str) -> MeetingDraft {
        MeetingDraft { provider_id: provider_id.to_owned(), purpose_id: purpose_id.to_owned() }
    }

    /// A meeting between these users, with both tokens.
    fn meeting(staff_user_id: &str, customer_user_id: &str) -> Meeting {
        let Session { session_id, staff_token, customer_token } = session();
        Meeting {
            meeting_id: "m1".to_owned(),
            provider_id: "tokbox".to_owned(),
            purpose_id: "onboarding".to_owned(),
            bank_id: "b".to_owned(),
            present: Present { staff_user_id: staff_user_id.to_owned(), customer_user_id: customer_user_id.to_owned() },
            keys: MeetingKeys { session_id, staff_token, customer_token },
            when: NOW,
        }
    }

    /// Both halves of createMeeting, joined as in the shell.
    fn make(
        bank_exists: bool,
        bank_id: &str,
        draft: MeetingDraft,
        session: Result<Session, Unavailable>,
    ) -> Result<(Meeting, Vec<Change>), Refusal> {
        create(plan(&kim(), bank_exists, bank_id.to_owned(), "m1".to_owned(), draft)?, session, NOW)
    }

    #[test]
    fn the_provider_gets_bank_purpose_and_customer() {
        let plan = plan(&kim(), true, "b".to_owned(), "m1".to_owned(), draft("tokbox", "onboarding")).unwrap();
        let request = SessionRequest {
            meeting_id: "m1".to_owned(),
            bank_id: "b".to_owned(),
            purpose_id: "onboarding".to_owned(),
            customer_user_id: "u-kim".to_owned(),
            customer_name: "kim".to_owned(),
        };
        assert_eq!(plan, Plan { provider_id: "tokbox".to_owned(), request });
    }

    #[test]
    fn a_meeting_is_stored_with_both_tokens_and_its_creator_sees_only_the_customers() {
        let (shown, changes) = make(true, "b", draft("tokbox", "onboarding"), Ok(session())).unwrap();
        assert_eq!(changes, [Change::CreateMeeting(meeting("", "u-kim"))]);
        let mut expected = meeting("", "u-kim");
        expected.keys.staff_token.clear();
        assert_eq!(shown, expected);
    }

    #[test]
    fn create_refuses_in_the_order_of_the_contract() {
        let malformed = |field| Refusal::TextMalformed(field, "must only contain 0-9/a-z/A-Z/'-'/'.'/'_'/'~'");
        let unavailable = Err(Unavailable::NotSupported);
        // First every fault at once, then one fewer in each case.
        let cases = [
            (false, "b b", draft("tok box", "on/boarding"), unavailable.clone(), Refusal::BankIdMalformed),
            (false, "b", draft("tok box", "on/boarding"), unavailable.clone(), Refusal::BankUnknown),
            (true, "b", draft("tok box", "on/boarding"), unavailable.clone(), malformed("provider_id")),
            (true, "b", draft("tokbox", "on/boarding"), unavailable.clone(), malformed("purpose_id")),
            (true, "b", draft("tokbox", "onboarding"), unavailable, Refusal::MeetingsNotSupported),
        ];
        for (bank_exists, bank_id, draft, session, refusal) in cases {
            assert_eq!(make(bank_exists, bank_id, draft, session), Err(refusal));
        }
    }

    #[test]
    fn ids_have_1_to_64_characters() {
        let of = |provider_id: &str, purpose_id: &str| make(true, "b", draft(provider_id, purpose_id), Ok(session()));
        assert!(of(&"x".repeat(64), &"x".repeat(64)).is_ok());
        assert_eq!(of(&"x".repeat(65), "p"), Err(Refusal::TextTooLong("provider_id", 64)));
        assert_eq!(of("p", &"x".repeat(65)), Err(Refusal::TextTooLong("purpose_id", 64)));
        assert_eq!(of("", "p"), Err(Refusal::TextMissing("provider_id", 1)));
        assert_eq!(of("p", ""), Err(Refusal::TextMissing("purpose_id", 1)));
    }

    #[test]
    fn every_operation_is_refused_while_no_provider_is_available() {
        let cases = [
            (Unavailable::NotSupported, Refusal::MeetingsNotSupported),
            (Unavailable::KeyMissing, Refusal::MeetingKeyMissing),
            (Unavailable::SecretMissing, Refusal::MeetingSecretMissing),
        ];
        for (unavailable, refusal) in cases {
            assert_eq!(make(true, "b", draft("tokbox", "p"), Err(unavailable)), Err(refusal.clone()));
            assert_eq!(get(&kim(), Err(unavailable), None), Err(refusal.clone()));
            assert_eq!(at_bank(&kim(), Err(unavailable), vec![]), Err(refusal));
        }
    }

    #[test]
    fn reads_refuse_in_the_order_of_the_contract() {
        let read = |bank_exists, bank_id: &str, readiness| {
            require_read(&kim(), bank_exists, bank_id)?;
            get(&kim(), readiness, None)
        };
        let cases = [
            (false, "b b", Err(Unavailable::KeyMissing), Refusal::BankIdMalformed),
            (false, "b", Err(Unavailable::KeyMissing), Refusal::BankUnknown),
            (true, "b", Err(Unavailable::KeyMissing), Refusal::MeetingKeyMissing),
            (true, "b", Ok(()), Refusal::MeetingUnknown),
        ];
        for (bank_exists, bank_id, readiness, refusal) in cases {
            assert_eq!(read(bank_exists, bank_id, readiness), Err(refusal));
        }
    }

    #[test]
    fn only_the_party_of_a_token_sees_it() {
        let cases = [
            ("the customer", meeting("", "u-kim"), "", "for-customer"),
            ("the customer, once staff has joined", meeting("u-sam", "u-kim"), "", "for-customer"),
            ("staff", meeting("u-kim", "u-ann"), "for-staff", ""),
            ("both parties in one", meeting("u-kim", "u-kim"), "for-staff", "for-customer"),
            ("neither party", meeting("u-sam", "u-ann"), "", ""),
        ];
        for (reader, meeting, staff_token, customer_token) in cases {
            let got = get(&kim(), Ok(()), Some(meeting.clone())).unwrap();
            assert_eq!(
                (got.keys.staff_token.as_str(), got.keys.customer_token.as_str()),
                (staff_token, customer_token),
                "{reader}"
            );
            assert_eq!(got.keys.session_id, "s1", "{reader}");
            assert_eq!(at_bank(&kim(), Ok(()), vec![meeting]), Ok(vec![got]), "{reader}");
        }
        // An empty user id matches no party, not even one that is not there yet.
        let shown = shown_to(meeting("", ""), "");
        assert_eq!((shown.keys.staff_token.as_str(), shown.keys.customer_token.as_str()), ("", ""));
    }

    #[test]
    fn the_list_keeps_the_order_of_the_store() {
        let [newer, older] = [meeting("", "u-sam"), meeting("", "u-ann")];
        let listed = at_bank(&kim(), Ok(()), vec![newer, older]).unwrap();
        let customers: Vec<_> = listed.iter().map(|meeting| meeting.present.customer_user_id.as_str()).collect();
        assert_eq!(customers, ["u-sam", "u-ann"]);
    }
}

//! Tests of the rules of meetings.

use super::*;
use crate::access::testing::{kim, kim_with};
use crate::roles::Role;

const NOW: Timestamp = Timestamp { milliseconds: 1_550_743_872_000 };

fn draft(provider_id: &str, purpose_id: &str) -> MeetingDraft {
    MeetingDraft { provider_id: provider_id.to_owned(), purpose_id: purpose_id.to_owned() }
}

fn officer() -> Actor {
    kim_with(&[(Role::CanJoinMeetingAsStaff, "b")])
}

/// A meeting between these users.
fn meeting(staff_user_id: &str, customer_user_id: &str) -> StoredMeeting {
    StoredMeeting {
        meeting_id: "m1".to_owned(),
        provider_id: "tokbox".to_owned(),
        purpose_id: "onboarding".to_owned(),
        bank_id: "b".to_owned(),
        present: Present { staff_user_id: staff_user_id.to_owned(), customer_user_id: customer_user_id.to_owned() },
        session_id: "s1".to_owned(),
        when: NOW,
    }
}

/// The providers' answer: a token that names the session and the party.
fn granted(actor: &Actor, meetings: &[StoredMeeting]) -> Granted {
    let access =
        |it: Participant| Access { token: format!("{}-{:?}-{}", it.session_id, it.party, it.user_id), url: None };
    let all = all_participants(actor, meetings).into_iter();
    all.map(|(id, of_id)| (id, of_id.into_iter().rev().map(access).collect())).collect()
}

fn shown_to(actor: &Actor, meeting: &StoredMeeting) -> Meeting {
    shown(actor, meeting.clone(), &mut granted(actor, std::slice::from_ref(meeting)))
}

/// Both halves of createMeeting, joined as in the shell.
fn make(
    actor: &Actor,
    bank_exists: bool,
    bank_id: &str,
    customer: Customer,
    draft: MeetingDraft,
    session: Result<&str, Unavailable>,
) -> Result<(Meeting, Vec<Change>), Refusal> {
    let plan = plan(actor, bank_exists, bank_id.to_owned(), customer, "m1".to_owned(), draft)?;
    let meeting = arranged(plan, session.map(str::to_owned), NOW)?;
    let mut granted = granted(actor, std::slice::from_ref(&meeting));
    Ok(create(actor, meeting, &mut granted))
}

fn other(exists: bool) -> Customer {
    Customer::Other { user_id: "u-ann".to_owned(), exists }
}

#[test]
fn a_meeting_is_stored_without_tokens_and_its_maker_sees_the_customers() {
    let (shown, changes) = make(&kim(), true, "b", Customer::Caller, draft("tokbox", "onboarding"), Ok("s1")).unwrap();
    assert_eq!(changes, [Change::CreateMeeting(meeting("", "u-kim"))]);
    let keys = (shown.keys.session_id.as_str(), shown.keys.staff_token.as_str(), shown.keys.customer_token.as_str());
    assert_eq!(keys, ("s1", "", "s1-Party::Customer-u-kim"));
}

#[test]
fn staff_arranges_a_meeting_for_another_user_and_sees_no_token() {
    let (shown, changes) = make(&officer(), true, "b", other(true), draft("tokbox", "onboarding"), Ok("s1")).unwrap();
    assert_eq!(changes, [Change::CreateMeeting(meeting("", "u-ann"))]);
    assert_eq!((shown.keys.staff_token.as_str(), shown.keys.customer_token.as_str()), ("", ""));
}

#[test]
fn create_refuses_in_the_order_of_the_contract() {
    let malformed = |field| Refusal::TextMalformed(field, "must only contain 0-9/a-z/A-Z/'-'/'.'/'_'/'~'");
    let missing = Refusal::RolesMissing(&[Role::CanJoinMeetingAsStaff]);
    let unavailable = Err(Unavailable::NotSupported);
    // First every fault at once, then one fewer in each case.
    let cases = [
        (kim(), false, "b b", other(false), draft("tok box", "on/boarding"), Refusal::BankIdMalformed),
        (kim(), false, "b", other(false), draft("tok box", "on/boarding"), Refusal::BankUnknown),
        (kim(), true, "b", other(false), draft("tok box", "on/boarding"), missing),
        (officer(), true, "b", other(false), draft("tok box", "on/boarding"), Refusal::UserUnknown),
        (officer(), true, "b", other(true), draft("tok box", "on/boarding"), malformed("provider_id")),
        (officer(), true, "b", other(true), draft("tokbox", "on/boarding"), malformed("purpose_id")),
        (officer(), true, "b", other(true), draft("tokbox", "onboarding"), Refusal::MeetingsNotSupported),
    ];
    for (actor, bank_exists, bank_id, customer, draft, refusal) in cases {
        assert_eq!(make(&actor, bank_exists, bank_id, customer, draft, unavailable), Err(refusal));
    }
}

#[test]
fn ids_have_1_to_64_characters() {
    let of = |provider_id: &str, purpose_id: &str| {
        make(&kim(), true, "b", Customer::Caller, draft(provider_id, purpose_id), Ok("s1")).map(drop)
    };
    assert_eq!(of(&"x".repeat(64), &"x".repeat(64)), Ok(()));
    assert_eq!(of(&"x".repeat(65), "p"), Err(Refusal::TextTooLong("provider_id", 64)));
    assert_eq!(of("p", &"x".repeat(65)), Err(Refusal::TextTooLong("purpose_id", 64)));
    assert_eq!(of("", "p"), Err(Refusal::TextMissing("provider_id", 1)));
    assert_eq!(of("p", ""), Err(Refusal::TextMissing("purpose_id", 1)));
}

#[test]
fn every_operation_is_refused_while_no_provider_is_available() {
    for (unavailable, refusal) in [
        (Unavailable::NotSupported, Refusal::MeetingsNotSupported),
        (Unavailable::KeyMissing, Refusal::MeetingKeyMissing),
        (Unavailable::SecretMissing, Refusal::MeetingSecretMissing),
    ] {
        let made = make(&kim(), true, "b", Customer::Caller, draft("tokbox", "p"), Err(unavailable));
        assert_eq!(made, Err(refusal.clone()));
        assert_eq!(found(Err(unavailable), None), Err(refusal.clone()));
        assert_eq!(listed(Err(unavailable), vec![]), Err(refusal.clone()));
        assert_eq!(joined(&kim(), meeting("", "u-kim"), Err(unavailable)), Err(refusal));
    }
}

#[test]
fn reads_refuse_in_the_order_of_the_contract() {
    let read = |bank_exists, bank_id: &str, readiness| {
        require_read(&kim(), bank_exists, bank_id)?;
        found(readiness, None)
    };
    for (bank_exists, bank_id, readiness, refusal) in [
        (false, "b b", Err(Unavailable::KeyMissing), Refusal::BankIdMalformed),
        (false, "b", Err(Unavailable::KeyMissing), Refusal::BankUnknown),
        (true, "b", Err(Unavailable::KeyMissing), Refusal::MeetingKeyMissing),
        (true, "b", Ok(()), Refusal::MeetingUnknown),
    ] {
        assert_eq!(read(bank_exists, bank_id, readiness), Err(refusal));
    }
}

#[test]
fn only_the_party_of_a_token_sees_it() {
    let (staff, customer) = ("s1-Party::Staff-u-kim", "s1-Party::Customer-u-kim");
    for (reader, meeting, staff_token, customer_token) in [
        ("the customer", meeting("", "u-kim"), "", customer),
        ("the customer, once staff has joined", meeting("u-sam", "u-kim"), "", customer),
        ("staff", meeting("u-kim", "u-ann"), staff, ""),
        ("both parties in one", meeting("u-kim", "u-kim"), staff, customer),
        ("neither party", meeting("u-sam", "u-ann"), "", ""),
    ] {
        // The role alone shows no token.
        for actor in [kim(), officer()] {
            let shown = shown_to(&actor, &meeting);
            assert_eq!(
                (shown.keys.staff_token.as_str(), shown.keys.customer_token.as_str()),
                (staff_token, customer_token),
                "{reader}"
            );
            assert_eq!(shown.keys.session_id, "s1", "{reader}");
        }
    }
    let mut stranger = kim();
    stranger.caller.user_id.clear();
    assert_eq!(participants(&stranger, &meeting("", "")), [], "an empty user id is no party");
}

#[test]
fn a_list_has_the_tokens_of_each_meeting_at_its_place_and_none_of_a_provider_that_is_gone() {
    let of = |session: &str, provider: &str, customer: &str| StoredMeeting {
        session_id: session.to_owned(),
        provider_id: provider.to_owned(),
        ..meeting("", customer)
    };
    let stored = [of("s1", "a", "u-kim"), of("s2", "b", "u-kim"), of("s3", "a", "u-ann"), of("s4", "a", "u-kim")];
    let mut granted = granted(&kim(), &stored);
    granted.retain(|(provider_id, _)| provider_id != "b");
    let tokens: Vec<_> =
        stored.iter().map(|meeting| shown(&kim(), meeting.clone(), &mut granted).keys.customer_token).collect();
    assert_eq!(tokens, ["s1-Party::Customer-u-kim", "", "", "s4-Party::Customer-u-kim"]);
}

fn join(actor: &Actor, before: Option<StoredMeeting>, as_staff: bool) -> Result<(JoinedMeeting, usize), Refusal> {
    let (meeting, changes) = with_caller(actor, true, "b", before, as_staff)?;
    let accesses = participants(actor, &meeting).into_iter().map(|it| Access {
        token: format!("{:?}", it.party),
        url: Some(format!("https://meet.example/{:?}", it.party)),
    });
    Ok((joined(actor, meeting, Ok(accesses.collect()))?, changes.len()))
}

#[test]
fn a_holder_of_the_role_becomes_the_staff_and_a_second_one_takes_over() {
    for (before, changed) in [("", 1), ("u-sam", 1), ("u-kim", 0)] {
        let (joined, changes) = join(&officer(), Some(meeting(before, "u-ann")), true).unwrap();
        let (meeting, keys) = (joined.meeting, |keys: MeetingKeys| (keys.staff_token, keys.customer_token));
        assert_eq!((meeting.present.staff_user_id.as_str(), changes), ("u-kim", changed), "{before}");
        assert_eq!(keys(meeting.keys), ("Party::Staff".to_owned(), String::new()));
    }
    for actor in [kim(), kim_with(&[(Role::CanJoinMeetingAsStaff, "another")])] {
        let refused = join(&actor, Some(meeting("u-kim", "u-kim")), true).unwrap_err();
        assert_eq!(refused, Refusal::RolesMissing(&[Role::CanJoinMeetingAsStaff]));
    }
}

#[test]
fn a_party_joins_as_what_it_is_and_a_holder_of_the_role_as_staff() {
    for (actor, before, party, changed) in [
        (kim(), meeting("", "u-kim"), "Customer", 0),
        (officer(), meeting("", "u-kim"), "Customer", 0),
        (kim(), meeting("u-kim", "u-ann"), "Staff", 0),
        (officer(), meeting("", "u-ann"), "Staff", 1),
        (officer(), meeting("u-sam", "u-ann"), "Staff", 1),
    ] {
        let (joined, changes) = join(&actor, Some(before), false).unwrap();
        assert_eq!((joined.url, changes), (Some(format!("https://meet.example/Party::{party}")), changed));
    }
    let missing = Refusal::RolesMissing(&[Role::CanJoinMeetingAsStaff]);
    assert_eq!(join(&kim(), Some(meeting("", "u-ann")), false), Err(missing));
    for as_staff in [true, false] {
        assert_eq!(join(&kim(), None, as_staff), Err(Refusal::MeetingUnknown));
        assert_eq!(with_caller(&kim(), false, "b", None, as_staff), Err(Refusal::BankUnknown));
    }
}

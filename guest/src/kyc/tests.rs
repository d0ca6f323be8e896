//! Tests of the rules of KYC.

use super::*;
use crate::access::testing::kim;

const ALL_THERE: WriteFacts = WriteFacts { bank_exists: true, customer_exists: true };
const DATE: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };

fn draft() -> KycCheckDraft {
    KycCheckDraft {
        customer_number: "1239879".to_owned(),
        date: DATE,
        how: "online_meeting".to_owned(),
        staff_user_id: "67876".to_owned(),
        staff_name: "Simon".to_owned(),
        satisfied: true,
        comments: "String".to_owned(),
    }
}

fn add(facts: WriteFacts, bank_id: &str, id: &str, draft: KycCheckDraft) -> Result<(KycCheck, Vec<Change>), Refusal> {
    add_check(&kim(), facts, bank_id.to_owned(), "c".to_owned(), id.to_owned(), draft)
}

#[test]
fn the_answer_is_the_check_that_is_stored() {
    let (check, changes) = add(ALL_THERE, "b", "k1", draft()).unwrap();
    assert_eq!((check.bank_id.as_str(), check.customer_id.as_str(), check.id.as_str()), ("b", "c", "k1"));
    assert_eq!((check.how.as_str(), check.satisfied, check.date), ("online_meeting", true, DATE));
    assert_eq!(changes, [Change::PutKycCheck(check)]);
}

#[test]
fn refusals_come_in_the_order_of_the_contract() {
    let bad_draft = KycCheckDraft { comments: "x".repeat(2001), how: "x".repeat(33), ..draft() };
    let no_customer = WriteFacts { customer_exists: false, ..ALL_THERE };
    let nothing = WriteFacts { bank_exists: false, customer_exists: false };
    // First every fault at once, then one fewer in each case.
    let cases = [
        (nothing, "b b", "", bad_draft.clone(), Refusal::BankIdMalformed),
        (nothing, "b", "", bad_draft.clone(), Refusal::TextMissing("KYC_CHECK_ID", 1)),
        (nothing, "b", "k", bad_draft.clone(), Refusal::BankUnknown),
        (no_customer, "b", "k", bad_draft.clone(), Refusal::CustomerUnknown),
        (ALL_THERE, "b", "k", bad_draft, Refusal::TextTooLong("how", 32)),
        (
            ALL_THERE,
            "b",
            "k",
            KycCheckDraft { comments: "x".repeat(2001), ..draft() },
            Refusal::TextTooLong("comments", 2000),
        ),
    ];
    for (facts, bank_id, id, draft, refusal) in cases {
        assert_eq!(add(facts, bank_id, id, draft), Err(refusal));
    }
}

#[test]
fn a_text_may_have_its_greatest_length_and_not_one_character_more() {
    let at_limit = KycCheckDraft {
        customer_number: "x".repeat(50),
        how: "x".repeat(32),
        staff_user_id: "x".repeat(64),
        staff_name: "x".repeat(64),
        comments: "x".repeat(2000),
        ..draft()
    };
    assert!(add(ALL_THERE, "b", &"x".repeat(44), at_limit).is_ok());
    assert_eq!(add(ALL_THERE, "b", &"x".repeat(45), draft()), Err(Refusal::TextTooLong("KYC_CHECK_ID", 44)));
}

fn status(number: &str, ok: bool, day: i64) -> KycStatus {
    let date = Timestamp { milliseconds: day * 86_400_000 };
    KycStatus { customer_id: "c".to_owned(), customer_number: number.to_owned(), ok, date }
}

/// The timeline after these entries, in the order of writing.
fn timeline(entries: &[KycStatus]) -> Option<BankTimeline> {
    let newest = entries.iter().max_by_key(|entry| entry.date.milliseconds)?;
    let ok_dates = entries.iter().filter(|entry| entry.ok).map(|entry| entry.date);
    Some(BankTimeline {
        last_written: entries.last()?.clone(),
        last_number: entries.len() as u64,
        newest: newest.clone(),
        last_ok_date: ok_dates.max_by_key(|date| date.milliseconds),
    })
}

fn add_to(entries: &[KycStatus], new: &KycStatus) -> (KycStatus, Vec<Change>) {
    let KycStatus { customer_number, ok, date, .. } = new.clone();
    let draft = KycStatusDraft { customer_number, ok, date };
    let (bank_id, customer_id) = ("b".to_owned(), "c".to_owned());
    add_status(&kim(), ALL_THERE, bank_id, customer_id, timeline(entries).as_ref(), draft).unwrap()
}

#[test]
fn a_status_is_added_unless_it_repeats_the_last_written_one() {
    let (yes, no) = (status("1", true, 5), status("1", false, 5));
    for (written, new, added) in [
        (vec![], &yes, true),
        (vec![yes.clone()], &yes, false),
        (vec![yes.clone()], &no, true),
        (vec![yes.clone(), no.clone()], &yes, true),
        (vec![no.clone(), yes.clone()], &yes, false),
        (vec![yes.clone()], &status("2", true, 5), true),
        (vec![yes.clone()], &status("1", true, 6), true),
        // The newest date is not the last written one.
        (vec![status("1", true, 9), yes.clone()], &status("1", true, 9), true),
    ] {
        let (answer, changes) = add_to(&written, new);
        assert_eq!((&answer, changes.len()), (new, if added { 2 } else { 0 }), "{written:?}");
        if let [Change::AddKycStatus(added), _] = &changes[..] {
            assert_eq!((&added.entry.status, added.after), (new, timeline(&written).map(|end| end.last_number)));
        }
    }
}

#[test]
fn a_customer_has_the_status_of_the_newest_date_whatever_was_written_last() {
    let (ok, not) = (true, false);
    for (written, new, kyc_status, last_ok) in [
        (vec![], (ok, 5), true, Some(5)),
        (vec![], (not, 5), false, None),
        (vec![(not, 9)], (ok, 5), false, Some(5)),
        (vec![(ok, 9)], (not, 5), true, Some(9)),
        (vec![(ok, 9)], (not, 9), false, Some(9)),
        (vec![(not, 9)], (ok, 9), true, Some(9)),
        (vec![(ok, 3), (not, 9)], (ok, 5), false, Some(5)),
        (vec![(ok, 7), (not, 9)], (not, 10), false, Some(7)),
    ] {
        let entries: Vec<_> = written.iter().map(|(ok, day)| status("1", *ok, *day)).collect();
        let (_, changes) = add_to(&entries, &status("1", new.0, new.1));
        let last_ok_date = last_ok.map(|day: i64| Timestamp { milliseconds: day * 86_400_000 });
        let (bank_id, customer_id) = ("b".to_owned(), "c".to_owned());
        let follows = CustomerKycStatus { bank_id, customer_id, kyc_status, last_ok_date };
        assert_eq!(changes.last(), Some(&Change::SetCustomerKycStatus(follows)), "{written:?} {new:?}");
    }
}

#[test]
fn a_list_needs_an_existing_customer() {
    assert_eq!(list::<()>(&kim(), Action::ReadKycChecks, None), Err(Refusal::CustomerUnknown));
    assert_eq!(list(&kim(), Action::ReadKycChecks, Some("records")), Ok("records"));
}

//! KYC: eight of the thirteen operations (decision 8).

use crate::access::{Action, Actor};
use crate::changes::Change;
use crate::kyc_types::{
    KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus, KycStatusDraft,
    KycStatusEntry,
};
use crate::limits;
use crate::refusals::Refusal;

/// Greatest length of the id of a KYC record. The client chooses the id.
pub const RECORD_ID_CHARS_MAX: usize = 44;

/// Limits of the texts of a check.
pub mod check {
    /// Greatest length of `customer_number`.
    pub const CUSTOMER_NUMBER_CHARS_MAX: usize = 50;
    /// Greatest length of `how`.
    pub const HOW_CHARS_MAX: usize = 32;
    /// Greatest length of `staff_user_id`.
    pub const STAFF_USER_ID_CHARS_MAX: usize = 64;
    /// Greatest length of `staff_name`.
    pub const STAFF_NAME_CHARS_MAX: usize = 64;
    /// Greatest length of `comments`.
    pub const COMMENTS_CHARS_MAX: usize = 2000;
}

/// Limits of the texts of a document.
pub mod document {
    /// Greatest length of `customer_number`.
    pub const CUSTOMER_NUMBER_CHARS_MAX: usize = 50;
    /// Greatest length of `type`.
    pub const TYPE_CHARS_MAX: usize = 50;
    /// Greatest length of `number`.
    pub const NUMBER_CHARS_MAX: usize = 50;
    /// Greatest length of `issue_place`.
    pub const ISSUE_PLACE_CHARS_MAX: usize = 512;
}

/// Limits of the texts of an image or scan.
pub mod media {
    /// Greatest length of `customer_number`.
    pub const CUSTOMER_NUMBER_CHARS_MAX: usize = 44;
    /// Greatest length of `type`.
    pub const TYPE_CHARS_MAX: usize = 50;
    /// Greatest length of `url`.
    pub const URL_CHARS_MAX: usize = 255;
    /// Greatest length of `relates_to_kyc_document_id`.
    pub const RELATES_TO_KYC_DOCUMENT_ID_CHARS_MAX: usize = 255;
    /// Greatest length of `relates_to_kyc_check_id`.
    pub const RELATES_TO_KYC_CHECK_ID_CHARS_MAX: usize = 255;
}

/// Limit of the text of a status.
pub mod status {
    /// Greatest length of `customer_number`.
    pub const CUSTOMER_NUMBER_CHARS_MAX: usize = 64;
}

/// The inputs that a KYC write depends on.
#[derive(Clone, Copy, Debug)]
pub struct WriteFacts {
    /// Whether the bank in the path exists.
    pub bank_exists: bool,
    /// Whether that bank has the customer in the path.
    pub customer_exists: bool,
}

/// addKycCheck.
pub fn add_check(
    actor: &Actor,
    facts: WriteFacts,
    bank_id: String,
    customer_id: String,
    id: String,
    draft: KycCheckDraft,
) -> Result<(KycCheck, Vec<Change>), Refusal> {
    limits::bank_id(&bank_id)?;
    record_id("KYC_CHECK_ID", &id)?;
    require_write(actor, Action::AddKycCheck, facts, &bank_id)?;
    limits::text("customer_number", &draft.customer_number, check::CUSTOMER_NUMBER_CHARS_MAX)?;
    limits::text("how", &draft.how, check::HOW_CHARS_MAX)?;
    limits::text("staff_user_id", &draft.staff_user_id, check::STAFF_USER_ID_CHARS_MAX)?;
    limits::text("staff_name", &draft.staff_name, check::STAFF_NAME_CHARS_MAX)?;
    limits::text("comments", &draft.comments, check::COMMENTS_CHARS_MAX)?;
    let KycCheckDraft { customer_number, date, how, staff_user_id, staff_name, satisfied, comments } = draft;
    let check = KycCheck {
        bank_id,
        customer_id,
        id,
        customer_number,
        date,
        how,
        staff_user_id,
        staff_name,
        satisfied,
        comments,
    };
    Ok((check.clone(), vec![Change::PutKycCheck(check)]))
}

/// addKycDocument.
pub fn add_document(
    actor: &Actor,
    facts: WriteFacts,
    bank_id: String,
    customer_id: String,
    id: String,
    draft: KycDocumentDraft,
) -> Result<(KycDocument, Vec<Change>), Refusal> {
    limits::bank_id(&bank_id)?;
    record_id("KYC_DOCUMENT_ID", &id)?;
    require_write(actor, Action::AddKycDocument, facts, &bank_id)?;
    limits::text("customer_number", &draft.customer_number, document::CUSTOMER_NUMBER_CHARS_MAX)?;
    limits::text("type", &draft.type_, document::TYPE_CHARS_MAX)?;
    limits::text("number", &draft.number, document::NUMBER_CHARS_MAX)?;
    limits::text("issue_place", &draft.issue_place, document::ISSUE_PLACE_CHARS_MAX)?;
    let KycDocumentDraft { customer_number, type_, number, issue_date, issue_place, expiry_date } = draft;
    let document =
        KycDocument { bank_id, customer_id, id, customer_number, type_, number, issue_date, issue_place, expiry_date };
    Ok((document.clone(), vec![Change::PutKycDocument(document)]))
}

/// addKycMedia.
pub fn add_media(
    actor: &Actor,
    facts: WriteFacts,
    bank_id: String,
    customer_id: String,
    id: String,
    draft: KycMediaDraft,
) -> Result<(KycMedia, Vec<Change>), Refusal> {
    limits::bank_id(&bank_id)?;
    record_id("KYC_MEDIA_ID", &id)?;
    require_write(actor, Action::AddKycMedia, facts, &bank_id)?;
    limits::text("customer_number", &draft.customer_number, media::CUSTOMER_NUMBER_CHARS_MAX)?;
    limits::text("type", &draft.type_, media::TYPE_CHARS_MAX)?;
    limits::text("url", &draft.url, media::URL_CHARS_MAX)?;
    let (document_id, check_id) = (&draft.relates_to_kyc_document_id, &draft.relates_to_kyc_check_id);
    limits::text("relates_to_kyc_document_id", document_id, media::RELATES_TO_KYC_DOCUMENT_ID_CHARS_MAX)?;
    limits::text("relates_to_kyc_check_id", check_id, media::RELATES_TO_KYC_CHECK_ID_CHARS_MAX)?;
    let KycMediaDraft { customer_number, type_, url, date, relates_to_kyc_document_id, relates_to_kyc_check_id } =
        draft;
    let media = KycMedia {
        bank_id,
        customer_id,
        id,
        customer_number,
        type_,
        url,
        date,
        relates_to_kyc_document_id,
        relates_to_kyc_check_id,
    };
    Ok((media.clone(), vec![Change::PutKycMedia(media)]))
}

/// addKycStatus. `same` is the timeline's entry with the same bank, customer, date and `ok`. Repeating it changes nothing.
pub fn add_status(
    actor: &Actor,
    facts: WriteFacts,
    bank_id: String,
    customer_id: String,
    same: Option<KycStatus>,
    draft: KycStatusDraft,
) -> Result<(KycStatus, Vec<Change>), Refusal> {
    limits::bank_id(&bank_id)?;
    require_write(actor, Action::AddKycStatus, facts, &bank_id)?;
    limits::text("customer_number", &draft.customer_number, status::CUSTOMER_NUMBER_CHARS_MAX)?;
    if let Some(same) = same {
        return Ok((same, Vec::new()));
    }
    let KycStatusDraft { customer_number, ok, date } = draft;
    let status = KycStatus { customer_id, customer_number, ok, date };
    Ok((status.clone(), vec![Change::AddKycStatus(KycStatusEntry { bank_id, status })]))
}

/// A list of a customer's records of any kind. `records` is `None` if no bank has the customer.
pub fn list<L>(actor: &Actor, action: Action, records: Option<L>) -> Result<L, Refusal> {
    let records = records.ok_or(Refusal::CustomerUnknown)?;
    actor.require(action, "")?;
    Ok(records)
}

/// Checks the id of a record: 1 to [`RECORD_ID_CHARS_MAX`] characters, no control characters. `name` is its name in the path.
fn record_id(name: &'static str, id: &str) -> Result<(), Refusal> {
    limits::text_between(name, id, 1, RECORD_ID_CHARS_MAX)?;
    if id.chars().any(char::is_control) {
        return Err(Refusal::TextMalformed(name, "must not contain control characters"));
    }
    Ok(())
}

fn require_write(actor: &Actor, action: Action, facts: WriteFacts, bank_id: &str) -> Result<(), Refusal> {
    if !facts.bank_exists {
        return Err(Refusal::BankUnknown);
    }
    if !facts.customer_exists {
        return Err(Refusal::CustomerUnknown);
    }
    actor.require(action, bank_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::testing::kim;
    use crate::timestamp::Timestamp;

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

    fn add(
        facts: WriteFacts,
        bank_id: &str,
        id: &str,
        draft: KycCheckDraft,
    ) -> Result<(KycCheck, Vec<Change>), Refusal> {
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

    #[test]
    fn a_status_is_added_unless_the_timeline_has_it() {
        let status = |number: &str| KycStatus {
            customer_id: "c".to_owned(),
            customer_number: number.to_owned(),
            ok: true,
            date: DATE,
        };
        let add = |same| {
            let draft = KycStatusDraft { customer_number: "2".to_owned(), ok: true, date: DATE };
            add_status(&kim(), ALL_THERE, "b".to_owned(), "c".to_owned(), same, draft)
        };
        let entry = KycStatusEntry { bank_id: "b".to_owned(), status: status("2") };
        assert_eq!(add(None), Ok((status("2"), vec![Change::AddKycStatus(entry)])));
        assert_eq!(add(Some(status("1"))), Ok((status("1"), vec![])));
    }

    #[test]
    fn a_list_needs_an_existing_customer() {
        assert_eq!(list::<()>(&kim(), Action::ReadKycChecks, None), Err(Refusal::CustomerUnknown));
        assert_eq!(list(&kim(), Action::ReadKycChecks, Some("records")), Ok("records"));
    }
}

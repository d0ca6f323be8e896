//! KYC: eight of the thirteen operations (decision 8).

use crate::access::{Action, Actor};
use crate::changes::{Change, CustomerKycStatus, NewKycStatus};
use crate::kyc_types::{
    BankTimeline, KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus,
    KycStatusDraft, KycStatusEntry,
};
use crate::limits;
use crate::refusals::Refusal;
use crate::timestamp::Timestamp;

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
    limits::text("url", &draft.url, limits::URL_CHARS_MAX)?;
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

/// addKycStatus. `timeline` has the bank's entries. Repeating the last one changes nothing, so that a client can send a request
/// again. The customer follows the timeline (decision 8).
pub fn add_status(
    actor: &Actor,
    facts: WriteFacts,
    bank_id: String,
    customer_id: String,
    timeline: Option<&BankTimeline>,
    draft: KycStatusDraft,
) -> Result<(KycStatus, Vec<Change>), Refusal> {
    limits::bank_id(&bank_id)?;
    require_write(actor, Action::AddKycStatus, facts, &bank_id)?;
    limits::text("customer_number", &draft.customer_number, status::CUSTOMER_NUMBER_CHARS_MAX)?;
    let KycStatusDraft { customer_number, ok, date } = draft;
    let status = KycStatus { customer_id: customer_id.clone(), customer_number, ok, date };
    if timeline.is_some_and(|timeline| timeline.last_written == status) {
        return Ok((status, Vec::new()));
    }
    let (kyc_status, last_ok_date) = after(timeline, &status);
    let entry = KycStatusEntry { bank_id: bank_id.clone(), status: status.clone() };
    let changes = vec![
        Change::AddKycStatus(NewKycStatus { entry, after: timeline.map(|timeline| timeline.last_number) }),
        Change::SetCustomerKycStatus(CustomerKycStatus { bank_id, customer_id, kyc_status, last_ok_date }),
    ];
    Ok((status, changes))
}

/// A customer's `kyc_status` and `last_ok_date` after a new entry. The entry with the newest date decides, whatever was written
/// last. The date is `None` if no entry ever said that the customer was verified.
fn after(timeline: Option<&BankTimeline>, new: &KycStatus) -> (bool, Option<Timestamp>) {
    let newest =
        timeline.map(|timeline| &timeline.newest).filter(|newest| newest.date.milliseconds > new.date.milliseconds);
    let last_ok_date = timeline.and_then(|timeline| timeline.last_ok_date);
    let ok_dates = last_ok_date.into_iter().chain(new.ok.then_some(new.date));
    (newest.unwrap_or(new).ok, ok_dates.max_by_key(|date| date.milliseconds))
}

/// A list of a customer's records of any kind. `records` is `None` if no bank has the customer.
pub fn list<L>(actor: &Actor, action: Action, records: Option<L>) -> Result<L, Refusal> {
    let records = records.ok_or(Refusal::CustomerUnknown)?;
    actor.require(action, "")?;
    Ok(records)
}

/// Checks the id of a record: 1 to [`RECORD_ID_CHARS_MAX`] characters that people and URLs can tell from other ids. `name` is its
/// name in the path.
fn record_id(name: &'static str, id: &str) -> Result<(), Refusal> {
    limits::text_between(name, id, 1, RECORD_ID_CHARS_MAX)?;
    limits::readable(name, id)?;
    limits::not_a_step(name, id)
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
mod tests;

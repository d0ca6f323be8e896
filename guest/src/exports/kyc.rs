//! The shells of the KYC operations.

use super::{Component, Written, actor, screened};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::kyc::Guest;
use crate::bindings::obp::onboarding::kyc_storage::{self, KycCheckList, KycDocumentList, KycMediaList, KycStatusList};
use crate::caller::Caller;
use crate::kyc::{self, WriteFacts};
use crate::kyc_types::{
    KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus, KycStatusDraft,
    KycStatusEntry,
};
use crate::problem::Problem;
use crate::screening_types::Subject;

impl Guest for Component {
    fn add_check(
        caller: Caller,
        bank_id: String,
        customer_id: String,
        id: String,
        draft: KycCheckDraft,
    ) -> Written<KycCheck> {
        let actor = actor(caller, Action::AddKycCheck);
        let facts = facts(&bank_id, &customer_id);
        let accepted = kyc::add_check(&actor, facts, bank_id, customer_id, id, draft)?;
        #[cfg(feature = "faults")]
        super::faults::trip(&accepted.0.comments)?;
        screened(&Subject::KycCheck(accepted.0.clone()), accepted)
    }

    fn add_document(
        caller: Caller,
        bank_id: String,
        customer_id: String,
        id: String,
        draft: KycDocumentDraft,
    ) -> Written<KycDocument> {
        let actor = actor(caller, Action::AddKycDocument);
        let facts = facts(&bank_id, &customer_id);
        let accepted = kyc::add_document(&actor, facts, bank_id, customer_id, id, draft)?;
        screened(&Subject::KycDocument(accepted.0.clone()), accepted)
    }

    fn add_media(
        caller: Caller,
        bank_id: String,
        customer_id: String,
        id: String,
        draft: KycMediaDraft,
    ) -> Written<KycMedia> {
        let actor = actor(caller, Action::AddKycMedia);
        let facts = facts(&bank_id, &customer_id);
        let accepted = kyc::add_media(&actor, facts, bank_id, customer_id, id, draft)?;
        screened(&Subject::KycMedia(accepted.0.clone()), accepted)
    }

    fn add_status(caller: Caller, bank_id: String, customer_id: String, draft: KycStatusDraft) -> Written<KycStatus> {
        let actor = actor(caller, Action::AddKycStatus);
        let facts = facts(&bank_id, &customer_id);
        let timeline = kyc_storage::timeline(&bank_id, &customer_id);
        let accepted = kyc::add_status(&actor, facts, bank_id.clone(), customer_id, timeline.as_ref(), draft)?;
        // A repetition changes nothing, so there is nothing to screen.
        if accepted.1.is_empty() {
            return Ok(accepted);
        }
        screened(&Subject::KycStatus(KycStatusEntry { bank_id, status: accepted.0.clone() }), accepted)
    }

    fn checks(caller: Caller, customer_id: String) -> Result<KycCheckList, Problem> {
        let actor = actor(caller, Action::ReadKycChecks);
        Ok(kyc::list(&actor, Action::ReadKycChecks, kyc_storage::checks(&customer_id))?)
    }

    fn documents(caller: Caller, customer_id: String) -> Result<KycDocumentList, Problem> {
        let actor = actor(caller, Action::ReadKycDocuments);
        Ok(kyc::list(&actor, Action::ReadKycDocuments, kyc_storage::documents(&customer_id))?)
    }

    fn medias(caller: Caller, customer_id: String) -> Result<KycMediaList, Problem> {
        let actor = actor(caller, Action::ReadKycMedia);
        Ok(kyc::list(&actor, Action::ReadKycMedia, kyc_storage::medias(&customer_id))?)
    }

    fn statuses(caller: Caller, customer_id: String) -> Result<KycStatusList, Problem> {
        let actor = actor(caller, Action::ReadKycStatuses);
        Ok(kyc::list(&actor, Action::ReadKycStatuses, kyc_storage::statuses(&customer_id))?)
    }
}

fn facts(bank_id: &str, customer_id: &str) -> WriteFacts {
    let facts = kyc_storage::facts_for_write(bank_id, customer_id);
    WriteFacts { bank_exists: facts.bank_exists, customer_exists: facts.customer_exists }
}

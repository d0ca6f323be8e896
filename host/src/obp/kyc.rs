//! The KYC operations over HTTP: path and body to the typed call, its reply to JSON.

use super::call::{Answer, Call, ask, change, reply};
use crate::component::bindings::kyc_types::{KycCheckDraft, KycDocumentDraft, KycMediaDraft, KycStatusDraft};

pub(super) async fn add_check(call: Call) -> Answer {
    let draft: KycCheckDraft = call.body()?;
    #[cfg(feature = "native-baseline")]
    if call.app.native {
        return super::native::add_check(&call, draft).await;
    }
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&change!(call, obp_onboarding_kyc.call_add_check(caller, bank, customer, id, &draft)))
}

pub(super) async fn add_document(call: Call) -> Answer {
    let draft: KycDocumentDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&change!(call, obp_onboarding_kyc.call_add_document(caller, bank, customer, id, &draft)))
}

pub(super) async fn add_media(call: Call) -> Answer {
    let draft: KycMediaDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&change!(call, obp_onboarding_kyc.call_add_media(caller, bank, customer, id, &draft)))
}

pub(super) async fn add_status(call: Call) -> Answer {
    let draft: KycStatusDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.param(0), call.param(1));
    reply(&change!(call, obp_onboarding_kyc.call_add_status(caller, bank, customer, &draft)))
}

pub(super) async fn checks(call: Call) -> Answer {
    #[cfg(feature = "native-baseline")]
    if call.app.native {
        return super::native::checks(&call).await;
    }
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&ask!(call, obp_onboarding_kyc.call_checks(caller, customer)))
}

pub(super) async fn documents(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&ask!(call, obp_onboarding_kyc.call_documents(caller, customer)))
}

pub(super) async fn medias(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&ask!(call, obp_onboarding_kyc.call_medias(caller, customer)))
}

pub(super) async fn statuses(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&ask!(call, obp_onboarding_kyc.call_statuses(caller, customer)))
}

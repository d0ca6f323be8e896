//! The KYC operations over HTTP: path and body to the typed call, its reply to JSON.

use serde::Serialize;

use super::call::{Answer, Call, reply};
use crate::component::bindings::kyc_types::{
    KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus, KycStatusDraft,
};
use crate::{called, change};

#[derive(Serialize)]
pub(super) struct Checks {
    pub(super) checks: Vec<KycCheck>,
}

#[derive(Serialize)]
struct Documents {
    documents: Vec<KycDocument>,
}

#[derive(Serialize)]
struct Medias {
    medias: Vec<KycMedia>,
}

#[derive(Serialize)]
struct Statuses {
    statuses: Vec<KycStatus>,
}

pub(super) async fn add_check(call: Call) -> Answer {
    let draft: KycCheckDraft = call.body()?;
    #[cfg(feature = "native-baseline")]
    if call.app().native {
        return super::native::add_check(&call, draft).await;
    }
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&change!(call.session, kyc.call_add_check(caller, bank, customer, id, &draft))?)
}

pub(super) async fn add_document(call: Call) -> Answer {
    let draft: KycDocumentDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&change!(call.session, kyc.call_add_document(caller, bank, customer, id, &draft))?)
}

pub(super) async fn add_media(call: Call) -> Answer {
    let draft: KycMediaDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&change!(call.session, kyc.call_add_media(caller, bank, customer, id, &draft))?)
}

pub(super) async fn add_status(call: Call) -> Answer {
    let draft: KycStatusDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.param(0), call.param(1));
    reply(&change!(call.session, kyc.call_add_status(caller, bank, customer, &draft))?)
}

pub(super) async fn checks(call: Call) -> Answer {
    #[cfg(feature = "native-baseline")]
    if call.app().native {
        return super::native::checks(&call).await;
    }
    let (caller, customer) = (call.caller()?, call.param(0));
    let (list, mut held) = called!(call.session, kyc.call_checks(caller, customer))?;
    reply(&Checks { checks: held.take(list)?.0 })
}

pub(super) async fn documents(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    let (list, mut held) = called!(call.session, kyc.call_documents(caller, customer))?;
    reply(&Documents { documents: held.take(list)?.0 })
}

pub(super) async fn medias(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    let (list, mut held) = called!(call.session, kyc.call_medias(caller, customer))?;
    reply(&Medias { medias: held.take(list)?.0 })
}

pub(super) async fn statuses(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    let (list, mut held) = called!(call.session, kyc.call_statuses(caller, customer))?;
    reply(&Statuses { statuses: held.take(list)?.0 })
}

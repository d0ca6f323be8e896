//! The KYC operations over HTTP: path and body to the typed call, its reply to JSON.

use serde::Serialize;

use crate::call::{Answer, Call, reply};
use bindings::calls::kyc;
use bindings::kyc_types::{
    KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus, KycStatusDraft,
};

#[derive(Serialize)]
pub(crate) struct Checks {
    pub(crate) checks: Vec<KycCheck>,
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

pub(crate) async fn add_check(call: Call) -> Answer {
    let draft: KycCheckDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&call.session.write(kyc::add_check(caller, bank, customer, id, &draft)).await?)
}

pub(crate) async fn add_document(call: Call) -> Answer {
    let draft: KycDocumentDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&call.session.write(kyc::add_document(caller, bank, customer, id, &draft)).await?)
}

pub(crate) async fn add_media(call: Call) -> Answer {
    let draft: KycMediaDraft = call.body()?;
    let (caller, bank, customer, id) = (call.caller()?, call.param(0), call.param(1), call.param(2));
    reply(&call.session.write(kyc::add_media(caller, bank, customer, id, &draft)).await?)
}

pub(crate) async fn add_status(call: Call) -> Answer {
    let draft: KycStatusDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.write(kyc::add_status(caller, bank, customer, &draft)).await?)
}

pub(crate) async fn checks(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&Checks { checks: call.session.reveal(kyc::checks(caller, customer)).await? })
}

pub(crate) async fn documents(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&Documents { documents: call.session.reveal(kyc::documents(caller, customer)).await? })
}

pub(crate) async fn medias(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&Medias { medias: call.session.reveal(kyc::medias(caller, customer)).await? })
}

pub(crate) async fn statuses(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.param(0));
    reply(&Statuses { statuses: call.session.reveal(kyc::statuses(caller, customer)).await? })
}

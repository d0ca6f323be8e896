//! The operations on banks over HTTP.

use super::call::{Answer, Call, reply};
use crate::component::bindings::banks_types::BankDraft;
use crate::{ask, change};

pub(super) async fn all(call: Call) -> Answer {
    reply(&ask!(call.session, banks.call_all())?)
}

pub(super) async fn get(call: Call) -> Answer {
    let bank = call.param(0);
    reply(&ask!(call.session, banks.call_get(bank))?)
}

pub(super) async fn create(call: Call) -> Answer {
    let draft: BankDraft = call.body()?;
    let caller = call.caller()?;
    reply(&change!(call.session, banks.call_create(caller, &draft))?)
}

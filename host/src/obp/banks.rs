//! The operations on banks over HTTP.

use super::call::{Answer, Call, ask, change, reply};
use crate::component::bindings::banks_types::BankDraft;

pub(super) async fn all(call: Call) -> Answer {
    reply(&ask!(call, banks.call_all()))
}

pub(super) async fn get(call: Call) -> Answer {
    let bank = call.param(0);
    reply(&ask!(call, banks.call_get(bank)))
}

pub(super) async fn create(call: Call) -> Answer {
    let draft: BankDraft = call.body()?;
    let caller = call.caller()?;
    reply(&change!(call, banks.call_create(caller, &draft)))
}

//! The operations on banks over HTTP.

use crate::call::{Answer, Call, reply};
use bindings::banks_types::BankDraft;
use bindings::calls::banks;

pub(crate) async fn all(call: Call) -> Answer {
    reply(&call.session.query(banks::all()).await?)
}

pub(crate) async fn get(call: Call) -> Answer {
    let bank = call.param(0);
    reply(&call.session.query(banks::get(bank)).await?)
}

pub(crate) async fn create(call: Call) -> Answer {
    let draft: BankDraft = call.body()?;
    let caller = call.caller()?;
    reply(&call.session.write(banks::create(caller, &draft)).await?)
}

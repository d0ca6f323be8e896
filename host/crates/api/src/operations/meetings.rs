//! The operations on meetings over HTTP.

use crate::call::{Answer, Call, reply};
use bindings::calls::meetings;
use bindings::meetings_types::MeetingDraft;

pub(crate) async fn create(call: Call) -> Answer {
    let draft: MeetingDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.write(meetings::create(caller, bank, &draft)).await?)
}

pub(crate) async fn get(call: Call) -> Answer {
    let (caller, bank, meeting) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.query(meetings::get(caller, bank, meeting)).await?)
}

pub(crate) async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(meetings::at_bank(caller, bank)).await?)
}

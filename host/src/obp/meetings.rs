//! The operations on meetings over HTTP.

use super::call::{Answer, Call, reply};
use crate::component::bindings::meetings_types::MeetingDraft;
use crate::{ask, change};

pub(super) async fn create(call: Call) -> Answer {
    let draft: MeetingDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&change!(call.session, meetings.call_create(caller, bank, &draft))?)
}

pub(super) async fn get(call: Call) -> Answer {
    let (caller, bank, meeting) = (call.caller()?, call.param(0), call.param(1));
    reply(&ask!(call.session, meetings.call_get(caller, bank, meeting))?)
}

pub(super) async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, meetings.call_at_bank(caller, bank))?)
}

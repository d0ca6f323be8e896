//! The operations on consumers over HTTP.

use super::call::{Answer, Call, reply};
use crate::component::bindings::consumers_types::{ConsumerDraft, ConsumerEnabled, ConsumerRegistration};
use crate::{ask, change};

pub(super) async fn create(call: Call) -> Answer {
    let draft: ConsumerDraft = call.body()?;
    let caller = call.caller()?;
    reply(&change!(call.session, consumers.call_create(caller, &draft))?)
}

pub(super) async fn register(call: Call) -> Answer {
    let draft: ConsumerRegistration = call.body()?;
    let caller = call.caller()?;
    reply(&change!(call.session, consumers.call_register(caller, &draft))?)
}

pub(super) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, consumers.call_mine(caller))?)
}

pub(super) async fn all(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, consumers.call_all(caller))?)
}

pub(super) async fn set_enabled(call: Call) -> Answer {
    let draft: ConsumerEnabled = call.body()?;
    let (caller, consumer) = (call.caller()?, call.param(0));
    reply(&change!(call.session, consumers.call_set_enabled(caller, consumer, draft))?)
}

//! The operations on consumers over HTTP.

use crate::call::{Answer, Call, reply};
use bindings::calls::consumers;
use bindings::consumers_types::{ConsumerDraft, ConsumerEnabled, ConsumerRegistration};

pub(crate) async fn create(call: Call) -> Answer {
    let draft: ConsumerDraft = call.body()?;
    let caller = call.caller()?;
    reply(&call.session.write(consumers::create(caller, &draft)).await?)
}

pub(crate) async fn register(call: Call) -> Answer {
    let draft: ConsumerRegistration = call.body()?;
    let caller = call.caller()?;
    reply(&call.session.write(consumers::register(caller, &draft)).await?)
}

pub(crate) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(consumers::mine(caller)).await?)
}

pub(crate) async fn all(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(consumers::all(caller)).await?)
}

pub(crate) async fn set_enabled(call: Call) -> Answer {
    let draft: ConsumerEnabled = call.body()?;
    let (caller, consumer) = (call.caller()?, call.param(0));
    reply(&call.session.write(consumers::set_enabled(caller, consumer, &draft)).await?)
}

//! The operations on entitlements, and on requests for them, over HTTP.

use crate::call::{Answer, Call, reply};
use bindings::calls::entitlements;
use bindings::entitlements_types::EntitlementDraft;

pub(crate) async fn grant(call: Call) -> Answer {
    let draft: EntitlementDraft = call.body()?;
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&call.session.write(entitlements::grant(caller, user, &draft)).await?)
}

pub(crate) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(entitlements::mine(caller)).await?)
}

pub(crate) async fn of_user(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&call.session.query(entitlements::of_user(caller, user)).await?)
}

pub(crate) async fn of_user_at_bank(call: Call) -> Answer {
    let (caller, bank, user) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.query(entitlements::of_user_at_bank(caller, bank, user)).await?)
}

pub(crate) async fn all(call: Call) -> Answer {
    let role = call.query("role");
    let (caller, role) = (call.caller()?, role.as_deref());
    reply(&call.session.query(entitlements::all(caller, role)).await?)
}

pub(crate) async fn revoke(call: Call) -> Answer {
    let (caller, user, entitlement) = (call.caller()?, call.param(0), call.param(1));
    call.session.write(entitlements::revoke(caller, user, entitlement)).await?;
    Ok(None)
}

pub(crate) async fn roles(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(entitlements::roles(caller)).await?)
}

pub(crate) async fn request(call: Call) -> Answer {
    let draft: EntitlementDraft = call.body()?;
    let caller = call.caller()?;
    reply(&call.session.write(entitlements::request(caller, &draft)).await?)
}

pub(crate) async fn my_requests(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(entitlements::my_requests(caller)).await?)
}

pub(crate) async fn all_requests(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(entitlements::all_requests(caller)).await?)
}

pub(crate) async fn requests_of_user(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&call.session.query(entitlements::requests_of_user(caller, user)).await?)
}

pub(crate) async fn drop_request(call: Call) -> Answer {
    let (caller, request) = (call.caller()?, call.param(0));
    call.session.write(entitlements::drop_request(caller, request)).await?;
    Ok(None)
}

//! The operations on entitlements, and on requests for them, over HTTP.

use super::call::{Answer, Call, reply};
use crate::component::bindings::entitlements_types::EntitlementDraft;
use crate::{ask, change};

pub(super) async fn grant(call: Call) -> Answer {
    let draft: EntitlementDraft = call.body()?;
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&change!(call.session, entitlements.call_grant(caller, user, &draft))?)
}

pub(super) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, entitlements.call_mine(caller))?)
}

pub(super) async fn of_user(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, entitlements.call_of_user(caller, user))?)
}

pub(super) async fn of_user_at_bank(call: Call) -> Answer {
    let (caller, bank, user) = (call.caller()?, call.param(0), call.param(1));
    reply(&ask!(call.session, entitlements.call_of_user_at_bank(caller, bank, user))?)
}

pub(super) async fn all(call: Call) -> Answer {
    let role = call.query("role");
    let (caller, role) = (call.caller()?, role.as_deref());
    reply(&ask!(call.session, entitlements.call_all(caller, role))?)
}

pub(super) async fn revoke(call: Call) -> Answer {
    let (caller, user, entitlement) = (call.caller()?, call.param(0), call.param(1));
    change!(call.session, entitlements.call_revoke(caller, user, entitlement))?;
    Ok(None)
}

pub(super) async fn roles(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, entitlements.call_roles(caller))?)
}

pub(super) async fn request(call: Call) -> Answer {
    let draft: EntitlementDraft = call.body()?;
    let caller = call.caller()?;
    reply(&change!(call.session, entitlements.call_request(caller, &draft))?)
}

pub(super) async fn my_requests(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, entitlements.call_my_requests(caller))?)
}

pub(super) async fn all_requests(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, entitlements.call_all_requests(caller))?)
}

pub(super) async fn requests_of_user(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, entitlements.call_requests_of_user(caller, user))?)
}

pub(super) async fn drop_request(call: Call) -> Answer {
    let (caller, request) = (call.caller()?, call.param(0));
    change!(call.session, entitlements.call_drop_request(caller, request))?;
    Ok(None)
}

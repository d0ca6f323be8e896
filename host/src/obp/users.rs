//! The operations on users over HTTP.

use super::call::{Answer, Call, reply};
use crate::component::bindings::users_types::UserDraft;
use crate::{ask, change};

/// How many users are listed where the query does not say.
const LIMIT_DEFAULT: u32 = 1000;

pub(super) async fn create(call: Call) -> Answer {
    let draft: UserDraft = call.body()?;
    let identity_provider = &call.app().config.identity_provider;
    reply(&change!(call.session, users.call_create(identity_provider, &draft))?)
}

pub(super) async fn current(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, users.call_current(caller))?)
}

pub(super) async fn by_id(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, users.call_by_id(caller, user))?)
}

pub(super) async fn by_username(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, users.call_by_username(caller, username))?)
}

pub(super) async fn page(call: Call) -> Answer {
    let (limit, offset) = (call.query_number("limit", LIMIT_DEFAULT, 1)?, call.query_number("offset", 0, 0)?);
    let caller = call.caller()?;
    reply(&ask!(call.session, users.call_page(caller, limit, offset))?)
}

pub(super) async fn failed_logins(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, users.call_failed_logins(caller, username))?)
}

pub(super) async fn unlock(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.param(0));
    reply(&change!(call.session, users.call_unlock(caller, username))?)
}

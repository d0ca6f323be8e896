//! The operations on users over HTTP.

use crate::call::{Answer, Call, reply};
use bindings::calls::users;
use bindings::users_types::UserDraft;

/// How many users are listed where the query does not say.
const LIMIT_DEFAULT: u32 = 1000;

pub(crate) async fn create(call: Call) -> Answer {
    let draft: UserDraft = call.body()?;
    let identity_provider = &call.api.settings.identity_provider;
    reply(&call.session.write(users::create(identity_provider, &draft)).await?)
}

pub(crate) async fn current(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(users::current(caller)).await?)
}

pub(crate) async fn by_id(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.param(0));
    reply(&call.session.query(users::by_id(caller, user)).await?)
}

pub(crate) async fn by_username(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.param(0));
    reply(&call.session.query(users::by_username(caller, username)).await?)
}

pub(crate) async fn page(call: Call) -> Answer {
    let (limit, offset) = (call.query_number("limit", LIMIT_DEFAULT, 1)?, call.query_number("offset", 0, 0)?);
    let caller = call.caller()?;
    reply(&call.session.query(users::page(caller, limit, offset)).await?)
}

pub(crate) async fn failed_logins(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.param(0));
    reply(&call.session.query(users::failed_logins(caller, username)).await?)
}

pub(crate) async fn unlock(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.param(0));
    reply(&call.session.write(users::unlock(caller, username)).await?)
}

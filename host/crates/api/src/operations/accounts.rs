//! The operations on accounts over HTTP.

use crate::call::{Answer, Call, reply};
use bindings::accounts_types::AccountDraft;
use bindings::calls::accounts;

pub(crate) async fn create(call: Call) -> Answer {
    let draft: AccountDraft = call.body()?;
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.write(accounts::create(caller, bank, account, &draft)).await?)
}

pub(crate) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(accounts::mine(caller, None::<&str>)).await?)
}

pub(crate) async fn mine_at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(accounts::mine(caller, Some(bank))).await?)
}

pub(crate) async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(accounts::at_bank(caller, bank)).await?)
}

pub(crate) async fn held(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(accounts::held(caller, bank)).await?)
}

pub(crate) async fn get(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.query(accounts::get(caller, bank, account)).await?)
}

pub(crate) async fn views(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.query(accounts::views(caller, bank, account)).await?)
}

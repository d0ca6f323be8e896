//! The operations on accounts over HTTP.

use super::call::{Answer, Call, reply};
use bindings::accounts_types::AccountDraft;
use bindings::calls::accounts;

pub(super) async fn create(call: Call) -> Answer {
    let draft: AccountDraft = call.body()?;
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.write(accounts::create(caller, bank, account, &draft)).await?)
}

pub(super) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&call.session.query(accounts::mine(caller, None::<&str>)).await?)
}

pub(super) async fn mine_at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(accounts::mine(caller, Some(bank))).await?)
}

pub(super) async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(accounts::at_bank(caller, bank)).await?)
}

pub(super) async fn held(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.query(accounts::held(caller, bank)).await?)
}

pub(super) async fn get(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.query(accounts::get(caller, bank, account)).await?)
}

pub(super) async fn views(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&call.session.query(accounts::views(caller, bank, account)).await?)
}

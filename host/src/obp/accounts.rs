//! The operations on accounts over HTTP.

use super::call::{Answer, Call, reply};
use crate::component::bindings::accounts_types::AccountDraft;
use crate::{ask, change};

pub(super) async fn create(call: Call) -> Answer {
    let draft: AccountDraft = call.body()?;
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&change!(call.session, accounts.call_create(caller, bank, account, &draft))?)
}

pub(super) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(&ask!(call.session, accounts.call_mine(caller, None::<&str>))?)
}

pub(super) async fn mine_at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, accounts.call_mine(caller, Some(bank)))?)
}

pub(super) async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, accounts.call_at_bank(caller, bank))?)
}

pub(super) async fn held(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&ask!(call.session, accounts.call_held(caller, bank))?)
}

pub(super) async fn get(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&ask!(call.session, accounts.call_get(caller, bank, account))?)
}

pub(super) async fn views(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.param(0), call.param(1));
    reply(&ask!(call.session, accounts.call_views(caller, bank, account))?)
}

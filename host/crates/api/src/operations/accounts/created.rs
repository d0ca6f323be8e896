//! The answer of createAccount.

use bindings::accounts_types::{AccountCreated, Balance};
use bindings::banks_types::Routing;
use serde::Serialize;

/// A new account. Only later versions show its id.
#[derive(Debug, Serialize)]
pub(super) struct CreatedAccount {
    user_id: String,
    label: String,
    type_: String,
    balance: Balance,
    branch_id: String,
    account_routing: Routing,
    account_id: String,
}

impl CreatedAccount {
    pub(super) fn new(account_id: &str, created: AccountCreated) -> Self {
        let AccountCreated { user_id, label, type_, balance, branch_id, account_routing } = created;
        Self { user_id, label, type_, balance, branch_id, account_routing, account_id: account_id.to_owned() }
    }
}

//! Accounts: createAccount, one of the thirteen operations (decision 6), and the reads that show its result (surface §2.8).

use crate::access::{Action, Actor};
use crate::accounts_types::{
    Account, AccountCreated, AccountDetails, AccountDraft, AccountOwner, Balance, View, ViewGrant,
};
use crate::banks_types::Routing;
use crate::caller::Caller;
use crate::changes::Change;
use crate::refusals::Refusal;
use crate::{currency, limits};

/// Greatest length of `label`.
pub const LABEL_CHARS_MAX: usize = 255;
/// Greatest length of `type`.
pub const TYPE_CHARS_MAX: usize = 255;
/// Greatest length of `balance.currency`.
pub const BALANCE_CURRENCY_CHARS_MAX: usize = 255;
/// Greatest length of `balance.amount`.
pub const BALANCE_AMOUNT_CHARS_MAX: usize = 255;
/// Greatest length of `branch_id`.
pub const BRANCH_ID_CHARS_MAX: usize = 44;
/// Greatest length of `account_routing.scheme`.
pub const ACCOUNT_ROUTING_SCHEME_CHARS_MAX: usize = 32;
/// Greatest length of `account_routing.address`.
pub const ACCOUNT_ROUTING_ADDRESS_CHARS_MAX: usize = 128;

/// The id of the owner's view. No other view exists yet.
const OWNER: &str = "owner";

/// An account, and the ids of the views through which the reader may see it.
pub type VisibleAccount = (Account, Vec<String>);

/// The inputs that createAccount depends on.
#[derive(Clone, Debug)]
pub struct CreateFacts {
    /// Whether the bank in the path exists.
    pub bank_exists: bool,
    /// The identity provider and the user name of the [`owner`]. `None` if no such user exists.
    pub owner: Option<(String, String)>,
    /// Whether that bank has the account in the path.
    pub account_exists: bool,
}

/// The user id of the account's owner: the one in the draft, or the caller's if that is empty.
#[must_use]
pub fn owner<'a>(caller: &'a Caller, draft: &'a AccountDraft) -> &'a str {
    if draft.user_id.is_empty() { &caller.user_id } else { &draft.user_id }
}

/// createAccount. The owner, not the caller, becomes the holder and gets the view.
///
/// Only a caller with the role learns whether another user exists (decision 3).
pub fn create(
    actor: &Actor,
    facts: CreateFacts,
    bank_id: String,
    account_id: String,
    number: String,
    draft: AccountDraft,
) -> Result<(Account, Vec<Change>), Refusal> {
    limits::account_id(&account_id)?;
    limits::bank(&bank_id, facts.bank_exists)?;
    let user_id = owner(&actor.caller, &draft).to_owned();
    if !limits::is_id(&user_id) {
        return Err(Refusal::UserIdMalformed);
    }
    if user_id != actor.caller.user_id {
        actor.require(Action::CreateAccountForOther, &bank_id)?;
    }
    let (provider, username) = facts.owner.ok_or(Refusal::UserUnknown)?;
    check_texts(&draft)?;
    let balance = opening_balance(draft.balance)?;
    if facts.account_exists {
        return Err(Refusal::AccountIdTaken);
    }
    let AccountDraft { label, type_, branch_id, account_routing, .. } = draft;
    let grant = ViewGrant {
        bank_id: bank_id.clone(),
        account_id: account_id.clone(),
        view_id: OWNER.to_owned(),
        user_id: user_id.clone(),
    };
    let account = Account {
        bank_id,
        account_id,
        number,
        user_id,
        provider,
        username,
        label,
        type_,
        balance,
        branch_id,
        account_routing,
    };
    Ok((account.clone(), vec![Change::CreateAccount(account), Change::GrantView(grant)]))
}

fn check_texts(draft: &AccountDraft) -> Result<(), Refusal> {
    limits::text("label", &draft.label, LABEL_CHARS_MAX)?;
    limits::text("type", &draft.type_, TYPE_CHARS_MAX)?;
    if let Some(balance) = &draft.balance {
        limits::text("balance.currency", &balance.currency, BALANCE_CURRENCY_CHARS_MAX)?;
        limits::text("balance.amount", &balance.amount, BALANCE_AMOUNT_CHARS_MAX)?;
    }
    limits::text("branch_id", &draft.branch_id, BRANCH_ID_CHARS_MAX)?;
    let Routing { scheme, address } = &draft.account_routing;
    limits::text("account_routing.scheme", scheme, ACCOUNT_ROUTING_SCHEME_CHARS_MAX)?;
    limits::text("account_routing.address", address, ACCOUNT_ROUTING_ADDRESS_CHARS_MAX)
}

/// The opening balance. It is `0`, however the client writes zero.
fn opening_balance(balance: Option<Balance>) -> Result<Balance, Refusal> {
    let Some(Balance { currency, amount }) = balance else {
        return Err(Refusal::BalanceAmountInvalid);
    };
    if amount.is_empty() {
        return Err(Refusal::BalanceAmountInvalid);
    }
    if !limits::is_decimal(&amount) {
        return Err(Refusal::BalanceNotNumber);
    }
    if !limits::is_zero(&amount) {
        return Err(Refusal::BalanceNotZero);
    }
    if !currency::is_active(&currency) {
        return Err(Refusal::BalanceCurrencyInvalid);
    }
    Ok(Balance { currency, amount: "0".to_owned() })
}

/// The answer of createAccount.
#[must_use]
pub fn creation_reply(account: Account) -> AccountCreated {
    let Account { user_id, label, type_, balance, branch_id, account_routing, .. } = account;
    AccountCreated { user_id, label, type_, balance, branch_id, account_routing }
}

/// The condition of every list, checked before the shell reads any account. `bank_id` is `None` for the accounts at all banks.
///
/// # Errors
/// [`Refusal::BankIdMalformed`] or [`Refusal::BankUnknown`].
pub fn require_bank(bank_id: Option<&str>, bank_exists: bool) -> Result<(), Refusal> {
    bank_id.map_or(Ok(()), |bank_id| limits::bank(bank_id, bank_exists))
}

/// Every view that exists.
#[must_use]
pub fn all_views() -> Vec<View> {
    vec![owner_view()]
}

/// getCoreAccountById and getPrivateAccountById.
pub fn get(
    bank_id: &str,
    bank_exists: bool,
    account_id: &str,
    account: Option<VisibleAccount>,
) -> Result<AccountDetails, Refusal> {
    let account = through_owner_view(bank_id, bank_exists, account_id, account)?;
    Ok(AccountDetails {
        id: account.account_id,
        bank_id: account.bank_id,
        label: account.label,
        number: account.number,
        owners: vec![AccountOwner { id: account.user_id, provider: account.provider, display_name: account.username }],
        type_: account.type_,
        balance: account.balance,
        account_routings: vec![account.account_routing],
        account_rules: Vec::new(),
    })
}

/// getViewsForBankAccount.
pub fn views(
    bank_id: &str,
    bank_exists: bool,
    account_id: &str,
    account: Option<VisibleAccount>,
) -> Result<Vec<View>, Refusal> {
    through_owner_view(bank_id, bank_exists, account_id, account)?;
    Ok(all_views())
}

/// The account, if the reader may see it through the owner's view.
fn through_owner_view(
    bank_id: &str,
    bank_exists: bool,
    account_id: &str,
    account: Option<VisibleAccount>,
) -> Result<Account, Refusal> {
    limits::account_id(account_id)?;
    limits::bank(bank_id, bank_exists)?;
    let (account, view_ids) = account.ok_or(Refusal::AccountUnknown)?;
    if !view_ids.iter().any(|id| id == OWNER) {
        return Err(Refusal::ViewDenied);
    }
    Ok(account)
}

fn owner_view() -> View {
    View {
        id: OWNER.to_owned(),
        short_name: "Owner".to_owned(),
        description: "Owner View".to_owned(),
        metadata_view: OWNER.to_owned(),
        is_public: false,
        alias: String::new(),
        hide_metadata_if_alias_used: false,
        can_see_bank_account_balance: true,
        can_see_bank_account_label: true,
        can_see_bank_account_number: true,
        can_see_bank_account_owners: true,
        can_see_bank_account_type: true,
    }
}

#[cfg(test)]
mod tests;

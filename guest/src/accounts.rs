//! Accounts: createAccount of the thirteen operations (decision 6), and what shows that it happened (surface §2.8).

use crate::access::{Action, Actor};
use crate::accounts_types::{
    Account, AccountAtBank, AccountCreated, AccountDetails, AccountDraft, AccountHeld, AccountOwner, AccountSummary,
    Balance, View, ViewAvailable, ViewGrant, ViewSummary,
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

/// The view of an account's owner: the only one there is so far.
const OWNER: &str = "owner";

/// An account, and the ids of the views through which somebody may see it.
pub type Seen = (Account, Vec<String>);

/// What createAccount is judged by.
#[derive(Clone, Debug)]
pub struct CreateFacts {
    /// Of the bank in the path.
    pub bank_exists: bool,
    /// The provider and the user name of the [`owner`], if there is such a user.
    pub owner: Option<(String, String)>,
    /// Of the account in the path, at that bank.
    pub account_exists: bool,
}

/// The user id of the account's owner: the caller where the draft names nobody.
#[must_use]
pub fn owner<'a>(caller: &'a Caller, draft: &'a AccountDraft) -> &'a str {
    if draft.user_id.is_empty() { &caller.user_id } else { &draft.user_id }
}

/// createAccount. The owner, not the caller, becomes holder and gets the view.
///
/// Whether another user exists is told only to a caller with the role (decision 3).
///
/// # Errors
/// The first refusal, in the order of the lines.
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
    texts(&draft)?;
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

fn texts(draft: &AccountDraft) -> Result<(), Refusal> {
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

/// An account is opened with nothing on it, however the client writes zero.
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

/// A new account, as createAccount answers it.
#[must_use]
pub fn created(account: Account) -> AccountCreated {
    let Account { user_id, label, type_, balance, branch_id, account_routing, .. } = account;
    AccountCreated { user_id, label, type_, balance, branch_id, account_routing }
}

/// getMyAccounts and, with a bank, getPrivateAccountsAtOneBank.
///
/// # Errors
/// That the bank id is malformed, or that there is no such bank.
pub fn mine(bank_id: Option<&str>, bank_exists: bool, seen: Vec<Seen>) -> Result<Vec<AccountSummary>, Refusal> {
    if let Some(bank_id) = bank_id {
        limits::bank(bank_id, bank_exists)?;
    }
    let summary = |(account, view_ids): Seen| AccountSummary {
        id: account.account_id,
        label: account.label,
        bank_id: account.bank_id,
        account_type: account.type_,
        account_routings: vec![account.account_routing],
        views: known_views(&view_ids)
            .map(|View { id, short_name, description, is_public, .. }| ViewSummary {
                id,
                short_name,
                description,
                is_public,
            })
            .collect(),
    };
    Ok(seen.into_iter().map(summary).collect())
}

/// getAccountsAtBank: those the caller may see.
///
/// # Errors
/// That the bank id is malformed, or that there is no such bank.
pub fn at_bank(bank_id: &str, bank_exists: bool, seen: Vec<Seen>) -> Result<Vec<AccountAtBank>, Refusal> {
    limits::bank(bank_id, bank_exists)?;
    let listed = |(account, view_ids): Seen| AccountAtBank {
        id: account.account_id,
        label: account.label,
        bank_id: account.bank_id,
        views_available: known_views(&view_ids)
            .map(|View { id, short_name, is_public, .. }| ViewAvailable { id, short_name, is_public })
            .collect(),
    };
    Ok(seen.into_iter().map(listed).collect())
}

/// getAccountsHeld.
///
/// # Errors
/// That the bank id is malformed, or that there is no such bank.
pub fn held(bank_id: &str, bank_exists: bool, held: Vec<Account>) -> Result<Vec<AccountHeld>, Refusal> {
    limits::bank(bank_id, bank_exists)?;
    let listed = |account: Account| AccountHeld {
        id: account.account_id,
        bank_id: account.bank_id,
        number: account.number,
        account_routings: vec![account.account_routing],
    };
    Ok(held.into_iter().map(listed).collect())
}

/// getCoreAccountById and getPrivateAccountById.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn get(bank_id: &str, bank_exists: bool, account_id: &str, seen: Option<Seen>) -> Result<AccountDetails, Refusal> {
    let account = through_owner(bank_id, bank_exists, account_id, seen)?;
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
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn views(bank_id: &str, bank_exists: bool, account_id: &str, seen: Option<Seen>) -> Result<Vec<View>, Refusal> {
    through_owner(bank_id, bank_exists, account_id, seen)?;
    Ok(vec![owner_view()])
}

/// The account, for somebody who may see it through the owner's view.
fn through_owner(bank_id: &str, bank_exists: bool, account_id: &str, seen: Option<Seen>) -> Result<Account, Refusal> {
    limits::account_id(account_id)?;
    limits::bank(bank_id, bank_exists)?;
    let (account, view_ids) = seen.ok_or(Refusal::AccountUnknown)?;
    if !view_ids.iter().any(|id| id == OWNER) {
        return Err(Refusal::ViewDenied);
    }
    Ok(account)
}

/// The views of these ids; an id this server knows nothing of shows nothing.
fn known_views(ids: &[String]) -> impl Iterator<Item = View> {
    ids.iter().filter(|id| *id == OWNER).map(|_| owner_view())
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

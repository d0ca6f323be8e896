//! The operations on accounts over HTTP.

mod created;
pub(crate) mod lists;

use bindings::accounts_types::{
    Account, AccountCreated, AccountDetails, AccountDraft, AccountOwner, Balance, View, ViewList,
};
use bindings::banks_types::Routing;
use bindings::calls::accounts;
use bindings::samples;
use guest::access::Action;
use guest::accounts as limits;
use guest::limits::ID_CHARS_MAX;

use crate::call::{Answer, Call, reply};
use crate::docs::fields::ID_OR_EMPTY;
use crate::docs::fields::Shape::{Currency, Pattern, Text, Zero};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::ErrorCode;
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{
    AccountIdMalformed, AccountIdTaken, AccountUnknown, BalanceAmountInvalid, BalanceCurrencyInvalid, BalanceNotNumber,
    BalanceNotZero, BankIdMalformed, BankUnknown, JsonScreened, RolesMissing, UserIdMalformed, UserUnknown, ViewDenied,
};
use crate::errors::ApiError;
use crate::route::Route;

use self::created::CreatedAccount;
use self::lists::{AccountSummaries, AccountsAtBank, AccountsHeld, VisibleAccount};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/banks/BANK_ID/accounts/ACCOUNT_ID",
        operation: "createAccount",
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create Account",
            description: "Opens an account at the bank `BANK_ID`. You choose its id, `ACCOUNT_ID`.\n\nIf `user_id` is empty, the account is your own. Opening one for another user requires the role CanCreateAccount at that bank. The owner holds the account, and sees it through the view `owner`.\n\n**Note:** the amount must be zero. The currency is an ISO 4217 code in upper case.",
            tags: &["Account", "Onboarding"],
            implemented_in: "2_2_0",
            request: Some(|| example(&samples::account_draft())),
            response: Some(|| example(&CreatedAccount::new(ACCOUNT_ID, created()))),
            actions: &[Action::CreateAccountForOther],
            errors: &[
                host(JsonIncorrect),
                rule(BankUnknown),
                host(NotLoggedIn),
                rule(UserIdMalformed),
                rule(AccountIdMalformed),
                rule(BankIdMalformed),
                rule(UserUnknown),
                rule(RolesMissing),
                rule(BalanceAmountInvalid),
                rule(BalanceNotNumber),
                rule(BalanceNotZero),
                rule(BalanceCurrencyInvalid),
                rule(AccountIdTaken),
                host(Unknown),
            ],
            further_errors: &[rule(JsonScreened)],
            fields: &[
                ("user_id", Pattern(ID_OR_EMPTY, ID_CHARS_MAX)),
                ("label", Text(0, limits::LABEL_CHARS_MAX)),
                ("type", Text(0, limits::TYPE_CHARS_MAX)),
                ("balance.currency", Currency),
                ("balance.amount", Zero(limits::BALANCE_AMOUNT_CHARS_MAX)),
                ("branch_id", Text(0, limits::BRANCH_ID_CHARS_MAX)),
                ("account_routing.scheme", Text(0, limits::ACCOUNT_ROUTING_SCHEME_CHARS_MAX)),
                ("account_routing.address", Text(0, limits::ACCOUNT_ROUTING_ADDRESS_CHARS_MAX)),
            ],
            ..Doc::EMPTY
        },
        ..Route::PUT
    },
    Route {
        path: "/my/accounts",
        operation: "getMyAccounts",
        handler: |call| Box::pin(mine(call)),
        doc: &Doc {
            summary: "Get Accounts at all Banks (private)",
            description: "The accounts that you may see at all banks, with the views that show them.\n\nYou need a login.",
            implemented_in: "3_0_0",
            response: Some(|| example(&summaries())),
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..ACCOUNTS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/accounts/private",
        operation: "getPrivateAccountsAtOneBank",
        handler: |call| Box::pin(mine_at_bank(call)),
        doc: &Doc {
            summary: "Get Accounts at Bank (private)",
            description: "The accounts that you may see at the bank `BANK_ID`, with the views that show them.\n\nYou need a login.",
            response: Some(|| example(&summaries())),
            ..ACCOUNTS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/accounts",
        operation: "getAccountsAtBank",
        handler: |call| Box::pin(at_bank(call)),
        doc: &Doc {
            summary: "Get Accounts at Bank",
            description: "A short form of the accounts that you may see at the bank `BANK_ID`.\n\nYou need a login.",
            response: Some(|| example(&accounts_at_bank())),
            ..ACCOUNTS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/accounts-held",
        operation: "getAccountsHeld",
        handler: |call| Box::pin(held(call)),
        doc: &Doc {
            summary: "Get Accounts Held",
            description: "The accounts that you hold at the bank `BANK_ID`, even if no view shows them.\n\nYou need a login.",
            implemented_in: "3_0_0",
            response: Some(|| example(&accounts_held())),
            ..ACCOUNTS
        },
        ..Route::GET
    },
    Route {
        path: "/my/banks/BANK_ID/accounts/ACCOUNT_ID/account",
        operation: "getCoreAccountById",
        handler: |call| Box::pin(get(call)),
        doc: &Doc {
            summary: "Get Account by Id (Core)",
            description: "All data of an account. You must see it through the view `owner`.\n\nYou need a login.",
            implemented_in: "3_0_0",
            response: Some(|| example(&details())),
            errors: ONE,
            ..ACCOUNTS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/accounts/ACCOUNT_ID/owner/account",
        operation: "getPrivateAccountById",
        handler: |call| Box::pin(get(call)),
        doc: &Doc {
            summary: "Get Account by Id (Full)",
            description: "All data of an account, through the view `owner`.\n\nYou need a login.",
            implemented_in: "3_0_0",
            response: Some(|| example(&details())),
            errors: ONE,
            ..ACCOUNTS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/accounts/ACCOUNT_ID/views",
        operation: "getViewsForBankAccount",
        handler: |call| Box::pin(views(call)),
        doc: &Doc {
            summary: "Get Views for Account",
            description: "The views of an account. You must see it through the view `owner`, which is the only view so far.\n\nYou need a login.",
            tags: &["View", "Account"],
            implemented_in: "3_0_0",
            response: Some(|| example(&view_list())),
            errors: ONE,
            ..ACCOUNTS
        },
        ..Route::GET
    },
];

/// The operations that read.
const ACCOUNTS: Doc = Doc {
    tags: &["Account"],
    implemented_in: "2_0_0",
    errors: &[host(NotLoggedIn), rule(BankIdMalformed), rule(BankUnknown), host(Unknown)],
    ..Doc::EMPTY
};

/// The errors of the operations that read one account.
const ONE: &[ErrorCode] = &[
    host(NotLoggedIn),
    rule(AccountIdMalformed),
    rule(BankIdMalformed),
    rule(BankUnknown),
    rule(AccountUnknown),
    rule(ViewDenied),
    host(Unknown),
];

async fn create(call: Call) -> Answer {
    let draft: AccountDraft = call.body()?;
    let (caller, bank, account) = (call.caller()?, call.path("BANK_ID")?, call.path("ACCOUNT_ID")?);
    let created = call.session.write(accounts::create(caller, bank, account, &draft)).await?;
    reply(CreatedAccount::new(account, created))
}

async fn mine(call: Call) -> Answer {
    let (accounts, views) = seen(&call, None).await?;
    reply(AccountSummaries::new(accounts, &views))
}

async fn mine_at_bank(call: Call) -> Answer {
    let (accounts, views) = seen(&call, Some(call.path("BANK_ID")?)).await?;
    reply(AccountSummaries::new(accounts, &views))
}

async fn at_bank(call: Call) -> Answer {
    let (accounts, views) = seen(&call, Some(call.path("BANK_ID")?)).await?;
    reply(AccountsAtBank::new(accounts, &views))
}

/// The accounts that the caller may see, with the ids of their views, and all views.
async fn seen(call: &Call, bank_id: Option<&str>) -> Result<(Vec<VisibleAccount>, Vec<View>), ApiError> {
    let caller = call.caller()?;
    let ((accounts, views), mut held) = call.session.call(accounts::mine(caller, bank_id)).await?;
    Ok((held.take(accounts)?, views))
}

async fn held(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply(AccountsHeld::new(call.session.reveal(accounts::held(caller, bank)).await?))
}

async fn get(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.path("BANK_ID")?, call.path("ACCOUNT_ID")?);
    reply(call.session.query(accounts::get(caller, bank, account)).await?)
}

async fn views(call: Call) -> Answer {
    let (caller, bank, account) = (call.caller()?, call.path("BANK_ID")?, call.path("ACCOUNT_ID")?);
    reply(call.session.query(accounts::views(caller, bank, account)).await?)
}

const ACCOUNT_ID: &str = "8ca8a7e4-6d02-48e3-a029-0b2bf89de9f0";
const OWNER_ID: &str = "66214b8e-259e-44ad-8868-3eb47be70646";
const NUMBER: &str = "0123456789";

fn created() -> AccountCreated {
    let AccountDraft { user_id: _, label, type_, balance, branch_id, account_routing } = samples::account_draft();
    let balance = balance.unwrap_or_else(balance_sample);
    AccountCreated { user_id: OWNER_ID.to_owned(), label, type_, balance, branch_id, account_routing }
}

fn balance_sample() -> Balance {
    Balance { currency: "EUR".to_owned(), amount: "0".to_owned() }
}

fn routings() -> Vec<Routing> {
    vec![samples::account_draft().account_routing]
}

fn account() -> Account {
    let AccountDraft { user_id: _, label, type_, balance, branch_id, account_routing } = samples::account_draft();
    Account {
        bank_id: samples::BANK_ID.to_owned(),
        account_id: ACCOUNT_ID.to_owned(),
        number: NUMBER.to_owned(),
        user_id: OWNER_ID.to_owned(),
        provider: "OBP".to_owned(),
        username: samples::user_draft().username,
        label,
        type_,
        balance: balance.unwrap_or_else(balance_sample),
        branch_id,
        account_routing,
    }
}

fn visible() -> Vec<VisibleAccount> {
    vec![(account(), vec![owner_view().id])]
}

fn summaries() -> AccountSummaries {
    AccountSummaries::new(visible(), &[owner_view()])
}

fn accounts_at_bank() -> AccountsAtBank {
    AccountsAtBank::new(visible(), &[owner_view()])
}

fn accounts_held() -> AccountsHeld {
    AccountsHeld::new(vec![account()])
}

fn details() -> AccountDetails {
    let owner = AccountOwner {
        id: OWNER_ID.to_owned(),
        provider: "OBP".to_owned(),
        display_name: samples::user_draft().username,
    };
    AccountDetails {
        id: ACCOUNT_ID.to_owned(),
        bank_id: samples::BANK_ID.to_owned(),
        label: "Label".to_owned(),
        number: NUMBER.to_owned(),
        owners: vec![owner],
        type_: "CURRENT".to_owned(),
        balance: balance_sample(),
        account_routings: routings(),
        account_rules: vec![],
    }
}

fn view_list() -> ViewList {
    ViewList { views: vec![owner_view()] }
}

fn owner_view() -> View {
    View {
        id: "owner".to_owned(),
        short_name: "Owner".to_owned(),
        description: "Owner View".to_owned(),
        metadata_view: "owner".to_owned(),
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

//! What is said of the operations on accounts.

use guest::access::Action;
use guest::refusals::RefusalCode::{
    AccountIdMalformed, AccountIdTaken, AccountUnknown, BalanceAmountInvalid, BalanceCurrencyInvalid, BalanceNotNumber,
    BalanceNotZero, BankIdMalformed, BankUnknown, RolesMissing, UserIdMalformed, UserUnknown, ViewDenied,
};

use super::fields::Shape::{Currency, Pattern, Text, Zero};
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, Unknown};

const DETAILS: &str = r#"{"id":"8ca8a7e4-6d02-48e3-a029-0b2bf89de9f0","bank_id":"gh.29.uk","label":"Label","number":"0123456789","owners":[{"id":"66214b8e-259e-44ad-8868-3eb47be70646","provider":"OBP","display_name":"robert.x.0.gh"}],"type":"CURRENT","balance":{"currency":"EUR","amount":"0"},"account_routings":[{"scheme":"OBP","address":"UK123456"}],"account_rules":[]}"#;
const SUMMARIES: &str = r#"{"accounts":[{"id":"8ca8a7e4-6d02-48e3-a029-0b2bf89de9f0","label":"Label","bank_id":"gh.29.uk","account_type":"CURRENT","account_routings":[{"scheme":"OBP","address":"UK123456"}],"views":[{"id":"owner","short_name":"Owner","description":"Owner View","is_public":false}]}]}"#;

/// createAccount.
pub static CREATE: Doc = Doc {
    summary: "Create Account",
    description: "Opens an account at the bank `BANK_ID`, with the id `ACCOUNT_ID`, which is yours to choose.\n\nWhere `user_id` is empty, the account is the caller's own. To open one for another user takes the role CanCreateAccount at that bank. The owner becomes its holder, and sees it through the view `owner`.\n\n**Note:** the amount must be zero. The currency is an ISO 4217 code in upper case.",
    tags: &["Account", "Onboarding"],
    implemented_in: "2_2_0",
    request: Some(
        r#"{"user_id":"","label":"Label","type":"CURRENT","balance":{"currency":"EUR","amount":"0"},"branch_id":"1234","account_routing":{"scheme":"OBP","address":"UK123456"}}"#,
    ),
    response: Some(
        r#"{"user_id":"66214b8e-259e-44ad-8868-3eb47be70646","label":"Label","type":"CURRENT","balance":{"currency":"EUR","amount":"0"},"branch_id":"1234","account_routing":{"scheme":"OBP","address":"UK123456"}}"#,
    ),
    actions: &[Action::CreateAccountForOther],
    errors: &[
        own(JsonIncorrect),
        rule(BankUnknown),
        own(NotLoggedIn),
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
        own(Unknown),
    ],
    fields: &[
        ("user_id", Pattern("^[A-Za-z0-9._-]*$", 255)),
        ("label", Text(0, 255)),
        ("type", Text(0, 255)),
        ("balance.currency", Currency),
        ("balance.amount", Zero),
        ("branch_id", Text(0, 44)),
        ("account_routing.scheme", Text(0, 32)),
        ("account_routing.address", Text(0, 128)),
    ],
    ..Doc::PLAIN
};

/// getMyAccounts.
pub static MINE: Doc = Doc {
    summary: "Get Accounts at all Banks (private)",
    description: "The accounts that the caller may see, at all banks, with the views through which they may be seen.\n\nA login is needed.",
    implemented_in: "3_0_0",
    response: Some(SUMMARIES),
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..ACCOUNTS
};

/// getPrivateAccountsAtOneBank.
pub static MINE_AT_BANK: Doc = Doc {
    summary: "Get Accounts at Bank (private)",
    description: "The accounts that the caller may see at the bank `BANK_ID`, with the views through which they may be seen.\n\nA login is needed.",
    response: Some(SUMMARIES),
    ..ACCOUNTS
};

/// getAccountsAtBank.
pub static AT_BANK: Doc = Doc {
    summary: "Get Accounts at Bank",
    description: "The accounts that the caller may see at the bank `BANK_ID`, in short.\n\nA login is needed.",
    response: Some(
        r#"{"accounts":[{"id":"8ca8a7e4-6d02-48e3-a029-0b2bf89de9f0","label":"Label","bank_id":"gh.29.uk","views_available":[{"id":"owner","short_name":"Owner","is_public":false}]}]}"#,
    ),
    ..ACCOUNTS
};

/// getAccountsHeld.
pub static HELD: Doc = Doc {
    summary: "Get Accounts Held",
    description: "The accounts that the caller holds at the bank `BANK_ID`, whether or not a view shows them.\n\nA login is needed.",
    implemented_in: "3_0_0",
    response: Some(
        r#"{"accounts":[{"id":"8ca8a7e4-6d02-48e3-a029-0b2bf89de9f0","bank_id":"gh.29.uk","number":"0123456789","account_routings":[{"scheme":"OBP","address":"UK123456"}]}]}"#,
    ),
    ..ACCOUNTS
};

/// getCoreAccountById.
pub static CORE: Doc = Doc {
    summary: "Get Account by Id (Core)",
    description: "An account in full, for a caller who sees it through the view `owner`.\n\nA login is needed.",
    implemented_in: "3_0_0",
    response: Some(DETAILS),
    errors: ONE,
    ..ACCOUNTS
};

/// getPrivateAccountById.
pub static PRIVATE: Doc = Doc {
    summary: "Get Account by Id (Full)",
    description: "An account in full, through the view `owner`.\n\nA login is needed.",
    implemented_in: "3_0_0",
    response: Some(DETAILS),
    errors: ONE,
    ..ACCOUNTS
};

/// getViewsForBankAccount.
pub static VIEWS: Doc = Doc {
    summary: "Get Views for Account",
    description: "The views of an account, for a caller who sees it through the view `owner`, the only one there is so far.\n\nA login is needed.",
    tags: &["View", "Account"],
    implemented_in: "3_0_0",
    response: Some(
        r#"{"views":[{"id":"owner","short_name":"Owner","description":"Owner View","metadata_view":"owner","is_public":false,"alias":"","hide_metadata_if_alias_used":false,"can_see_bank_account_balance":true,"can_see_bank_account_label":true,"can_see_bank_account_number":true,"can_see_bank_account_owners":true,"can_see_bank_account_type":true}]}"#,
    ),
    errors: ONE,
    ..ACCOUNTS
};

/// What those that read have in common.
const ACCOUNTS: Doc = Doc {
    tags: &["Account"],
    implemented_in: "2_0_0",
    errors: &[own(NotLoggedIn), rule(BankIdMalformed), rule(BankUnknown), own(Unknown)],
    ..Doc::PLAIN
};

/// What can be wrong with one account.
const ONE: &[crate::error_codes::Error] = &[
    own(NotLoggedIn),
    rule(AccountIdMalformed),
    rule(BankIdMalformed),
    rule(BankUnknown),
    rule(AccountUnknown),
    rule(ViewDenied),
    own(Unknown),
];

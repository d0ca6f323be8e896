//! Tests of the rules of accounts.

use super::*;
use crate::access::testing::kim_with;
use crate::roles::Role;

/// Corrects one fault.
type Correct = fn(&mut Request);

/// Sets a text of the body.
type SetText = fn(&mut AccountDraft, String);

/// A createAccount with everything that it depends on.
struct Request {
    roles: Vec<(Role, &'static str)>,
    facts: CreateFacts,
    bank_id: &'static str,
    account_id: &'static str,
    draft: AccountDraft,
}

impl Request {
    /// Kim opens an account of her own.
    fn own() -> Self {
        let text = str::to_owned;
        let draft = AccountDraft {
            user_id: String::new(),
            label: text("Label"),
            type_: text("CURRENT"),
            balance: balance("EUR", "0"),
            branch_id: text("1234"),
            account_routing: Routing { scheme: text("OBP"), address: text("UK123456") },
        };
        let owner = Some((text("obp"), text("kim")));
        let facts = CreateFacts { bank_exists: true, owner, account_exists: false };
        Self { roles: vec![], facts, bank_id: "b", account_id: "a", draft }
    }

    /// Kim opens an account for Ann.
    fn for_ann() -> Self {
        let mut request = Self::own();
        request.roles = vec![(Role::CanCreateAccount, "b")];
        request.facts.owner = Some(("obp".to_owned(), "ann".to_owned()));
        request.draft.user_id = "u-ann".to_owned();
        request
    }

    fn put(&self) -> Result<(Account, Vec<Change>), Refusal> {
        let [bank_id, account_id, number] = [self.bank_id, self.account_id, "1234567890"].map(str::to_owned);
        create(&kim_with(&self.roles), self.facts.clone(), bank_id, account_id, number, self.draft.clone())
    }
}

fn balance(currency: &str, amount: &str) -> Option<Balance> {
    Some(Balance { currency: currency.to_owned(), amount: amount.to_owned() })
}

fn account() -> Account {
    Request::own().put().unwrap().0
}

/// The account, visible through these views.
fn visible(view_ids: &[&str]) -> VisibleAccount {
    (account(), view_ids.iter().map(|id| (*id).to_owned()).collect())
}

#[test]
fn the_answer_is_the_account_that_is_stored_and_the_owner_gets_the_view() {
    for (request, user_id, username) in [(Request::own(), "u-kim", "kim"), (Request::for_ann(), "u-ann", "ann")] {
        let (account, changes) = request.put().unwrap();
        let text = str::to_owned;
        assert_eq!((account.bank_id.as_str(), account.account_id.as_str()), ("b", "a"));
        assert_eq!((account.number.as_str(), account.provider.as_str()), ("1234567890", "obp"));
        assert_eq!((account.user_id.as_str(), account.username.as_str()), (user_id, username));
        let grant =
            ViewGrant { bank_id: text("b"), account_id: text("a"), view_id: text("owner"), user_id: text(user_id) };
        assert_eq!(changes, [Change::CreateAccount(account.clone()), Change::GrantView(grant)]);
        let AccountDraft { label, type_, branch_id, account_routing, .. } = request.draft;
        let balance = Balance { currency: text("EUR"), amount: text("0") };
        let echo = AccountCreated { user_id: text(user_id), label, type_, balance, branch_id, account_routing };
        assert_eq!(creation_reply(account), echo);
    }
}

#[test]
fn create_refuses_in_the_order_of_the_contract() {
    // First every fault at once, then one fewer in each step.
    let mut request = Request {
        roles: vec![(Role::CanCreateAccount, "elsewhere")],
        facts: CreateFacts { bank_exists: false, owner: None, account_exists: true },
        bank_id: "b b",
        account_id: "a/a",
        draft: AccountDraft {
            user_id: "u ann".to_owned(),
            label: "x".repeat(256),
            balance: None,
            ..Request::own().draft
        },
    };
    let steps: [(Refusal, Correct); 13] = [
        (Refusal::AccountIdMalformed, |request| request.account_id = "a"),
        (Refusal::BankIdMalformed, |request| request.bank_id = "b"),
        (Refusal::BankUnknown, |request| request.facts.bank_exists = true),
        (Refusal::UserIdMalformed, |request| request.draft.user_id = "u-ann".to_owned()),
        (Refusal::RolesMissing(&[Role::CanCreateAccount]), |request| {
            request.roles = vec![(Role::CanCreateAccount, "b")]
        }),
        (Refusal::UserUnknown, |request| request.facts.owner = Some(("obp".to_owned(), "ann".to_owned()))),
        (Refusal::TextTooLong("label", 255), |request| request.draft.label.clear()),
        (Refusal::BalanceAmountInvalid, |request| request.draft.balance = balance("eur", "")),
        (Refusal::BalanceAmountInvalid, |request| request.draft.balance = balance("eur", "none")),
        (Refusal::BalanceNotNumber, |request| request.draft.balance = balance("eur", "1")),
        (Refusal::BalanceNotZero, |request| request.draft.balance = balance("eur", "0")),
        (Refusal::BalanceCurrencyInvalid, |request| request.draft.balance = balance("EUR", "0")),
        (Refusal::AccountIdTaken, |request| request.facts.account_exists = false),
    ];
    for (refusal, correct) in steps {
        assert_eq!(request.put(), Err(refusal));
        correct(&mut request);
    }
    assert!(request.put().is_ok());
}

#[test]
fn only_an_account_for_another_user_needs_the_role() {
    let named = |user_id: &str, roles| {
        let draft = AccountDraft { user_id: user_id.to_owned(), ..Request::own().draft };
        Request { roles, draft, ..Request::own() }.put().is_ok()
    };
    let cases = [
        ("no user, so the caller", "", vec![], true),
        ("the caller", "u-kim", vec![], true),
        ("another user", "u-ann", vec![], false),
        ("another user, with the role elsewhere", "u-ann", vec![(Role::CanCreateAccount, "elsewhere")], false),
        ("another user, with the role", "u-ann", vec![(Role::CanCreateAccount, "b")], true),
    ];
    for (whose, user_id, roles, allowed) in cases {
        assert_eq!(named(user_id, roles), allowed, "{whose}");
    }
}

#[test]
fn every_way_to_write_zero_opens_an_account_with_balance_0() {
    for zero in ["0", "0.00", "-0", "+0", ".0", "0.", "0E5"] {
        let mut request = Request::own();
        request.draft.balance = balance("JPY", zero);
        assert_eq!(request.put().map(|(account, _)| Some(account.balance)), Ok(balance("JPY", "0")), "{zero}");
    }
}

#[test]
fn a_text_may_have_its_greatest_length_and_not_one_character_more() {
    fn amount(draft: &mut AccountDraft) -> &mut Balance {
        draft.balance.as_mut().unwrap()
    }
    let cases: [(&str, usize, SetText); 7] = [
        ("label", 255, |draft, text| draft.label = text),
        ("type", 255, |draft, text| draft.type_ = text),
        ("balance.currency", 255, |draft, text| amount(draft).currency = text),
        ("balance.amount", 255, |draft, text| amount(draft).amount = text),
        ("branch_id", 44, |draft, text| draft.branch_id = text),
        ("account_routing.scheme", 32, |draft, text| draft.account_routing.scheme = text),
        ("account_routing.address", 128, |draft, text| draft.account_routing.address = text),
    ];
    for (name, limit, set) in cases {
        let mut request = Request::own();
        set(&mut request.draft, "0".repeat(limit));
        assert!(!matches!(request.put(), Err(Refusal::TextTooLong(..))), "{name}");
        set(&mut request.draft, "0".repeat(limit + 1));
        assert_eq!(request.put(), Err(Refusal::TextTooLong(name, limit)));
    }
}

#[test]
fn a_list_needs_an_existing_bank_if_it_names_one() {
    for (bank_id, exists, expected) in [
        (Some("b b"), false, Err(Refusal::BankIdMalformed)),
        (Some("b"), false, Err(Refusal::BankUnknown)),
        (Some("b"), true, Ok(())),
        (None, false, Ok(())),
    ] {
        assert_eq!(require_bank(bank_id, exists), expected);
    }
}

#[test]
fn only_users_with_the_owners_view_see_an_account_and_its_views() {
    let cases = [
        ("b b", false, "a/a", None, Refusal::AccountIdMalformed),
        ("b b", false, "a", None, Refusal::BankIdMalformed),
        ("b", false, "a", None, Refusal::BankUnknown),
        ("b", true, "a", None, Refusal::AccountUnknown),
        ("b", true, "a", Some(visible(&[])), Refusal::ViewDenied),
        ("b", true, "a", Some(visible(&["auditor"])), Refusal::ViewDenied),
    ];
    for (bank_id, bank_exists, account_id, account, refusal) in cases {
        assert_eq!(get(bank_id, bank_exists, account_id, account.clone()), Err(refusal.clone()));
        assert_eq!(views(bank_id, bank_exists, account_id, account), Err(refusal));
    }
    let details = get("b", true, "a", Some(visible(&["owner"]))).unwrap();
    let [id, provider, display_name] = ["u-kim", "obp", "kim"].map(str::to_owned);
    assert_eq!(details.owners, [AccountOwner { id, provider, display_name }]);
    assert_eq!((details.id.as_str(), Some(details.balance)), ("a", balance("EUR", "0")));
    assert_eq!(views("b", true, "a", Some(visible(&["owner"]))), Ok(vec![owner_view()]));
}

//! Cases of createAccount.

use serde_json::{Value, json};

use super::{Case, End, bank, call, caller, change, noted, rejected, user, with};
use crate::vector::Call;

const OPERATION: &str = "createAccount";

fn draft(user_id: &str) -> Value {
    json!({
        "user-id": user_id, "label": "Label", "type": "CURRENT", "balance": {"currency": "EUR", "amount": "0"},
        "branch-id": "1234", "account-routing": {"scheme": "OBP", "address": "UK123456"}
    })
}

fn balance(currency: &str, amount: &str) -> Value {
    with(draft(""), "balance", json!({"currency": currency, "amount": amount}))
}

fn routing(scheme: &str, address: &str) -> Value {
    with(draft(""), "account-routing", json!({"scheme": scheme, "address": address}))
}

fn create(bank_id: &str, account_id: &str, draft: Value) -> Call {
    call("accounts", "create", [caller("kim"), bank_id.into(), account_id.into(), draft])
}

pub(super) fn role(role_name: &str, bank_id: &str) -> Value {
    let entitlement = json!({"entitlement-id": "e-1", "role-name": role_name, "bank-id": bank_id});
    change("grant-entitlement", json!({"user-id": "u-kim", "entitlement": entitlement}))
}

pub(super) fn account(bank_id: &str, account_id: &str) -> Value {
    change(
        "create-account",
        json!({
            "bank-id": bank_id, "account-id": account_id, "number": "1000000001", "user-id": "u-lee", "provider": "OBP",
            "username": "lee", "label": "", "type": "", "balance": {"currency": "EUR", "amount": "0"}, "branch-id": "",
            "account-routing": {"scheme": "", "address": ""}
        }),
    )
}

fn world(more: impl IntoIterator<Item = Value>) -> Vec<Value> {
    [bank("bank-1"), bank("bank-2"), user("kim"), user("lee")].into_iter().chain(more).collect()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = owners();
    cases.extend(drafts());
    cases.extend(screened_and_raced());
    cases
}

fn owners() -> Vec<Case> {
    let case = |name: &str, more: &[Value]| Case::new(OPERATION, name, world(more.iter().cloned()));
    let refused = |name: &str, bank: &str, account: &str, draft, code| {
        case(name, &[]).then(create(bank, account, draft), End::Refusal(code))
    };
    vec![
        case("is opened for the caller", &[]).then(create("bank-1", "a-1", draft("")), End::Reply(2)),
        case("is opened for the caller by name", &[]).then(create("bank-1", "a-1", draft("u-kim")), End::Reply(2)),
        case("is opened for another user, who owns it", &[role("CanCreateAccount", "bank-1")])
            .then(create("bank-1", "a-1", draft("u-lee")), End::Reply(2)),
        refused("the account id is malformed", "bank-1", "a 1", draft(""), "OBP-30110"),
        refused("the account id is too long", "bank-1", &"a".repeat(255), draft(""), "OBP-30110"),
        refused("the bank id is malformed", "bank 1", "a-1", draft(""), "OBP-30111"),
        refused("there is no such bank", "bank-3", "a-1", draft(""), "OBP-30001"),
        refused("the user id is malformed", "bank-1", "a-1", draft("u kim"), "OBP-30107"),
        refused("the role for another user is missing", "bank-1", "a-1", draft("u-lee"), "OBP-20006"),
        case("the role is held at another bank", &[role("CanCreateAccount", "bank-2")])
            .then(create("bank-1", "a-1", draft("u-lee")), End::Refusal("OBP-20006")),
        refused(
            "who lacks the role is not told whether there is such a user",
            "bank-1",
            "a-1",
            draft("u-sam"),
            "OBP-20006",
        ),
        case("there is no such user", &[role("CanCreateAccount", "bank-1")])
            .then(create("bank-1", "a-1", draft("u-sam")), End::Refusal("OBP-20005")),
        case("the account id is as long as it may be", &[])
            .then(create("bank-1", &"a".repeat(254), draft("")), End::Reply(2)),
        case("the bank has such an account", &[account("bank-1", "a-1")])
            .then(create("bank-1", "a-1", draft("")), End::Refusal("OBP-30208")),
        case("another bank has such an account", &[account("bank-2", "a-1")])
            .then(create("bank-1", "a-1", draft("")), End::Reply(2)),
    ]
}

fn drafts() -> Vec<Case> {
    let case = |name: &str| Case::new(OPERATION, name, world([]));
    let x = |count: usize| "x".repeat(count);
    let faulty = [
        ("label is too long", with(draft(""), "label", x(256)), "OBP-10001"),
        ("type is too long", with(draft(""), "type", x(256)), "OBP-10001"),
        ("balance.currency is too long", balance(&x(256), "0"), "OBP-10001"),
        ("balance.amount is too long", balance("EUR", &"0".repeat(256)), "OBP-10001"),
        ("branch-id is too long", with(draft(""), "branch-id", x(45)), "OBP-10001"),
        ("account-routing.scheme is too long", routing(&x(33), ""), "OBP-10001"),
        ("account-routing.address is too long", routing("", &x(129)), "OBP-10001"),
        ("there is no balance", with(draft(""), "balance", Value::Null), "OBP-30106"),
        ("the amount is empty", balance("EUR", ""), "OBP-30106"),
        ("the amount is no number", balance("EUR", "nothing"), "OBP-30112"),
        ("the amount is not zero", balance("EUR", "0.01"), "OBP-30109"),
        ("the amount is less than zero", balance("EUR", "-1"), "OBP-30109"),
        ("the currency does not exist", balance("EUX", "0"), "OBP-30105"),
        ("the currency is in lower case", balance("eur", "0"), "OBP-30105"),
        ("the currency is empty", balance("", "0"), "OBP-30105"),
    ];
    let mut cases: Vec<_> = faulty
        .into_iter()
        .map(|(name, draft, code)| case(name).then(create("bank-1", "a-1", draft), End::Refusal(code)))
        .collect();
    for amount in ["0.00", "-0", "0E5"] {
        let opened = case(&format!("the amount {amount} is zero"))
            .then(create("bank-1", "a-1", balance("JPY", amount)), End::Reply(2));
        cases.push(opened);
    }
    let at_limit = with(with(routing(&x(32), &"ü".repeat(128)), "label", "ü".repeat(255)), "branch-id", x(44));
    cases.push(case("every text as long as it may be").then(create("bank-1", "a-1", at_limit), End::Reply(2)));
    cases
}

fn screened_and_raced() -> Vec<Case> {
    let case = |name: &str| Case::new(OPERATION, name, world([]));
    let all_wrong = with(with(draft("u sam"), "balance", Value::Null), "label", "x".repeat(256));
    vec![
        case("every fault at once is the first of them")
            .then(create("bank 3", "a 1", all_wrong.clone()), End::Refusal("OBP-30110"))
            .then(create("bank 3", "a-1", all_wrong.clone()), End::Refusal("OBP-30111"))
            .then(create("bank-3", "a-1", all_wrong.clone()), End::Refusal("OBP-30001"))
            .then(create("bank-1", "a-1", all_wrong.clone()), End::Refusal("OBP-30107"))
            .then(create("bank-1", "a-1", with(all_wrong.clone(), "user-id", "u-sam")), End::Refusal("OBP-20006"))
            .then(create("bank-1", "a-1", with(all_wrong, "user-id", "")), End::Refusal("OBP-10001")),
        case("a screener rejects, and the id stays free")
            .then(create("bank-1", "a-1", draft("")), End::Refusal("OBP-10035"))
            .screened(rejected())
            .then(create("bank-1", "a-1", draft("")), End::Reply(2)),
        case("a screener accepts with a note")
            .then(create("bank-1", "a-1", draft("")), End::Reply(3))
            .screened(noted()),
        case("the id is taken once it is opened")
            .then(create("bank-1", "a-1", draft("")), End::Reply(2))
            .then(create("bank-1", "a-1", draft("")), End::Refusal("OBP-30208")),
        case("of two that open the same account at once, the second is refused")
            .then(create("bank-1", "a-1", draft("")), End::Refusal("OBP-30208"))
            .meanwhile([account("bank-1", "a-1")]),
    ]
}

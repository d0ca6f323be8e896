//! Cases of changes without a call: each change has its precondition, and a list is committed as a whole or not at all.

use serde_json::{Value, json};

use super::accounts::{account, role};
use super::kyc::{CHECK, DOCUMENT, MEDIA, entry, follow};
use super::{COMMITS, Case, End, bank, change, customer, meeting, user, with};

fn world() -> Vec<Value> {
    vec![bank("bank-1"), bank("bank-2"), user("kim"), user("lee"), customer("bank-1", "c-1"), customer("bank-2", "c-2")]
}

fn case(name: &str, more: impl IntoIterator<Item = Value>) -> Case {
    Case::new(COMMITS, name, world().into_iter().chain(more).collect::<Vec<_>>())
}

/// The change with another value in one field of its record.
fn but(mut change: Value, field: &str, value: &str) -> Value {
    change["val"] = with(change["val"].clone(), field, value);
    change
}

fn view(account_id: &str, user_id: &str) -> Value {
    change("grant-view", json!({"bank-id": "bank-1", "account-id": account_id, "view-id": "owner", "user-id": user_id}))
}

fn other_user(user_id: &str, username: &str) -> Value {
    let mut other = user("sam");
    other["val"]["user"]["user-id"] = user_id.into();
    other["val"]["user"]["username"] = username.into();
    // The provider's own user ids are unique, like the user names.
    other["val"]["user"]["provider-id"] = username.into();
    other
}

fn note() -> Value {
    let when = json!({"milliseconds": 1_505_779_200_000_i64});
    change(
        "note-screening",
        json!({"bank-id": "", "operation": "createUser", "subject-id": "u-kim", "note": "n", "when": when}),
    )
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a list is committed as a whole or not at all", [])
            .commits([CHECK.record("bank-1", "c-1", "r-1"), CHECK.record("bank-1", "c-3", "r-1"), note()], false)
            .then(CHECK.listed("c-1"), End::Reply(0))
            .commits([CHECK.record("bank-1", "c-1", "r-1"), note()], true)
            .then(CHECK.listed("c-1"), End::Reply(0)),
        case("what an earlier change of the list has made is there for a later one", [])
            .commits([bank("bank-3"), customer("bank-3", "c-3"), CHECK.record("bank-3", "c-3", "r-1")], true)
            .then(CHECK.listed("c-3"), End::Reply(0)),
        case("an empty list is committed", []).commits([], true),
        case("a note is kept whatever it is about", []).commits([note()], true).commits([note()], true),
        case("a bank: its id is new", []).commits([bank("bank-1")], false).commits([bank("bank-3")], true),
        case("a user: id and name are new", [])
            .commits([other_user("u-kim", "sam")], false)
            .commits([other_user("u-sam", "kim")], false)
            .commits([other_user("u-sam", "sam")], true),
        case("a customer: id and number are new at the bank, which exists", [])
            .commits([but(customer("bank-1", "c-1"), "customer-number", "other")], false)
            .commits([but(customer("bank-1", "c-3"), "customer-number", "c-1")], false)
            .commits([customer("bank-3", "c-3")], false)
            .commits([customer("bank-2", "c-1")], true),
        case("a role: the user has it not there, and exists", [role("CanCreateAccount", "bank-1")])
            .commits([role("CanCreateAccount", "bank-1")], false)
            .commits([but(role("CanCreateAccount", "bank-2"), "user-id", "u-sam")], false)
            .commits([role_of("e-2", "bank-2")], true),
        case("an account: id and number are new at the bank; bank and holder exist", [account("bank-1", "a-1")])
            .commits([but(account("bank-1", "a-1"), "number", "1000000002")], false)
            .commits([account("bank-1", "a-2")], false)
            .commits([account("bank-3", "a-2")], false)
            .commits([but(but(account("bank-1", "a-2"), "number", "1000000002"), "user-id", "u-sam")], false)
            .commits([but(account("bank-1", "a-2"), "number", "1000000002")], true)
            .commits([account("bank-2", "a-1")], true),
        case("a view: it is new; account and user exist", [account("bank-1", "a-1")])
            .commits([view("a-2", "u-kim")], false)
            .commits([view("a-1", "u-sam")], false)
            .commits([view("a-1", "u-kim")], true)
            .commits([view("a-1", "u-kim")], false)
            .commits([view("a-1", "u-lee")], true),
    ];
    cases.extend(timelines());
    cases.push(
        case("a meeting: its id is new at the bank; bank and maker exist", [meeting("bank-1", "m-1", "kim")])
            .commits([meeting("bank-1", "m-1", "lee")], false)
            .commits([meeting("bank-2", "m-1", "lee")], true)
            .commits([meeting("bank-3", "m-2", "kim")], false)
            .commits([meeting("bank-1", "m-2", "sam")], false)
            .commits([meeting("bank-1", "m-2", "lee")], true),
    );
    cases.extend([("a check", CHECK), ("a document", DOCUMENT), ("media", MEDIA)].map(|(name, kind)| {
        case(&format!("{name}: the customer exists at that bank"), [])
            .commits([kind.record("bank-1", "c-2", "r-1")], false)
            .commits([kind.record("bank-1", "c-1", "r-1")], true)
            .commits([kind.record("bank-1", "c-1", "r-1")], true)
            .then(kind.listed("c-1"), End::Reply(0))
    }));
    cases
}

/// Timelines, and the customers that follow them.
fn timelines() -> Vec<Case> {
    vec![
        case(
            "a status: the bank's last entry is the one that was read; the customer exists",
            [customer("bank-2", "c-1")],
        )
        .commits([entry("bank-1", "c-1", "1", true, 0, Some(1))], false)
        .commits([entry("bank-1", "c-1", "1", true, 0, None)], true)
        .commits([entry("bank-1", "c-1", "1", true, 0, None)], false)
        .commits([entry("bank-2", "c-1", "1", true, 0, Some(1))], false)
        .commits([entry("bank-2", "c-1", "1", true, 0, None)], true)
        .commits([entry("bank-1", "c-1", "1", true, 0, Some(1))], true)
        .commits([entry("bank-1", "c-1", "1", true, 1, Some(2))], false)
        .commits([entry("bank-1", "c-1", "1", true, 1, Some(3))], true)
        .commits([entry("bank-1", "c-2", "1", true, 0, None)], false),
        case("a customer's status: the customer exists", [])
            .commits([follow("bank-1", "c-1", false)], true)
            .commits([follow("bank-2", "c-1", false)], false)
            .commits([follow("bank-1", "c-2", false)], false),
    ]
}

fn role_of(entitlement_id: &str, bank_id: &str) -> Value {
    let mut role = role("CanCreateAccount", bank_id);
    role["val"]["entitlement"]["entitlement-id"] = entitlement_id.into();
    role
}

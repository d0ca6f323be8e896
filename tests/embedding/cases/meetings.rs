//! Cases of the three operations on meetings.

use serde_json::{Value, json};

use super::accounts::role;
use super::{Case, End, bank, call, caller, meeting, user};
use crate::native::PROVIDER;
use crate::vector::Call;

const UNAVAILABLE: [(&str, &str); 3] =
    [("not-supported", "OBP-30101"), ("key-missing", "OBP-30102"), ("secret-missing", "OBP-30103")];

fn unavailable(reason: &str) -> Value {
    json!({"tag": "err", "val": reason})
}

/// The world in which kim may join meetings of bank-1 as staff.
fn with_staff(world: impl IntoIterator<Item = Value>) -> Vec<Value> {
    world.into_iter().chain([role("CanJoinMeetingAsStaff", "bank-1")]).collect()
}

fn world() -> [Value; 4] {
    [bank("bank-1"), bank("bank-2"), user("kim"), user("lee")]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = made();
    cases.extend(read());
    cases.extend(listed());
    cases
}

fn made() -> Vec<Case> {
    let case = |name: &str| Case::new("createMeeting", name, world());
    let make_for = |customer: &str, bank: &str, provider: &str, purpose: &str| {
        let draft = json!({"provider-id": provider, "purpose-id": purpose});
        call("meetings", "create", [caller("kim"), bank.into(), customer.into(), draft])
    };
    let make = |bank: &str, provider: &str, purpose: &str| make_for("", bank, provider, purpose);
    let by_staff = |name: &str| Case::new("createMeeting", name, with_staff(world()));
    let refused = |name: &str, bank: &str, provider: &str, purpose: &str, code| {
        case(name).then(make(bank, provider, purpose), End::Refusal(code))
    };
    let mut cases = vec![
        case("is arranged, and stored without a token").then(make("bank-1", PROVIDER, "onboarding"), End::Reply(1)),
        case("its maker finds it")
            .then(make("bank-1", PROVIDER, "onboarding"), End::Reply(1))
            .then(list("kim", "bank-1"), End::Reply(0))
            .then(list("lee", "bank-1"), End::Reply(0)),
        case("whose id is taken loses every race, and nothing is written")
            .then(make("bank-1", PROVIDER, "onboarding"), End::Reply(1))
            .then(make("bank-1", PROVIDER, "mortgage"), End::Reply(1))
            .then(list("kim", "bank-1"), End::Reply(0)),
        by_staff("staff arranges it for another user")
            .then(make_for("u-lee", "bank-1", PROVIDER, "onboarding"), End::Reply(1))
            .then(list("lee", "bank-1"), End::Reply(0)),
        case("the caller by name is the caller")
            .then(make_for("u-kim", "bank-1", PROVIDER, "onboarding"), End::Reply(1)),
        case("only staff arranges it for another user")
            .then(make_for("u-lee", "bank-1", PROVIDER, "onboarding"), End::Refusal("OBP-20006"))
            .then(make_for("u-sam", "bank-1", PROVIDER, "onboarding"), End::Refusal("OBP-20006")),
        by_staff("there is no such user")
            .then(make_for("u-sam", "bank-1", PROVIDER, "onboarding"), End::Refusal("OBP-20005")),
        case("a provider that grants no access leaves the token empty")
            .then(make("bank-1", PROVIDER, "onboarding"), End::Reply(1))
            .access(unavailable("secret-missing")),
        refused("the bank id is malformed", "bank 1", PROVIDER, "onboarding", "OBP-30111"),
        refused("there is no such bank", "bank-3", PROVIDER, "onboarding", "OBP-30001"),
        refused("the provider id is empty", "bank-1", "", "onboarding", "OBP-10001"),
        refused("the provider id is too long", "bank-1", &"x".repeat(65), "onboarding", "OBP-10001"),
        refused("the provider id is not URL-friendly", "bank-1", "vi deo", "onboarding", "OBP-10001"),
        refused("the purpose id is empty", "bank-1", PROVIDER, "", "OBP-10001"),
        refused("the purpose id is too long", "bank-1", PROVIDER, &"x".repeat(65), "OBP-10001"),
        refused("the purpose id is not URL-friendly", "bank-1", PROVIDER, "on/boarding", "OBP-10001"),
        case("the purpose id is as long as it may be")
            .then(make("bank-1", PROVIDER, &format!("{}-._~", "x".repeat(60))), End::Reply(1)),
        case("every fault at once is the first of them")
            .then(make("bank 3", "vi deo", "on/boarding"), End::Refusal("OBP-30111"))
            .session(unavailable("not-supported"))
            .then(make("bank-3", "vi deo", "on/boarding"), End::Refusal("OBP-30001"))
            .session(unavailable("not-supported"))
            .then(make("bank-1", "vi deo", "on/boarding"), End::Refusal("OBP-10001"))
            .session(unavailable("not-supported")),
    ];
    cases.extend(UNAVAILABLE.map(|(reason, code)| {
        case(&format!("the provider answers {reason}"))
            .then(make("bank-1", PROVIDER, "onboarding"), End::Refusal(code))
            .session(unavailable(reason))
    }));
    cases
}

fn read() -> Vec<Case> {
    let given = || {
        let mut given = world().to_vec();
        given.push(meeting("bank-1", "m-1", "kim"));
        given
    };
    let get = |who: &str, bank: &str, id: &str| call("meetings", "get", [caller(who), bank.into(), id.into()]);
    let case = |name: &str| Case::new("getMeeting", name, given());
    let mut cases = vec![
        case("its maker is shown the token of the customer").then(get("kim", "bank-1", "m-1"), End::Reply(0)),
        case("another user is shown no token").then(get("lee", "bank-1", "m-1"), End::Reply(0)),
        case("the bank id is malformed").then(get("kim", "bank 1", "m-1"), End::Refusal("OBP-30111")),
        case("there is no such bank").then(get("kim", "bank-3", "m-1"), End::Refusal("OBP-30001")),
        case("there is no such meeting").then(get("kim", "bank-1", "m-2"), End::Refusal("OBP-30104")),
        case("the meeting is another bank's").then(get("kim", "bank-2", "m-1"), End::Refusal("OBP-30104")),
    ];
    cases.extend(UNAVAILABLE.map(|(reason, code)| {
        case(&format!("no provider serves: {reason}"))
            .then(get("kim", "bank-1", "m-2"), End::Refusal(code))
            .readiness(unavailable(reason))
    }));
    cases
}

fn list(who: &str, bank: &str) -> Call {
    call("meetings", "at-bank", [caller(who), bank.into()])
}

fn listed() -> Vec<Case> {
    let given = || {
        let mut given = world().to_vec();
        // All meetings have the same time. The last written one comes first.
        given.extend([meeting("bank-1", "m-2", "kim"), meeting("bank-2", "m-3", "kim")]);
        given.extend([meeting("bank-1", "m-1", "lee"), meeting("bank-1", "m-4", "kim")]);
        given
    };
    let case = |name: &str| Case::new("getMeetings", name, given());
    let mut cases = vec![
        case("newest first, each with the tokens of the caller").then(list("kim", "bank-1"), End::Reply(0)),
        case("for another user").then(list("lee", "bank-1"), End::Reply(0)),
        case("for a stranger").then(list("sam", "bank-1"), End::Reply(0)),
        Case::new("getMeetings", "of a bank that has none", world()).then(list("kim", "bank-1"), End::Reply(0)),
        case("the bank id is malformed").then(list("kim", "bank 1"), End::Refusal("OBP-30111")),
        case("there is no such bank").then(list("kim", "bank-3"), End::Refusal("OBP-30001")),
    ];
    cases.extend(UNAVAILABLE.map(|(reason, code)| {
        case(&format!("no provider serves: {reason}"))
            .then(list("kim", "bank-1"), End::Refusal(code))
            .readiness(unavailable(reason))
    }));
    cases
}

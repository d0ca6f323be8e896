//! Cases of the four KYC lists.

use serde_json::Value;

use super::kyc::{CHECK, DOCUMENT, Kind, MEDIA, entry};
use super::{Case, End, bank, call, caller, customer};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_kind("getKycChecks", &CHECK);
    cases.extend(of_kind("getKycDocuments", &DOCUMENT));
    cases.extend(statuses());
    cases.extend(of_kind("getKycMedia", &MEDIA));
    cases
}

/// Statuses come by date, and of the same date last written first.
fn statuses() -> Vec<Case> {
    let days = [("bank-1", 2, None), ("bank-2", 1, None), ("bank-1", 3, Some(1)), ("bank-2", 3, Some(2))];
    let entries = days.map(|(bank, days, after)| entry(bank, "c-1", "1", days != 1, days, after));
    let listed = |customer: &str| call("kyc", "statuses", [caller("kim"), customer.into()]);
    let world = || vec![bank("bank-1"), bank("bank-2"), customer("bank-1", "c-1"), customer("bank-2", "c-1")];
    let filled = || world().into_iter().chain(entries.clone()).collect::<Vec<_>>();
    let case = |name: &str, given: Vec<Value>| Case::new("getKycStatuses", name, given);
    vec![
        case("by date, newest first, of all banks", filled()).then(listed("c-1"), End::Reply(0)),
        case("of a customer who has none", world()).then(listed("c-1"), End::Reply(0)),
        case("no bank has such a customer", filled())
            .then(listed("c-3"), End::Refusal("OBP-30046"))
            .then(listed(""), End::Refusal("OBP-30046"))
            .then(listed("C-1"), End::Refusal("OBP-30046")),
    ]
}

fn of_kind(operation: &'static str, kind: &Kind) -> Vec<Case> {
    let records = [("bank-1", "r-1"), ("bank-2", "r-1"), ("bank-1", "r-2")];
    of(operation, kind.list, records.map(|(bank, id)| kind.record(bank, "c-1", id)).to_vec())
}

fn of(operation: &'static str, function: &str, records: Vec<Value>) -> Vec<Case> {
    let listed = |customer: &str| call("kyc", function, [caller("kim"), customer.into()]);
    // One customer at two banks, and another customer without records.
    let mut world = vec![bank("bank-1"), bank("bank-2"), customer("bank-1", "c-1"), customer("bank-2", "c-1")];
    world.push(customer("bank-1", "c-2"));
    let mut filled = world.clone();
    filled.extend(records.clone());
    let mut backwards = world.clone();
    backwards.extend(records.into_iter().rev());
    vec![
        Case::new(operation, "last written first, of all banks", filled.clone()).then(listed("c-1"), End::Reply(0)),
        Case::new(operation, "written in another order", backwards).then(listed("c-1"), End::Reply(0)),
        Case::new(operation, "of a customer who has none", filled).then(listed("c-2"), End::Reply(0)),
        Case::new(operation, "no bank has such a customer", world)
            .then(listed("c-3"), End::Refusal("OBP-30046"))
            .then(listed(""), End::Refusal("OBP-30046"))
            .then(listed("C-1"), End::Refusal("OBP-30046")),
    ]
}

//! The documents list every problem that the WIT's documentation names for an operation.

use obp_host::component::WIT;
use obp_host::obp::routes::ROUTES;

use super::{parsed, version_in};

/// The codes of a bank id that is malformed, and of one that no bank has.
const OF_BANK: [&str; 2] = ["OBP-30111", "OBP-30001"];

/// The codes after the word "Problem".
fn codes(docs: &str) -> Vec<&str> {
    let problems = docs.split_once("Problem").map_or("", |(_, problems)| problems);
    problems.match_indices("OBP-").filter_map(|(place, _)| problems.get(place..place + "OBP-".len() + 5)).collect()
}

#[test]
fn the_documents_list_every_problem_of_the_wit() {
    let (resolve, _) = parsed(WIT, version_in(WIT));
    let functions = resolve.interfaces.iter().flat_map(|(_, interface)| interface.functions.values());
    let (mut compared, mut missing) = (0, Vec::new());
    for docs in functions.filter_map(|function| function.docs.contents.as_deref()) {
        let operations = docs.split_once(':').map_or("", |(operations, _)| operations);
        let names: Vec<_> = operations.split(|character: char| !character.is_ascii_alphanumeric()).collect();
        for route in ROUTES.iter().filter(|route| names.contains(&route.operation)) {
            let listed: Vec<_> = route.errors().into_iter().map(|error| error.number()).collect();
            // A function may serve two operations, of which one has no bank in its path.
            let has_bank = route.parameters().any(|name| name == "BANK_ID");
            let possible = codes(docs).into_iter().filter(|code| has_bank || !OF_BANK.contains(code));
            let unlisted = possible.filter(|code| !listed.contains(code));
            missing.extend(unlisted.map(|code| format!("{}: {code}", route.operation)));
            compared += codes(docs).len();
        }
    }
    assert!(compared > 50, "only {compared} problems were found");
    assert!(missing.is_empty(), "{missing:#?}");
}

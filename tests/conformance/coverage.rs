//! The scenarios cover every row of the routing table and every error of the seed page.

use std::collections::BTreeSet;
use std::process::Command;

use hyper::StatusCode;
use obp_host::obp::routes::{Base, Login, ROUTES, Route};

use super::scenario::{Exchange, Scenario};
use super::{files, read};

/// Proof for an error of the page that no scenario can produce.
enum Proof {
    /// The path of the test that produces it.
    Test(&'static str),
    /// The reason why it cannot occur.
    Never(&'static str),
}

/// Errors without a scenario: the operation (`*` is every operation), the text, the proof.
const ELSEWHERE: &[(&str, &str, Proof)] = &[
    (
        "*",
        "OBP-50000: Unknown Error.",
        Proof::Test("faults::containment::an_import_that_fails_is_a_500_writes_nothing_and_harms_no_later_request"),
    ),
    ("*", "OBP-00004: Server error: could not add message", Proof::Test(WRITE_LOCK)),
    ("addKycDocument", "Server error: could not add KycDocument", Proof::Test(WRITE_LOCK)),
    ("createUser", "Error occurred during user creation.", Proof::Test(WRITE_LOCK)),
    (
        "createUser",
        "OBP-20001: User not logged in. Authentication is required!",
        Proof::Never("createUser needs no login (decision 9)"),
    ),
];

const WRITE_LOCK: &str = "faults::disk::while_another_process_holds_the_write_lock_writes_are_503_and_reads_go_on";

fn exchanges() -> Vec<Exchange> {
    let scenarios = files().into_iter().flat_map(|file| read(&file));
    scenarios.flat_map(|Scenario { exchanges, .. }| exchanges).collect()
}

/// Finds the row that a call leads to.
fn row_of(exchange: &Exchange) -> Option<&'static Route> {
    let path = exchange.path.split('?').next().unwrap_or_default();
    let (base, path) = match path.strip_prefix('~') {
        Some(path) => (Base::Root, path),
        None => (Base::Versioned, path.strip_prefix("/obp/v3.1.0").unwrap_or(path)),
    };
    let matches = |route: &&Route| {
        let (wanted, given): (Vec<_>, Vec<_>) = (route.path.split('/').collect(), path.split('/').collect());
        [base, Base::Either].contains(&route.base)
            && route.method == exchange.method
            && wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| is_parameter(wanted) || wanted == given)
    };
    // The row with the fewest parameters has priority: `/users/current`, not `/users/USER_ID`.
    ROUTES
        .iter()
        .filter(matches)
        .min_by_key(|route| route.path.split('/').filter(|segment| is_parameter(segment)).count())
}

fn is_parameter(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

#[test]
fn every_operation_has_a_scenario_that_succeeds_and_one_that_refuses_an_anonymous_caller() {
    let exchanges = exchanges();
    let mut missing = Vec::new();
    for route in ROUTES.iter() {
        let mut calls =
            exchanges.iter().filter(|exchange| row_of(exchange).is_some_and(|row| std::ptr::eq(row, route)));
        if !calls.clone().any(|call| call.status == route.success.as_u16()) {
            missing.push(format!("{} never succeeds", route.operation));
        }
        let anonymous = |call: &Exchange| call.user == "-" && call.status == StatusCode::UNAUTHORIZED.as_u16();
        if route.login == Login::Needed && !calls.any(anonymous) {
            missing.push(format!("{} is never called by an anonymous caller", route.operation));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_error_of_the_seed_page_that_can_occur_has_a_scenario() {
    let exchanges = exchanges();
    let page = include_str!("../fixtures/seed-errors.tsv");
    let mut missing = Vec::new();
    let mut operations = BTreeSet::new();
    for (operation, text) in page.lines().filter_map(|line| line.split_once('\t')) {
        operations.insert(operation);
        if ELSEWHERE.iter().any(|(name, elsewhere, _)| (*name == "*" || *name == operation) && *elsewhere == text) {
            continue;
        }
        let begins = format!(r#""message":"{text}"#);
        let answered = |call: &&Exchange| {
            call.answer.contains(&begins) && row_of(call).is_some_and(|row| row.operation == operation)
        };
        if !exchanges.iter().any(|call| answered(&call)) {
            missing.push(format!("{operation}: {text}"));
        }
    }
    assert_eq!(operations.len(), 13);
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_refusal_of_a_scenario_is_listed_for_its_operation() {
    let mut missing = BTreeSet::new();
    for call in exchanges() {
        let answer: Option<serde_json::Value> = serde_json::from_str(&call.answer).ok();
        let message = answer.as_ref().and_then(|answer| answer.get("code").and(answer.get("message"))?.as_str());
        let (Some(row), Some(message)) = (row_of(&call), message) else { continue };
        if !row.errors().iter().any(|error| message.starts_with(&error.message())) {
            missing.insert(format!("{}: {message}", row.operation));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The tests of this binary, by path.
fn tests() -> BTreeSet<String> {
    let list = Command::new(std::env::current_exe().unwrap()).args(["--list", "--format", "terse"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[test]
fn every_test_that_replaces_a_scenario_exists() {
    let tests = tests();
    for (operation, text, proof) in ELSEWHERE {
        match proof {
            Proof::Test(path) => assert!(tests.contains(*path), "{operation}: {text}: there is no test {path}"),
            Proof::Never(reason) => assert!(!reason.is_empty(), "{operation}: {text}"),
        }
    }
}

//! The scenarios must cover every row of the routing table and every error of the seed page.

use hyper::StatusCode;
use obp_host::obp::routes::{Base, Login, ROUTES, Route};

use super::scenario::{Exchange, Scenario};
use super::scenarios;

/// Errors of the page that scenarios cannot produce: the operation (`*`: all), the text, and why, or which test does.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("*", "OBP-50000: Unknown Error.", "faults::containment, for each of the thirteen"),
    ("*", "OBP-00004: Server error: could not add message", "faults::disk"),
    ("addKycDocument", "Server error: could not add KycDocument", "faults::disk"),
    ("createUser", "Error occurred during user creation.", "faults::disk"),
    ("createUser", "OBP-20001: User not logged in. Authentication is required!", "it is open (decision 9)"),
];

fn exchanges() -> Vec<Exchange> {
    let all = scenarios().into_iter().flat_map(|(_, scenarios)| scenarios);
    all.flat_map(|Scenario { exchanges, .. }| exchanges).collect()
}

/// The row that a call leads to, as far as its words tell.
fn row_of(exchange: &Exchange) -> Option<&'static Route> {
    let path = exchange.path.split('?').next().unwrap_or_default();
    let (base, path) = match path.strip_prefix('~') {
        Some(path) => (Base::Root, path),
        None => (Base::Versioned, path.strip_prefix("/obp/v3.1.0").unwrap_or(path)),
    };
    let matches = |route: &&Route| {
        let (wanted, given): (Vec<_>, Vec<_>) = (route.path.split('/').collect(), path.split('/').collect());
        route.base == base
            && route.method == exchange.method
            && wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| is_parameter(wanted) || wanted == given)
    };
    // The row with the fewest parameters is meant: `/users/current`, not `/users/USER_ID`.
    ROUTES
        .iter()
        .filter(matches)
        .min_by_key(|route| route.path.split('/').filter(|segment| is_parameter(segment)).count())
}

fn is_parameter(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

#[test]
fn every_operation_succeeds_in_some_scenario_and_is_refused_to_who_is_not_logged_in() {
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
            missing.push(format!("{} is never called without a login", route.operation));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_error_that_the_seed_page_lists_and_that_can_occur_is_answered_in_some_scenario() {
    let exchanges = exchanges();
    let page = include_str!("../fixtures/seed-errors.tsv");
    let mut missing = Vec::new();
    let mut operations = std::collections::BTreeSet::new();
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

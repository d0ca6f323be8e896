//! The table is consistent: checks that need no server.

mod documents;
mod paths;

use std::collections::BTreeSet;

use guest::limits::ID_CHARS_MAX;
use guest::{banks, kyc, meetings, passwords, users};

use super::{Body, Login, ROUTES, Route};
use crate::docs::{Doc, host, rule};
use crate::error_codes::{HostErrorCode, RefusalCode};

#[test]
fn every_operation_has_a_title_a_description_a_tag_and_examples_that_are_json() {
    for route in ROUTES.iter() {
        let Doc { summary, description, tags, implemented_in, errors, .. } = route.doc;
        let complete = [*summary, *description, *implemented_in].iter().all(|text| !text.is_empty());
        assert!(complete && !tags.is_empty() && !errors.is_empty(), "{} has gaps", route.operation);
        let (request, response) = (route.doc.request(), route.doc.response());
        assert_eq!(request.is_some(), route.body != Body::Ignored, "{}", route.operation);
        assert_eq!(response.is_none(), route.success == 204, "{}", route.operation);
        for example in [request, response].into_iter().flatten() {
            let value: serde_json::Value = serde_json::from_str(&example).unwrap();
            assert!(value.is_object(), "{}: {example}", route.operation);
        }
    }
}

#[test]
fn an_operation_lists_the_errors_of_login_and_roles_if_it_needs_them() {
    for route in ROUTES.iter() {
        let listed = route.doc.errors.contains(&host(HostErrorCode::NotLoggedIn));
        // The seed page lists it for createUser, which needs no login (decision 9).
        assert_eq!(listed, route.login == Login::Needed || route.operation == "createUser", "{}", route.operation);
        assert!(route.login == Login::Needed || route.doc.actions.is_empty(), "{}", route.operation);
        let about_roles = [rule(RefusalCode::RolesMissing), rule(RefusalCode::MayNotGrant)];
        let listed = route.doc.errors.iter().any(|error| about_roles.contains(error));
        assert_eq!(listed, !route.doc.roles().is_empty(), "{}", route.operation);
    }
}

#[test]
fn titles_and_operations_are_unique() {
    let mut seen = BTreeSet::new();
    for route in ROUTES.iter() {
        assert!(seen.insert(route.doc.summary) & seen.insert(route.operation), "{}", route.operation);
    }
}

/// The limits in the prose of a table are wrong or missing: the operation and the expected words.
fn wrong_limits(routes: &[Route]) -> Vec<(&'static str, String)> {
    let record_id = format!("up to {} characters", kyc::RECORD_ID_CHARS_MAX);
    let limits = [
        ("addKycCheck", record_id.clone()),
        ("addKycDocument", record_id.clone()),
        ("addKycMedia", record_id),
        ("createBank", format!("{} to {} letters", banks::ID_CHARS_MIN, banks::ID_CHARS_MAX)),
        ("createMeeting", format!("at most {} characters", meetings::PROVIDER_ID_CHARS_MAX)),
        ("createMeeting", format!("at most {} characters", meetings::PURPOSE_ID_CHARS_MAX)),
        ("createUser", format!("1 to {} of the characters", users::USERNAME_CHARS_MAX)),
        ("createUser", format!("at most {} bytes", passwords::PASSWORD_BYTES_MAX)),
        ("createUser", format!("at least {} characters, among them", passwords::PASSWORD_SHORT_CHARS_MIN)),
        ("createUser", format!("more than {} characters", passwords::PASSWORD_LONG_CHARS_MIN - 1)),
        ("getUsers", format!("at most {},{:03} at a time", users::PAGE_USERS_MAX / 1000, users::PAGE_USERS_MAX % 1000)),
    ];
    let description =
        |operation: &&str| routes.iter().find(|route| route.operation == *operation).unwrap().doc.description;
    limits.into_iter().filter(|(operation, words)| !description(operation).contains(words)).collect()
}

#[test]
fn the_limits_in_descriptions_and_explanations_are_those_of_the_rules() {
    assert_eq!(wrong_limits(&ROUTES), []);
    for code in ["OBP-30110", "OBP-30111"] {
        let when = crate::error_help::find(code).unwrap().when;
        assert!(when.contains(&format!("longer than {ID_CHARS_MAX} characters")), "{when}");
    }
    let when = crate::error_help::find("OBP-30207").unwrap().when;
    assert!(when.contains(&format!("more than {} bytes", passwords::PASSWORD_BYTES_MAX)), "{when}");
}

/// The control of the test above.
#[test]
fn another_limit_in_a_description_is_found() {
    let mut routes = ROUTES.clone();
    let bank = routes.iter_mut().find(|route| route.operation == "createBank").unwrap();
    bank.doc = &Doc { description: "The id has 5 to 17 letters.", ..Doc::EMPTY };
    assert_eq!(wrong_limits(&routes), [("createBank", "5 to 16 letters".to_owned())]);
}

//! The docs' own health: what can be told from them without a server.

use std::collections::BTreeSet;

use super::*;
use crate::routes::{Body, Login, ROUTES};

#[test]
fn every_operation_has_a_title_a_text_a_tag_and_examples_that_are_json() {
    for route in ROUTES {
        let Doc { summary, description, tags, implemented_in, request, response, errors, .. } = route.doc;
        let said = [*summary, *description, *implemented_in].iter().all(|text| !text.is_empty());
        assert!(said && !tags.is_empty() && !errors.is_empty(), "{} has gaps", route.operation);
        assert_eq!(request.is_some(), route.body == Body::Json, "{}", route.operation);
        assert_eq!(response.is_none(), route.success == 204, "{}", route.operation);
        for example in [request, response].into_iter().flatten() {
            let value: serde_json::Value = serde_json::from_str(example).unwrap();
            assert!(value.is_object(), "{}: {example}", route.operation);
        }
    }
}

#[test]
fn an_operation_that_needs_a_login_says_so_and_roles_are_for_those_only() {
    for route in ROUTES {
        let listed = route.doc.errors.contains(&own(Own::NotLoggedIn));
        // The page lists it for createUser, which is open (decision 9).
        assert_eq!(listed, route.login == Login::Needed || route.operation == "createUser", "{}", route.operation);
        assert!(route.login == Login::Needed || route.doc.actions.is_empty(), "{}", route.operation);
        let listed =
            route.doc.errors.iter().any(|error| [rule(Rule::RolesMissing), rule(Rule::MayNotGrant)].contains(error));
        assert_eq!(listed, !route.doc.roles().is_empty(), "{}", route.operation);
    }
}

#[test]
fn titles_and_operations_are_unique() {
    let mut seen = BTreeSet::new();
    for route in ROUTES {
        assert!(seen.insert(route.doc.summary) & seen.insert(route.operation), "{}", route.operation);
    }
}

//! Each path leads to its operation.

use hyper::Method;

use crate::route::{Base, Route, is_parameter};
use crate::router::{Found, Router};
use crate::routes::ROUTES;
use crate::versions::VERSIONS;

/// The operation and the values of the parameters, or the methods of the path.
fn found(method: Method, path: &str) -> String {
    let routes: Vec<&'static Route> = ROUTES.iter().collect();
    match Router::new(&routes).unwrap().find(&method, path) {
        Found::Route(route, _, parameters) => {
            let (names, values): (Vec<_>, Vec<_>) = parameters.into_iter().unzip();
            assert!(route.parameters().eq(names), "{}", route.operation);
            format!("{} {}", route.operation, values.join(","))
        }
        Found::OtherMethods(methods) => format!("has {methods}"),
        Found::Nothing => "nothing".to_owned(),
    }
}

#[test]
fn paths_lead_to_their_operation_under_every_version() {
    for version in VERSIONS {
        let path = format!("/obp/{version}/banks/b%201/customers/c/kyc_check/k%2F1");
        assert_eq!(found(Method::PUT, &path), "addKycCheck b 1,c,k/1");
    }
    let cases = [
        (Method::GET, "/obp/v3.1.0/customers/c/kyc_checks", "getKycChecks c"),
        (Method::HEAD, "/obp/v3.1.0/customers/c/kyc_checks", "getKycChecks c"),
        (Method::POST, "/my/logins/direct", "directLogin "),
        (Method::POST, "/obp/v5.1.0/my/logins/direct", "directLogin "),
        (Method::DELETE, "/obp/v5.1.0/my/logins/direct", "deleteDirectLogin "),
        (Method::GET, "/obp/v5.1.0/my/logins/direct", "has POST, DELETE"),
        (Method::GET, "/obp/v9.9.9/customers/c/kyc_checks", "nothing"),
        (Method::GET, "/obp/v3.1.0/customers/c/kyc_checks/", "getKycChecks c"),
        (Method::GET, "//obp/v3.1.0/customers/c/kyc_checks", "getKycChecks c"),
        (Method::GET, "/obp/v3.1.0", "rootIndex "),
        (Method::GET, "/obp/v3.1.0/customers/c/kyc_check", "nothing"),
        (Method::POST, "/obp/v3.1.0/customers/c/kyc_checks", "has GET"),
    ];
    for (method, path, expected) in cases {
        assert_eq!(found(method, path), expected, "{path}");
    }
}

#[test]
fn every_route_is_found_by_its_own_path_and_no_other_route_is() {
    for route in ROUTES.iter() {
        let values: Vec<_> = route.parameters().map(|name| format!("a {name}")).collect();
        let path: Vec<_> = route
            .path
            .split('/')
            .map(|segment| if is_parameter(segment) { format!("a%20{segment}") } else { segment.to_owned() })
            .collect();
        let base = if route.base == Base::Versioned { "/obp/v3.1.0" } else { "" };
        let expected = format!("{} {}", route.operation, values.join(","));
        assert_eq!(found(route.method.clone(), &format!("{base}{}", path.join("/"))), expected);
    }
}

#[test]
fn a_word_in_one_methods_path_does_not_hide_the_parameter_of_another_method() {
    let cases = [
        (Method::GET, "/banks/b/accounts/private", "getPrivateAccountsAtOneBank b"),
        (Method::PUT, "/banks/b/accounts/private", "createAccount b,private"),
        (Method::DELETE, "/banks/b/accounts/private", "has PUT, GET"),
        (Method::GET, "/banks/b/accounts/a", "has PUT"),
        (Method::GET, "/banks/b/accounts/private/views", "getViewsForBankAccount b,private"),
        (Method::GET, "/banks/b/accounts/private/owner/account", "getPrivateAccountById b,private"),
        (Method::GET, "/banks/b/accounts-held", "getAccountsHeld b"),
        (Method::GET, "/banks/b/accounts-held/x", "nothing"),
        (Method::POST, "/banks/b/customers/customer-number", "getCustomerByCustomerNumber b"),
        (Method::GET, "/banks/b/customers/customer-number", "getCustomer b,customer-number"),
        (Method::PUT, "/banks/b/customers/customer-number/number", "updateCustomerNumber b,customer-number"),
        (Method::POST, "/banks/b/customers/c", "has GET"),
        (Method::GET, "/users/current", "getCurrentUser "),
        (Method::POST, "/users/current", "has GET"),
        (Method::GET, "/users/current/customers", "getCustomersForUser "),
        (Method::GET, "/users/current/entitlements", "getEntitlements current"),
        (Method::GET, "/users/currently/entitlements", "getEntitlements currently"),
        (Method::GET, "/users/current/lock-status", "getUserLockStatus current"),
        (Method::GET, "/users/u", "nothing"),
        (Method::GET, "/users/OBP/u/lock-status", "getUserLockStatusByProvider OBP,u"),
        (Method::PUT, "/users/http%3A%2F%2Fo/u/lock-status", "unlockUserByProviderAndUsername http://o,u"),
        (Method::GET, "/users/provider/OBP/username/u", "getUserByProviderAndUsername OBP,u"),
        (Method::GET, "/users/u/customers", "nothing"),
        (Method::GET, "/users/username/user_id", "getUserByUsername user_id"),
        (Method::GET, "/users/user_id/username", "getUserByUserId username"),
        (Method::GET, "/users/username/lock-status", "getUserByUsername lock-status"),
        (Method::PUT, "/users/username/lock-status", "unlockUser username"),
        (Method::POST, "/users/user_id/entitlements", "addEntitlement user_id"),
        (Method::DELETE, "/users/user_id/entitlement/e", "deleteEntitlement user_id,e"),
        (Method::GET, "/users/u/entitlement-requests", "getEntitlementRequests u"),
        (Method::DELETE, "/users/u/lock-status", "has PUT, GET"),
        (Method::PATCH, "/banks", "has POST, GET"),
        (Method::HEAD, "/management/consumers/c", "has PUT"),
        (Method::GET, "/", "rootIndex "),
        (Method::GET, "/root", "root "),
        (Method::POST, "/root", "has GET"),
    ];
    for (method, path, expected) in cases {
        assert_eq!(found(method, &format!("/obp/v3.1.0{path}")), expected, "{path}");
    }
}

/// Two routes of one path may name its parameter differently: each gets its own name.
#[test]
fn a_parameter_has_the_name_of_the_route_that_was_found() {
    let route = |path, method: &str| {
        let route = Route { path, operation: path, method: method.parse().unwrap(), ..Route::GET };
        &*Box::leak(Box::new(route))
    };
    let routes = [route("/users/USERNAME", "GET"), route("/users/USER_ID", "PUT")];
    let router = Router::new(&routes).unwrap();
    for (method, name) in [(Method::GET, "USERNAME"), (Method::PUT, "USER_ID")] {
        let Found::Route(_, _, parameters) = router.find(&method, "/obp/v3.1.0/users/kim") else { panic!("{method}") };
        assert_eq!(parameters, [(name, "kim".to_owned())]);
    }
}

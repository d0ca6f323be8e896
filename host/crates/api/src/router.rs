//! Finds the row of the routing table for a method and a path. Compiled once.

use hyper::Method;
use percent_encoding::percent_decode_str;

use crate::routes::{Base, Route, VERSIONS};

/// What a method and a path lead to.
pub(super) enum Found {
    /// A row, and the path's parameters, decoded.
    Route(&'static Route, Vec<String>),
    /// The path is there, for these methods only; each once, in the order of the table.
    OtherMethods(String),
    /// No row has the path.
    Nothing,
}

/// The rows of one base. A router a method: what a static segment takes from one method's parameter, such as
/// `GET …/accounts/private`, it must not take from another's, such as `PUT …/accounts/ACCOUNT_ID`.
type Methods = Vec<(Method, matchit::Router<&'static Route>)>;

/// The routing table, compiled.
pub(super) struct Router {
    versioned: Methods,
    root: Methods,
}

impl Router {
    /// Compiles these routes.
    ///
    /// # Errors
    /// If two rows are for the same method and path, or a path cannot be told from another.
    pub(super) fn new(routes: impl Iterator<Item = &'static Route>) -> Result<Self, String> {
        let routes: Vec<_> = routes.collect();
        Ok(Self { versioned: compiled(&routes, Base::Versioned)?, root: compiled(&routes, Base::Root)? })
    }

    /// A HEAD is answered as the GET it asks about (RFC 9110 §9.3.2).
    pub(super) fn find(&self, method: &Method, path: &str) -> Found {
        let (methods, path) =
            match path.strip_prefix("/obp/").and_then(|rest| rest.find('/').map(|slash| rest.split_at(slash))) {
                Some((version, rest)) if VERSIONS.contains(&version) => (&self.versioned, rest),
                _ => (&self.root, path),
            };
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let own = methods.iter().find(|(served, _)| served == method);
        if let Some(found) = own.and_then(|(_, router)| router.at(path).ok()) {
            let params = found.params.iter().map(|(_, value)| decoded(value));
            return Found::Route(found.value, params.collect());
        }
        let others = methods.iter().filter(|(_, router)| router.at(path).is_ok());
        let others: Vec<_> = others.map(|(served, _)| served.as_str()).collect();
        if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others.join(", ")) }
    }
}

fn compiled(routes: &[&'static Route], base: Base) -> Result<Methods, String> {
    let mut methods = Methods::new();
    for route in routes.iter().copied().filter(|route| route.base == base) {
        let inserted = match methods.iter_mut().find(|(method, _)| *method == route.method) {
            Some((_, router)) => router.insert(pattern(route.path), route),
            None => {
                let mut router = matchit::Router::new();
                let inserted = router.insert(pattern(route.path), route);
                methods.push((route.method.clone(), router));
                inserted
            }
        };
        inserted.map_err(|error| format!("{}: {error}", route.operation))?;
    }
    Ok(methods)
}

/// `/banks/BANK_ID` as matchit writes it. Parameters go by position: rows of one path may name them differently.
fn pattern(path: &str) -> String {
    let segments = path.split('/').enumerate().map(|(index, segment)| {
        if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
            format!("{{p{index}}}")
        } else {
            segment.to_owned()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A segment without its percent-encoding. What is no text, or no store can hold, becomes a control character: no id has any.
fn decoded(segment: &str) -> String {
    const SUBSTITUTE: char = '\u{1a}';
    let bytes: Vec<u8> = percent_decode_str(segment).collect();
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(|character| if character == '\0' { SUBSTITUTE } else { character }));
        if !chunk.invalid().is_empty() {
            text.push(SUBSTITUTE);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    fn found(method: Method, path: &str) -> String {
        match Router::new(ROUTES.iter()).unwrap().find(&method, path) {
            Found::Route(route, params) => format!("{} {}", route.operation, params.join(",")),
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
            (Method::POST, "/obp/v3.1.0/my/logins/direct", "nothing"),
            (Method::GET, "/obp/v9.9.9/customers/c/kyc_checks", "nothing"),
            (Method::GET, "/obp/v3.1.0/customers/c/kyc_checks/", "nothing"),
            (Method::GET, "/obp/v3.1.0/customers/c/kyc_check", "nothing"),
            (Method::POST, "/obp/v3.1.0/customers/c/kyc_checks", "has GET"),
        ];
        for (method, path, expected) in cases {
            assert_eq!(found(method, path), expected, "{path}");
        }
    }

    #[test]
    fn every_row_is_found_by_its_own_path_and_no_other_row_by_it() {
        for route in ROUTES {
            let is_param = |segment: &&str| pattern(segment).starts_with('{');
            let values: Vec<_> = route.path.split('/').filter(is_param).map(|name| format!("a {name}")).collect();
            let path: Vec<_> = route
                .path
                .split('/')
                .map(|segment| if is_param(&segment) { format!("a%20{segment}") } else { segment.to_owned() })
                .collect();
            let base = if route.base == Base::Versioned { "/obp/v3.1.0" } else { "" };
            let expected = format!("{} {}", route.operation, values.join(","));
            assert_eq!(found(route.method.clone(), &format!("{base}{}", path.join("/"))), expected);
        }
    }

    #[test]
    fn a_word_in_a_path_is_no_parameter_and_hides_it_from_no_other_method() {
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

    #[test]
    fn operations_are_named_once() {
        let mut names: Vec<_> = ROUTES.iter().map(|route| route.operation).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}

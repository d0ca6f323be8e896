//! Finds the row of the routing table for a method and a path. Compiled once.

use hyper::Method;
use percent_encoding::percent_decode_str;

use super::routes::{Base, ROUTES, Route, VERSIONS};

/// What a method and a path lead to.
pub(super) enum Found {
    /// A row, and the path's parameters, decoded.
    Route(&'static Route, Vec<String>),
    /// The path is there, for these methods only.
    OtherMethods(String),
    /// No row has the path.
    Nothing,
}

/// The routing table, compiled.
pub(super) struct Router {
    versioned: matchit::Router<Vec<&'static Route>>,
    root: matchit::Router<Vec<&'static Route>>,
}

impl Router {
    /// Compiles [`ROUTES`].
    ///
    /// # Errors
    /// If two rows are for the same method and path, or a path cannot be told from another.
    pub(super) fn new() -> Result<Self, String> {
        Ok(Self { versioned: compiled(Base::Versioned)?, root: compiled(Base::Root)? })
    }

    /// A HEAD is answered as the GET it asks about (RFC 9110 §9.3.2).
    pub(super) fn find(&self, method: &Method, path: &str) -> Found {
        let (router, path) =
            match path.strip_prefix("/obp/").and_then(|rest| rest.find('/').map(|slash| rest.split_at(slash))) {
                Some((version, rest)) if VERSIONS.contains(&version) => (&self.versioned, rest),
                _ => (&self.root, path),
            };
        let Ok(found) = router.at(path) else { return Found::Nothing };
        let method = if method == Method::HEAD { &Method::GET } else { method };
        match found.value.iter().find(|route| route.method == *method) {
            Some(route) => {
                let params = found
                    .params
                    .iter()
                    .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().replace('\0', "\u{fffd}"));
                Found::Route(route, params.collect())
            }
            None => {
                let methods: Vec<_> = found.value.iter().map(|route| route.method.as_str()).collect();
                Found::OtherMethods(methods.join(", "))
            }
        }
    }
}

fn compiled(base: Base) -> Result<matchit::Router<Vec<&'static Route>>, String> {
    let mut router = matchit::Router::<Vec<&'static Route>>::new();
    for route in ROUTES.iter().filter(|route| route.base == base) {
        let path = pattern(route.path);
        if let Some(rows) = ROUTES.iter().find(|other| {
            other.base == base
                && other.method == route.method
                && pattern(other.path) == path
                && !std::ptr::eq(*other, route)
        }) {
            return Err(format!("{} and {} have the same method and path", rows.operation, route.operation));
        }
        match router.at_mut(&path) {
            // A path finds its own pattern only if the pattern is there already; another's parameters may match it too.
            Ok(found) if found.value.iter().any(|other| pattern(other.path) == path) => found.value.push(route),
            _ => router.insert(&path, vec![route]).map_err(|error| format!("{}: {error}", route.operation))?,
        }
    }
    Ok(router)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str) -> String {
        match Router::new().unwrap().find(&method, path) {
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
    fn operations_are_named_once() {
        let mut names: Vec<_> = ROUTES.iter().map(|route| route.operation).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}

//! Finds the route of a method and a path. Compiled once, from the table of operations.

use hyper::Method;
use percent_encoding::percent_decode_str;

use crate::route::{Base, Route, is_parameter};
use crate::versions::{DOCUMENTED, VERSIONS};

/// The result of a search.
pub(crate) enum Found {
    /// The route, the version in the path, and the names and decoded values of the path's parameters. A path without a version
    /// has the documented one.
    Route(&'static Route, &'static str, Vec<(&'static str, String)>),
    /// The path exists for these methods only.
    OtherMethods(String),
    /// No route has the path.
    Nothing,
}

/// The order in which the header `Allow` lists methods.
const METHODS: [Method; 4] = [Method::PUT, Method::POST, Method::GET, Method::DELETE];

/// The routes of one base: a router for each method. With a common router `GET …/accounts/private` would take that word from
/// the parameter of `PUT …/accounts/ACCOUNT_ID`.
type Methods = Vec<(Method, matchit::Router<&'static Route>)>;

/// The compiled table.
pub(crate) struct Router {
    versioned: Methods,
    root: Methods,
}

impl Router {
    /// Compiles these routes.
    ///
    /// # Errors
    /// If two routes have the same method and path, or their paths conflict.
    pub(crate) fn new(routes: &[&'static Route]) -> Result<Self, String> {
        Ok(Self { versioned: compiled(routes, Base::Versioned)?, root: compiled(routes, Base::Root)? })
    }

    /// Finds a route. A HEAD has the route of the GET (RFC 9110 §9.3.2).
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        let path = canonical_path(path);
        let versioned = path.strip_prefix("/obp/").and_then(split_version);
        let (version, path) = versioned.unwrap_or((DOCUMENTED, path));
        let methods = if versioned.is_some() { &self.versioned } else { &self.root };
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let own = methods.iter().find(|(served, _)| served == method);
        if let Some(found) = own.and_then(|(_, router)| router.at(path).ok()) {
            let route: &'static Route = found.value;
            let values = found.params.iter().map(|(_, value)| decoded(value));
            return Found::Route(route, version, route.parameters().zip(values).collect());
        }
        let others = methods.iter().filter(|(_, router)| router.at(path).is_ok());
        let others: Vec<_> = others.map(|(served, _)| served.as_str()).collect();
        if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others.join(", ")) }
    }
}

/// The path as the routes spell it: with one slash at its beginning and none at its end. Clients that join a base URL and a path
/// write others (decision 4). Slashes in between stay: an id between them would be lost.
#[must_use]
pub fn canonical_path(path: &str) -> &str {
    let path = without_further_slashes(path);
    path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path)
}

/// The path from the last of the slashes at its beginning.
fn without_further_slashes(path: &str) -> &str {
    let rest = path.trim_start_matches('/');
    path.get(path.len().saturating_sub(rest.len() + 1)..).unwrap_or(path)
}

/// The version and the path after it; `None` if there is no such version. A version alone is the path of its root.
fn split_version(rest: &str) -> Option<(&'static str, &str)> {
    let (version, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let version = VERSIONS.iter().copied().find(|known| *known == version)?;
    Some((version, if path.is_empty() { "/" } else { without_further_slashes(path) }))
}

fn compiled(routes: &[&'static Route], base: Base) -> Result<Methods, String> {
    let mut methods: Methods = METHODS.into_iter().map(|method| (method, matchit::Router::new())).collect();
    for route in routes.iter().copied().filter(|route| [base, Base::Either].contains(&route.base)) {
        let router = methods.iter_mut().find(|(method, _)| *method == route.method).map(|(_, router)| router);
        let router = router.ok_or_else(|| format!("{}: {} is not supported", route.operation, route.method))?;
        router.insert(pattern(route.path), route).map_err(|error| format!("{}: {error}", route.operation))?;
    }
    Ok(methods)
}

/// A path in matchit's notation. Its parameters have their position for a name: two routes may name the same one differently,
/// and matchit accepts only one name in one place.
fn pattern(path: &str) -> String {
    let segments = path
        .split('/')
        .enumerate()
        .map(|(index, segment)| if is_parameter(segment) { format!("{{p{index}}}") } else { segment.to_owned() });
    segments.collect::<Vec<_>>().join("/")
}

/// A segment without percent-encoding. Bytes that are not text, and U+0000, become a control character, which no id may contain.
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

    #[test]
    fn slashes_at_the_beginning_and_one_at_the_end_do_not_change_the_path() {
        for (path, expected) in [
            ("/a/b", "/a/b"),
            ("//a/b", "/a/b"),
            ("///a/b/", "/a/b"),
            ("/a//b", "/a//b"),
            ("/a/b//", "/a/b/"),
            ("/", "/"),
            ("//", "/"),
            ("*", "*"),
            ("", ""),
        ] {
            assert_eq!(canonical_path(path), expected, "{path}");
        }
        for (rest, expected) in [
            ("v3.1.0", ("v3.1.0", "/")),
            ("v3.1.0/banks", ("v3.1.0", "/banks")),
            ("v3.1.0//banks", ("v3.1.0", "/banks")),
            ("v3.1.0/banks//x", ("v3.1.0", "/banks//x")),
        ] {
            assert_eq!(split_version(rest), Some(expected), "{rest}");
        }
        assert_eq!(split_version("v9.9.9/banks"), None);
    }
}

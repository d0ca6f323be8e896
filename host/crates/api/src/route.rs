//! A row of the table of operations: path, login, body, description and handler of one operation.

use std::pin::Pin;

use hyper::{Method, StatusCode};

use crate::call::{Answer, Call};
use crate::docs::Doc;
use crate::error_codes::HostErrorCode::{
    ConsumerKeyInvalid, JsonIncorrect, LoginParametersMissing, MethodUnknown, NotLoggedIn, PathUnknown,
    ProtocolIncorrect, Saturated, TokenInvalid, Unknown,
};
use crate::error_codes::{ErrorCode, HostErrorCode};
pub use crate::versions::{DOCUMENTED, VERSIONS};

/// The prefix of a route's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `/obp/vX.Y.Z`, for every version in [`VERSIONS`].
    Versioned,
    /// The path has no prefix.
    Root,
    /// The path may have the prefix. The documents show the path without it.
    Either,
}

/// Whether a route needs a login. The API checks it before everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// The request needs a valid token.
    Needed,
    /// The API ignores tokens.
    Open,
}

/// Whether a route reads a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The request needs a body with a JSON content type.
    Json,
    /// The body may carry a login. The API ignores it if a header has one, and demands no content type.
    Login,
    /// The API ignores bodies.
    Ignored,
}

/// Where a request waits for its place. Requests of one room cannot take the places of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The room of ordinary requests. A request that finds no place is answered with 503 at once.
    Requests,
    /// The room of logins, which wait for password hashing. The handler takes the place.
    Logins,
}

/// Whether a client may store an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// The client must not store it.
    Nothing,
    /// The client may store it, and must ask each time whether it is still current. The answer has an `ETag`.
    Validated,
}

/// The function that handles an operation's calls.
pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// An operation.
#[derive(Clone)]
pub struct Route {
    /// The method. A HEAD is answered like a GET.
    pub method: Method,
    /// The prefix of the path.
    pub base: Base,
    /// The path after the prefix. Segments in capitals are parameters.
    pub path: &'static str,
    /// The operation's name in the reference.
    pub operation: &'static str,
    /// Whether it needs a login.
    pub login: Login,
    /// Whether it reads a body.
    pub body: Body,
    /// Where it waits for its place.
    pub room: Room,
    /// The status of a successful answer.
    pub success: StatusCode,
    /// The error code for changes that could not be stored, if the contract has one for this operation (decision 1).
    pub write_error: Option<HostErrorCode>,
    /// Whether a client may store the answer.
    pub cache: Cache,
    /// The description for the documents.
    pub doc: &'static Doc,
    /// Handles a call.
    pub handler: Handler,
}

/// Default rows. A row of a noun replaces path, operation, handler and description, and every other field that differs.
impl Route {
    /// A route that reads.
    pub(crate) const GET: Self = Self {
        method: Method::GET,
        base: Base::Versioned,
        path: "",
        operation: "",
        login: Login::Needed,
        body: Body::Ignored,
        room: Room::Requests,
        success: StatusCode::OK,
        write_error: None,
        cache: Cache::Nothing,
        doc: &Doc::EMPTY,
        handler: |_| Box::pin(std::future::ready(Ok(None))),
    };
    /// A route that creates a record from a JSON body.
    pub(crate) const POST: Self =
        Self { method: Method::POST, body: Body::Json, success: StatusCode::CREATED, ..Self::GET };
    /// A route that stores a JSON body under an id in the path.
    pub(crate) const PUT: Self = Self { method: Method::PUT, body: Body::Json, ..Self::GET };
    /// A route that deletes. Its answer has no body.
    pub(crate) const DELETE: Self = Self { method: Method::DELETE, success: StatusCode::NO_CONTENT, ..Self::GET };
}

impl Route {
    /// Whether another route has the same method and path.
    pub(crate) fn has_place_of(&self, other: &Self) -> bool {
        (&self.method, self.base, self.path) == (&other.method, other.base, other.path)
    }

    /// The path on this server, with this version if the route has one. Parameters are words in capitals.
    #[must_use]
    pub fn path_under(&self, version: &str) -> String {
        match self.base {
            Base::Versioned => format!("/obp/{version}{}", self.path),
            Base::Root | Base::Either => self.path.to_owned(),
        }
    }

    /// The errors of the operation, each once: those of its description, then those of its login, body and path, then those of
    /// every operation.
    #[must_use]
    pub fn errors(&self) -> Vec<ErrorCode> {
        let of_login: &[_] = match self.login {
            Login::Needed => &[NotLoggedIn, LoginParametersMissing, TokenInvalid, ConsumerKeyInvalid],
            Login::Open => &[],
        };
        let of_body: &[_] = if self.body == Body::Ignored { &[] } else { &[JsonIncorrect] };
        let of_path: &[_] = if self.parameters().next().is_some() { &[PathUnknown] } else { &[] };
        let of_all = &[MethodUnknown, ProtocolIncorrect, Saturated, Unknown];
        let derived = [of_login, of_body, of_path, of_all].concat().into_iter().map(ErrorCode::Host);
        let mut errors: Vec<ErrorCode> = Vec::new();
        for error in self.doc.errors.iter().chain(self.doc.further_errors).copied().chain(derived) {
            if errors.iter().all(|listed| listed.message() != error.message()) {
                errors.push(error);
            }
        }
        errors
    }

    /// The names of the path's parameters, in the order of the path.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter(|segment| is_parameter(segment))
    }
}

/// Whether a segment of a route's path is a parameter: a word in capitals, such as `BANK_ID`.
#[must_use]
pub fn is_parameter(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

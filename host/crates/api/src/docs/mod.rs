//! The description of an operation: prose, examples, limits and errors.
//!
//! A [`Doc`] stands in the operation's row. It repeats nothing that stands elsewhere: method, path, login and status are in
//! the row, roles in the rules' access table, texts of errors in the tables of codes. The resource docs, the Swagger and
//! OpenAPI documents and the Explorer are made from it.

mod example;
pub mod fields;
mod indented;
pub(crate) mod markdown;
pub(crate) mod meanings;

use guest::access::{Action, Need, need};
use guest::caller::AccessProfile;
use guest::roles::Role;

pub use self::example::Sample;
pub(crate) use self::example::{example, placeholder};
use self::fields::{Field, Query};
pub use self::indented::indented;
use crate::error_codes::{ErrorCode, HostErrorCode, RefusalCode};
use crate::versions::DOCUMENTED;

/// Makes the JSON of an example from a typed value.
pub type Example = fn() -> Sample;

/// The description of an operation.
pub struct Doc {
    /// The title. The seed page's, if the page has the operation.
    pub summary: &'static str,
    /// The purpose, in Markdown: paragraphs, lists, `` `code` ``, `*emphasis*` and `**strong emphasis**`.
    pub description: &'static str,
    /// The tags. The first one is the operation's group.
    pub tags: &'static [&'static str],
    /// The first version of the API with this operation, such as `2_0_0`.
    pub implemented_in: &'static str,
    /// A body that the server accepts. `None` if the operation reads no body.
    pub request: Option<Example>,
    /// An answer. `None` if the answer has no body.
    pub response: Option<Example>,
    /// The rows of the access table that the operation can ask for.
    pub actions: &'static [Action],
    /// The errors of the operation, in their order in the documents. The seed page's, if the page has the operation.
    pub errors: &'static [ErrorCode],
    /// Errors that the seed page does not list. They follow the others.
    pub further_errors: &'static [ErrorCode],
    /// The rules for the request's values, beyond the types that the example shows.
    pub fields: &'static [Field],
    /// The parameters of the query.
    pub query: &'static [Query],
    /// A sentence to show before everything else. Mostly empty.
    pub special_instructions: &'static str,
}

impl Doc {
    /// A description without content. A row replaces the fields that the operation needs.
    pub(crate) const EMPTY: Self = Self {
        summary: "",
        description: "",
        tags: &[],
        implemented_in: "",
        request: None,
        response: None,
        actions: &[],
        errors: &[],
        further_errors: &[],
        fields: &[],
        query: &[],
        special_instructions: "",
    };

    /// The roles of which the caller needs one, from the access table. Empty if a login, or nothing, is enough.
    ///
    /// createAccount needs its role only for an account of another user. It is listed, as on the seed page.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        let mut roles = Vec::new();
        for action in self.actions {
            let Need::AnyOf(any_of) = need(AccessProfile::Seed, *action) else { continue };
            for role in any_of {
                if !roles.contains(role) {
                    roles.push(*role);
                }
            }
        }
        roles
    }

    /// The description as well-formed XHTML without attributes.
    #[must_use]
    pub fn description_html(&self) -> String {
        markdown::to_xhtml(self.description)
    }

    /// The example body as compact JSON. Every version accepts it.
    #[must_use]
    pub fn request(&self) -> Option<String> {
        self.request.map(|example| example().under(DOCUMENTED))
    }

    /// The example answer as compact JSON.
    #[must_use]
    pub fn response(&self) -> Option<String> {
        self.response_under(DOCUMENTED)
    }

    /// The example answer of a version as compact JSON.
    #[must_use]
    pub fn response_under(&self, version: &str) -> Option<String> {
        self.response.map(|example| example().under(version))
    }

    /// The example body as indented JSON.
    #[must_use]
    pub fn request_pretty(&self) -> Option<String> {
        self.request().map(|json| indented(&json))
    }

    /// The example answer as indented JSON.
    #[must_use]
    pub fn response_pretty(&self) -> Option<String> {
        self.response().map(|json| indented(&json))
    }

    /// The first version of the API with this operation, in the form of paths: `v2.0.0`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("v{}", self.implemented_in.replace('_', "."))
    }

    /// The operation's name across all versions: `OBPv2.0.0-addKycCheck`. With underscores in place of the dots it is the
    /// operation's anchor on a page.
    #[must_use]
    pub fn operation_id(&self, operation: &str) -> String {
        format!("OBP{}-{operation}", self.version())
    }
}

/// An error of the rules.
pub(crate) const fn rule(code: RefusalCode) -> ErrorCode {
    ErrorCode::Rules(code)
}

/// An error of the host.
pub(crate) const fn host(code: HostErrorCode) -> ErrorCode {
    ErrorCode::Host(code)
}

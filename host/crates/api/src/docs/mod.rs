//! What is said of the operations: a [`Doc`] for each row of the routing table, in a file a noun.
//!
//! Prose and examples only. What else there is to know of an operation stands elsewhere, once: method, path, login and
//! status in its row, who may in the rules' access table, the texts of errors in the catalogues. The resource docs, the
//! Swagger and OpenAPI documents and the pages for people are all derived from here.

pub mod accounts;
pub mod banks;
pub mod consumers;
pub mod customers;
pub mod entitlements;
pub mod fields;
pub mod kyc;
pub mod login;
mod markdown;
pub mod meetings;
pub mod meta;
mod pretty;
#[cfg(test)]
mod tests;
pub mod users;

use guest::access::{Action, Need, need};
use guest::caller::AccessProfile;
use guest::refusals::RefusalCode as Rule;
use guest::roles::Role;

use self::fields::{Field, Query};
pub use self::pretty::indented;
use super::error_codes::{Code as Own, Error};

/// What is said of an operation.
pub struct Doc {
    /// A title; the seed page's, where the page has the operation.
    pub summary: &'static str,
    /// What it does, in a small part of Markdown: paragraphs, lists (`- `), `` `code` `` and `**bold**`.
    pub description: &'static str,
    /// The first one groups it.
    pub tags: &'static [&'static str],
    /// The version of the API that had it first, as `2_0_0`.
    pub implemented_in: &'static str,
    /// A body that the server accepts, as JSON; `None` where it reads none.
    pub request: Option<&'static str>,
    /// What is answered, as JSON; `None` where an answer has no body.
    pub response: Option<&'static str>,
    /// The rows of the access table that the operation can ask for.
    pub actions: &'static [Action],
    /// The errors that are worth telling, in the order that they are told in: the seed page's, where the page has the operation.
    pub errors: &'static [Error],
    /// What the request's values must look like, beyond the type that the example shows.
    pub fields: &'static [Field],
    /// What may stand in the query.
    pub query: &'static [Query],
    /// A sentence shown before everything else; mostly none.
    pub special_instructions: &'static str,
}

impl Doc {
    /// What most operations do not have.
    const PLAIN: Self = Self {
        summary: "",
        description: "",
        tags: &[],
        implemented_in: "",
        request: None,
        response: None,
        actions: &[],
        errors: &[],
        fields: &[],
        query: &[],
        special_instructions: "",
    };

    /// The roles of which one is needed, as the access table has it; none where a login, or less, is enough.
    ///
    /// createAccount needs its role only for somebody else's account; it is listed, as on the seed page.
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

    /// The texts of [`Doc::errors`], to the letter and in order.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        self.errors.iter().map(|error| error.message()).collect()
    }

    /// The description as well-formed XHTML: `p`, `ul`, `li`, `code` and `strong`, without attributes.
    #[must_use]
    pub fn description_html(&self) -> String {
        markdown::to_xhtml(self.description)
    }

    /// The example body, indented for people; its keys stay in their order.
    #[must_use]
    pub fn request_pretty(&self) -> Option<String> {
        self.request.map(pretty::indented)
    }

    /// The example answer, indented for people.
    #[must_use]
    pub fn response_pretty(&self) -> Option<String> {
        self.response.map(pretty::indented)
    }

    /// The version that had it first, as paths have it: `v2.0.0`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("v{}", self.implemented_in.replace('_', "."))
    }

    /// The operation's name among those of all versions: `OBPv2.0.0-addKycCheck`. With underscores for the dots it is the
    /// anchor that links to the operation on a page.
    #[must_use]
    pub fn operation_id(&self, operation: &str) -> String {
        format!("OBP{}-{operation}", self.version())
    }
}

/// An error of the rules.
const fn rule(code: Rule) -> Error {
    Error::Rules(code)
}

/// An error of the host.
const fn own(code: Own) -> Error {
    Error::Host(code)
}

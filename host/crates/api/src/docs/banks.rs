//! What is said of the operations on banks.

use guest::access::Action;
use guest::refusals::RefusalCode::{BankIdMalformed, BankUnknown, RolesMissing};

use super::fields::Shape::{BankId, Text};
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, Unknown};

const BANK: &str = r#"{"id":"gh.29.uk","full_name":"The Bank of Examples","short_name":"Example Bank","logo_url":"https://www.example.com/logo.png","website_url":"https://www.example.com","swift_bic":"EXAMPLEX","national_identifier":"EX-29","bank_routing":{"scheme":"OBP","address":"gh.29.uk"}}"#;

/// getBanks.
pub static ALL: Doc = Doc {
    summary: "Get Banks",
    description: "All banks on this server, sorted by id. Nobody needs to be logged in for it.",
    response: Some(
        r#"{"banks":[{"id":"gh.29.uk","short_name":"Example Bank","full_name":"The Bank of Examples","logo":"https://www.example.com/logo.png","website":"https://www.example.com","bank_routing":{"scheme":"OBP","address":"gh.29.uk"}}]}"#,
    ),
    errors: &[own(Unknown)],
    ..BANKS
};

/// getBank.
pub static GET: Doc = Doc {
    summary: "Get Bank",
    description: "The bank `BANK_ID`. Nobody needs to be logged in for it.",
    response: Some(
        r#"{"id":"gh.29.uk","short_name":"Example Bank","full_name":"The Bank of Examples","logo":"https://www.example.com/logo.png","website":"https://www.example.com","bank_routing":{"scheme":"OBP","address":"gh.29.uk"}}"#,
    ),
    errors: &[rule(BankIdMalformed), rule(BankUnknown), own(Unknown)],
    ..BANKS
};

/// createBank.
pub static CREATE: Doc = Doc {
    summary: "Create Bank",
    description: "Creates a bank, or replaces what is said of the bank of that id. Its id has 5 to 16 letters, digits, `-`, `.` and `_`.\n\nWho creates a bank gets the role CanCreateEntitlementAtOneBank there, and so can let others work at it.\n\nA login is needed, and the role.",
    request: Some(BANK),
    response: Some(BANK),
    actions: &[Action::CreateBank],
    errors: &[own(NotLoggedIn), own(JsonIncorrect), rule(RolesMissing), rule(BankIdMalformed), own(Unknown)],
    fields: &[
        ("id", BankId(5, 16)),
        ("full_name", Text(0, 255)),
        ("short_name", Text(0, 255)),
        ("logo_url", Text(0, 255)),
        ("website_url", Text(0, 255)),
        ("swift_bic", Text(0, 255)),
        ("national_identifier", Text(0, 255)),
        ("bank_routing.scheme", Text(0, 255)),
        ("bank_routing.address", Text(0, 255)),
    ],
    ..BANKS
};

const BANKS: Doc = Doc { tags: &["Bank"], implemented_in: "2_2_0", ..Doc::PLAIN };

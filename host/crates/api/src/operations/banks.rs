//! The operations on banks over HTTP.

use bindings::banks_types::{Bank, BankDraft, Banks};
use bindings::calls::banks;
use bindings::samples;
use guest::access::Action;
use guest::banks::{ID_CHARS_MAX, ID_CHARS_MIN, TEXT_CHARS_MAX};
use guest::limits::URL_CHARS_MAX;

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::{BankId, Text};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{BankIdMalformed, BankUnknown, RolesMissing};
use crate::route::{Login, Route};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/banks",
        operation: "getBanks",
        login: Login::Open,
        handler: |call| Box::pin(all(call)),
        doc: &Doc {
            summary: "Get Banks",
            description: "All banks on this server, sorted by id. No login needed.",
            response: Some(|| example(&Banks { banks: vec![bank()] })),
            errors: &[host(Unknown)],
            ..BANKS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID",
        operation: "getBank",
        login: Login::Open,
        handler: |call| Box::pin(get(call)),
        doc: &Doc {
            summary: "Get Bank",
            description: "The bank `BANK_ID`. No login needed.",
            response: Some(|| example(&bank())),
            errors: &[rule(BankIdMalformed), rule(BankUnknown), host(Unknown)],
            ..BANKS
        },
        ..Route::GET
    },
    Route {
        path: "/banks",
        operation: "createBank",
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create Bank",
            description: "Creates a bank, or replaces the data of the bank with this id. The id has 5 to 16 letters, digits, `-`, `.` and `_`.\n\nThe creator of a bank gets the role CanCreateEntitlementAtOneBank there, and can grant the roles of the bank with it.\n\nYou need a login and the role.",
            request: Some(|| example(&samples::bank_draft())),
            response: Some(|| example(&samples::bank_draft())),
            actions: &[Action::CreateBank],
            errors: &[host(NotLoggedIn), host(JsonIncorrect), rule(RolesMissing), rule(BankIdMalformed), host(Unknown)],
            fields: &[
                ("id", BankId(ID_CHARS_MIN, ID_CHARS_MAX)),
                ("full_name", Text(0, TEXT_CHARS_MAX)),
                ("short_name", Text(0, TEXT_CHARS_MAX)),
                ("logo_url", Text(0, URL_CHARS_MAX)),
                ("website_url", Text(0, URL_CHARS_MAX)),
                ("swift_bic", Text(0, TEXT_CHARS_MAX)),
                ("national_identifier", Text(0, TEXT_CHARS_MAX)),
                ("bank_routing.scheme", Text(0, TEXT_CHARS_MAX)),
                ("bank_routing.address", Text(0, TEXT_CHARS_MAX)),
            ],
            ..BANKS
        },
        ..Route::POST
    },
];

const BANKS: Doc = Doc { tags: &["Bank"], implemented_in: "2_2_0", ..Doc::EMPTY };

async fn all(call: Call) -> Answer {
    reply(call.session.query(banks::all()).await?)
}

async fn get(call: Call) -> Answer {
    let bank = call.path("BANK_ID")?;
    reply(call.session.query(banks::get(bank)).await?)
}

async fn create(call: Call) -> Answer {
    let draft: BankDraft = call.body()?;
    let caller = call.caller()?;
    reply(call.session.write(banks::create(caller, &draft)).await?)
}

fn bank() -> Bank {
    let BankDraft { id, full_name, short_name, logo_url, website_url, bank_routing, .. } = samples::bank_draft();
    Bank { id, short_name, full_name, logo: logo_url, website: website_url, bank_routing }
}

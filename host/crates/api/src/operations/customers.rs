//! The operations on customers over HTTP. The JSON of a customer is flat and has two keys in camel case (surface §2.7).

use bindings::calls::customers;
use bindings::customers_types::{
    Amount, CreditRating, Customer, CustomerDraft, CustomerNumberDraft, FaceImage, LinkDraft, UserCustomerLink,
};
use bindings::samples;
use bindings::timestamp::Timestamp;
use guest::access::Action;
use guest::customers::{CUSTOMER_NUMBER_CHARS_MAX, TEXT_CHARS_MAX};
use guest::limits::URL_CHARS_MAX;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::{AsMany, Decimal, Text, Visible};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{
    BankIdMalformed, BankUnknown, CustomerNumberTaken, CustomerUnknown, DependantsDiffer, RolesMissing, UserLinked,
    UserUnknown,
};
use crate::route::Route;

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/banks/BANK_ID/customers",
        operation: "createCustomer",
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create Customer",
            description: "Creates a customer of the bank `BANK_ID`. The server chooses its id and its number.\n\n`dependants` must equal the number of dates in `dob_of_dependants`. `branch_id` and `name_suffix` are accepted in place of `branchId` and `nameSuffix`.\n\nA user can act for the customer after createUserCustomerLink.\n\nYou need a login and one of the roles.",
            request: Some(|| example(&Draft(samples::customer_draft()))),
            response: Some(|| example(&ShownCustomer::from(customer()))),
            actions: &[Action::CreateCustomer],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(RolesMissing),
                rule(DependantsDiffer),
                host(Unknown),
            ],
            fields: &[
                ("legal_name", Text(0, TEXT_CHARS_MAX)),
                ("mobile_phone_number", Text(0, TEXT_CHARS_MAX)),
                ("email", Text(0, TEXT_CHARS_MAX)),
                ("face_image.url", Text(0, URL_CHARS_MAX)),
                ("relationship_status", Text(0, TEXT_CHARS_MAX)),
                ("dob_of_dependants", AsMany("dependants", 8)),
                ("credit_rating.rating", Text(0, TEXT_CHARS_MAX)),
                ("credit_rating.source", Text(0, TEXT_CHARS_MAX)),
                ("credit_limit.currency", Text(0, TEXT_CHARS_MAX)),
                ("credit_limit.amount", Decimal(TEXT_CHARS_MAX)),
                ("highest_education_attained", Text(0, TEXT_CHARS_MAX)),
                ("employment_status", Text(0, TEXT_CHARS_MAX)),
                ("title", Text(0, TEXT_CHARS_MAX)),
                ("branchId", Text(0, TEXT_CHARS_MAX)),
                ("nameSuffix", Text(0, TEXT_CHARS_MAX)),
            ],
            ..CUSTOMERS
        },
        ..Route::POST
    },
    Route {
        path: "/banks/BANK_ID/customers/CUSTOMER_ID",
        operation: "getCustomer",
        handler: |call| Box::pin(get(call)),
        doc: &Doc {
            summary: "Get Customer by CUSTOMER_ID",
            description: "The customer `CUSTOMER_ID` of the bank `BANK_ID`.\n\nYou need a login and the role.",
            response: Some(|| example(&ShownCustomer::from(customer()))),
            actions: &[Action::ReadCustomer],
            errors: &[
                host(NotLoggedIn),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(CustomerUnknown),
                rule(RolesMissing),
                host(Unknown),
            ],
            ..CUSTOMERS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/customers/customer-number",
        operation: "getCustomerByCustomerNumber",
        handler: |call| Box::pin(by_number(call)),
        doc: &Doc {
            summary: "Get Customer by CUSTOMER_NUMBER",
            description: "The customer with this number at the bank `BANK_ID`. The number is in the body, so no log of URLs contains it. The status is 201, as in OBP.\n\nYou need a login and the role.",
            request: Some(|| example(&samples::customer_number_draft())),
            response: Some(|| example(&ShownCustomer::from(customer()))),
            actions: &[Action::ReadCustomer],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(RolesMissing),
                rule(CustomerUnknown),
                host(Unknown),
            ],
            fields: &[("customer_number", Visible(1, CUSTOMER_NUMBER_CHARS_MAX))],
            ..CUSTOMERS
        },
        ..Route::POST
    },
    Route {
        path: "/banks/BANK_ID/customers/CUSTOMER_ID/number",
        operation: "updateCustomerNumber",
        handler: |call| Box::pin(update_number(call)),
        doc: &Doc {
            summary: "Update the number of a Customer",
            description: "Gives the customer `CUSTOMER_ID` another number. Customers of one bank have different numbers.\n\nYou need a login and the role.",
            request: Some(|| example(&samples::customer_number_draft())),
            response: Some(|| example(&ShownCustomer::from(customer()))),
            actions: &[Action::ChangeCustomerNumber],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(CustomerUnknown),
                rule(RolesMissing),
                rule(CustomerNumberTaken),
                host(Unknown),
            ],
            fields: &[("customer_number", Visible(1, CUSTOMER_NUMBER_CHARS_MAX))],
            ..CUSTOMERS
        },
        ..Route::PUT
    },
    Route {
        path: "/banks/BANK_ID/customers",
        operation: "getCustomersForUserAtBank",
        handler: |call| Box::pin(mine_at_bank(call)),
        doc: &Doc {
            summary: "Get Customers for current User at Bank",
            description: "The customers of the bank `BANK_ID` that you are linked to. The list may be empty.\n\nYou need a login.",
            implemented_in: "2_1_0",
            response: Some(|| example(&ShownCustomers::from(vec![customer()]))),
            errors: &[host(NotLoggedIn), rule(BankIdMalformed), rule(BankUnknown), host(Unknown)],
            ..CUSTOMERS
        },
        ..Route::GET
    },
    Route {
        path: "/users/current/customers",
        operation: "getCustomersForUser",
        handler: |call| Box::pin(mine(call)),
        doc: &Doc {
            summary: "Get Customers for current User",
            description: "The customers of all banks that you are linked to. The list may be empty.\n\nYou need a login.",
            implemented_in: "3_0_0",
            response: Some(|| example(&ShownCustomers::from(vec![customer()]))),
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..CUSTOMERS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/user_customer_links",
        operation: "createUserCustomerLink",
        handler: |call| Box::pin(link(call)),
        doc: &Doc {
            summary: "Create User Customer Link",
            description: "Lets a user act for a customer of the bank `BANK_ID`. A user has at most one customer at a bank.\n\nYou need a login and one of the roles.",
            implemented_in: "2_0_0",
            request: Some(|| example(&samples::link_draft())),
            response: Some(|| example(&link_sample())),
            actions: &[Action::LinkUserToCustomer],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(CustomerUnknown),
                rule(RolesMissing),
                rule(UserUnknown),
                rule(UserLinked),
                host(Unknown),
            ],
            special_instructions: "Replace both ids of the example by ids of yours.",
            ..CUSTOMERS
        },
        ..Route::POST
    },
];

const CUSTOMERS: Doc = Doc { tags: &["Customer"], implemented_in: "3_1_0", ..Doc::EMPTY };

/// A customer as clients see it: the server's ids, then the keys of the draft.
#[derive(Debug, Deserialize, Serialize)]
#[serde(from = "(Ids, Draft)")]
pub struct ShownCustomer {
    /// The customer's bank.
    pub bank_id: String,
    /// The server's id of the customer.
    pub customer_id: String,
    /// The number that the bank knows the customer by.
    pub customer_number: String,
    /// The customer's data, as createCustomer received it.
    #[serde(flatten, with = "Details")]
    pub details: CustomerDraft,
}

/// The answer of the operations that list customers.
#[derive(Debug, Deserialize, Serialize)]
pub struct ShownCustomers {
    /// The customers.
    pub customers: Vec<ShownCustomer>,
}

/// The keys of a shown customer that its draft does not have.
#[derive(Deserialize)]
struct Ids {
    bank_id: String,
    customer_id: String,
    customer_number: String,
}

/// The body of createCustomer.
#[derive(Deserialize, Serialize)]
struct Draft(#[serde(with = "Details")] CustomerDraft);

/// The JSON keys of [`CustomerDraft`]. The compiler checks that every field is here.
#[derive(Deserialize, Serialize)]
#[serde(remote = "CustomerDraft")]
struct Details {
    legal_name: String,
    mobile_phone_number: String,
    email: String,
    face_image: FaceImage,
    date_of_birth: Timestamp,
    relationship_status: String,
    dependants: i32,
    dob_of_dependants: Vec<Timestamp>,
    credit_rating: CreditRating,
    credit_limit: Amount,
    highest_education_attained: String,
    employment_status: String,
    kyc_status: bool,
    last_ok_date: Timestamp,
    title: String,
    #[serde(rename = "branchId")]
    branch_id: String,
    #[serde(rename = "nameSuffix")]
    name_suffix: String,
}

impl From<Customer> for ShownCustomer {
    fn from(customer: Customer) -> Self {
        let Customer { bank_id, customer_id, customer_number, details } = customer;
        Self { bank_id, customer_id, customer_number, details }
    }
}

impl From<(Ids, Draft)> for ShownCustomer {
    fn from((Ids { bank_id, customer_id, customer_number }, Draft(details)): (Ids, Draft)) -> Self {
        Self { bank_id, customer_id, customer_number, details }
    }
}

impl From<ShownCustomer> for Customer {
    fn from(shown: ShownCustomer) -> Self {
        let ShownCustomer { bank_id, customer_id, customer_number, details } = shown;
        Self { bank_id, customer_id, customer_number, details }
    }
}

impl From<Vec<Customer>> for ShownCustomers {
    fn from(customers: Vec<Customer>) -> Self {
        Self { customers: customers.into_iter().map(ShownCustomer::from).collect() }
    }
}

fn reply_one(customer: Customer) -> Answer {
    reply(ShownCustomer::from(customer))
}

fn reply_list(customers: Vec<Customer>) -> Answer {
    reply(ShownCustomers::from(customers))
}

async fn create(call: Call) -> Answer {
    let Draft(draft) = call.body()?;
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply_one(call.session.write(customers::create(caller, bank, &draft)).await?)
}

async fn get(call: Call) -> Answer {
    let (caller, bank, customer) = (call.caller()?, call.path("BANK_ID")?, call.path("CUSTOMER_ID")?);
    reply_one(call.session.query(customers::get(caller, bank, customer)).await?)
}

async fn by_number(call: Call) -> Answer {
    let draft: CustomerNumberDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply_one(call.session.query(customers::by_number(caller, bank, &draft)).await?)
}

async fn update_number(call: Call) -> Answer {
    let draft: CustomerNumberDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.path("BANK_ID")?, call.path("CUSTOMER_ID")?);
    reply_one(call.session.write(customers::update_number(caller, bank, customer, &draft)).await?)
}

async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply_list(call.session.query(customers::mine(caller, None::<&str>)).await?)
}

async fn mine_at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply_list(call.session.query(customers::mine(caller, Some(bank))).await?)
}

async fn link(call: Call) -> Answer {
    let draft: LinkDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply(call.session.write(customers::link(caller, bank, &draft)).await?)
}

fn customer() -> Customer {
    Customer {
        bank_id: samples::BANK_ID.to_owned(),
        customer_id: samples::link_draft().customer_id,
        customer_number: samples::customer_number_draft().customer_number,
        details: samples::customer_draft(),
    }
}

fn link_sample() -> UserCustomerLink {
    let LinkDraft { user_id, customer_id } = samples::link_draft();
    UserCustomerLink {
        user_customer_link_id: "2d4f6a8c-0b1e-4c3d-9a5f-7e8d6c5b4a39".to_owned(),
        customer_id,
        user_id,
        date_inserted: samples::DATE,
        is_active: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::body_of;
    use crate::json;

    const DRAFT: &str = r#""legal_name":"Ada","mobile_phone_number":"+44","email":"ada@example.com","face_image":{"url":"http://example.com/a","date":"2019-01-02T03:04:05Z"},"date_of_birth":"1985-12-10T00:00:00Z","relationship_status":"single","dependants":1,"dob_of_dependants":["2010-01-01T00:00:00Z"],"credit_rating":{"rating":"OBP","source":"OBP"},"credit_limit":{"currency":"EUR","amount":"10"},"highest_education_attained":"Master","employment_status":"worker","kyc_status":true,"last_ok_date":"2019-01-02T03:04:05Z","title":"Dr.","branchId":"DERBY6","nameSuffix":"Sr""#;

    fn customer(draft: &str) -> Customer {
        Customer {
            bank_id: "gh.29.uk".to_owned(),
            customer_id: "c1".to_owned(),
            customer_number: "4711".to_owned(),
            details: json::read(format!("{{{draft}}}").as_bytes()).unwrap(),
        }
    }

    fn expected() -> String {
        format!(r#"{{"bank_id":"gh.29.uk","customer_id":"c1","customer_number":"4711",{DRAFT}}}"#)
    }

    #[test]
    fn a_customer_has_the_keys_and_values_of_the_request() {
        assert_eq!(body_of(reply_one(customer(DRAFT))), expected());
    }

    #[test]
    fn snake_case_and_numbers_are_accepted_and_answered_in_the_contracts_form() {
        let draft = DRAFT
            .replace("branchId", "branch_id")
            .replace("nameSuffix", "name_suffix")
            .replace(r#""amount":"10""#, r#""amount":10"#);
        assert_eq!(body_of(reply_one(customer(&draft))), expected());
    }

    #[test]
    fn a_shown_customer_can_be_read_back() {
        let shown: ShownCustomer = json::read(expected().as_bytes()).unwrap();
        assert_eq!(body_of(reply(shown)), expected());
    }

    #[test]
    fn an_empty_list_is_not_left_out() {
        assert_eq!(body_of(reply_list(vec![])), r#"{"customers":[]}"#);
        let two = vec![customer(DRAFT), customer(DRAFT)];
        assert_eq!(body_of(reply_list(two)), format!(r#"{{"customers":[{0},{0}]}}"#, expected()));
    }
}

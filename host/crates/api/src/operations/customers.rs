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
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

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
        path: "/my/customers",
        operation: "getMyCustomersAtAnyBank",
        handler: |call| Box::pin(mine(call)),
        doc: &Doc {
            summary: "Get My Customers",
            description: "The same as getCustomersForUser, at the path of v5.0.0.\n\nYou need a login.",
            implemented_in: "5_0_0",
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
#[derive(Debug, Deserialize)]
#[serde(from = "(Ids, Draft)")]
pub struct ShownCustomer {
    /// The customer's bank.
    pub bank_id: String,
    /// The server's id of the customer.
    pub customer_id: String,
    /// The number that the bank knows the customer by.
    pub customer_number: String,
    /// The customer's data, as createCustomer received it.
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
#[serde(remote = "CustomerDraft", rename = "CustomerDraft")]
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

/// The keys of the ids, and those of `Details` in its order, as one record.
impl Serialize for ShownCustomer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { bank_id, customer_id, customer_number, details } = self;
        let mut shown = serializer.serialize_struct("ShownCustomer", 20)?;
        shown.serialize_field("bank_id", bank_id)?;
        shown.serialize_field("customer_id", customer_id)?;
        shown.serialize_field("customer_number", customer_number)?;
        shown.serialize_field("legal_name", &details.legal_name)?;
        shown.serialize_field("mobile_phone_number", &details.mobile_phone_number)?;
        shown.serialize_field("email", &details.email)?;
        shown.serialize_field("face_image", &details.face_image)?;
        shown.serialize_field("date_of_birth", &details.date_of_birth)?;
        shown.serialize_field("relationship_status", &details.relationship_status)?;
        shown.serialize_field("dependants", &details.dependants)?;
        shown.serialize_field("dob_of_dependants", &details.dob_of_dependants)?;
        shown.serialize_field("credit_rating", &details.credit_rating)?;
        shown.serialize_field("credit_limit", &details.credit_limit)?;
        shown.serialize_field("highest_education_attained", &details.highest_education_attained)?;
        shown.serialize_field("employment_status", &details.employment_status)?;
        shown.serialize_field("kyc_status", &details.kyc_status)?;
        shown.serialize_field("last_ok_date", &details.last_ok_date)?;
        shown.serialize_field("title", &details.title)?;
        shown.serialize_field("branchId", &details.branch_id)?;
        shown.serialize_field("nameSuffix", &details.name_suffix)?;
        shown.end()
    }
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
mod tests;

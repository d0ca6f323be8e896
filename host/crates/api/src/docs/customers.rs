//! What is said of the operations on customers.

use guest::access::Action;
use guest::refusals::RefusalCode::{
    BankIdMalformed, BankUnknown, CustomerNumberTaken, CustomerUnknown, DependantsDiffer, RolesMissing, UserLinked,
    UserUnknown,
};

use super::fields::Shape::{AsMany, Decimal, Text};
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, Unknown};

const CUSTOMER: &str = r#"{"bank_id":"gh.29.uk","customer_id":"7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","customer_number":"5987953","legal_name":"Eveline Tripman","mobile_phone_number":"+44 07972 444 876","email":"eveline@example.com","face_image":{"url":"https://www.example.com/faces/eveline.png","date":"2017-09-19T00:00:00Z"},"date_of_birth":"1985-12-10T00:00:00Z","relationship_status":"single","dependants":1,"dob_of_dependants":["2010-01-01T00:00:00Z"],"credit_rating":{"rating":"OBP","source":"OBP"},"credit_limit":{"currency":"EUR","amount":"10"},"highest_education_attained":"Master","employment_status":"worker","kyc_status":true,"last_ok_date":"2017-09-19T00:00:00Z","title":"Dr.","branchId":"DERBY6","nameSuffix":"Sr"}"#;
const CUSTOMERS_LIST: &str = r#"{"customers":[{"bank_id":"gh.29.uk","customer_id":"7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","customer_number":"5987953","legal_name":"Eveline Tripman","mobile_phone_number":"+44 07972 444 876","email":"eveline@example.com","face_image":{"url":"https://www.example.com/faces/eveline.png","date":"2017-09-19T00:00:00Z"},"date_of_birth":"1985-12-10T00:00:00Z","relationship_status":"single","dependants":1,"dob_of_dependants":["2010-01-01T00:00:00Z"],"credit_rating":{"rating":"OBP","source":"OBP"},"credit_limit":{"currency":"EUR","amount":"10"},"highest_education_attained":"Master","employment_status":"worker","kyc_status":true,"last_ok_date":"2017-09-19T00:00:00Z","title":"Dr.","branchId":"DERBY6","nameSuffix":"Sr"}]}"#;
const NUMBER: &str = r#"{"customer_number":"5987953"}"#;

/// createCustomer.
pub static CREATE: Doc = Doc {
    summary: "Create Customer",
    description: "Creates a customer of the bank `BANK_ID`. Its id and its number are the server's to choose.\n\n`dependants` must be the number of dates in `dob_of_dependants`. `branch_id` and `name_suffix` are accepted beside `branchId` and `nameSuffix`.\n\nTo let a user act for the customer, link the two.\n\nA login is needed, and one of the roles.",
    request: Some(
        r#"{"legal_name":"Eveline Tripman","mobile_phone_number":"+44 07972 444 876","email":"eveline@example.com","face_image":{"url":"https://www.example.com/faces/eveline.png","date":"2017-09-19T00:00:00Z"},"date_of_birth":"1985-12-10T00:00:00Z","relationship_status":"single","dependants":1,"dob_of_dependants":["2010-01-01T00:00:00Z"],"credit_rating":{"rating":"OBP","source":"OBP"},"credit_limit":{"currency":"EUR","amount":"10"},"highest_education_attained":"Master","employment_status":"worker","kyc_status":true,"last_ok_date":"2017-09-19T00:00:00Z","title":"Dr.","branchId":"DERBY6","nameSuffix":"Sr"}"#,
    ),
    response: Some(CUSTOMER),
    actions: &[Action::CreateCustomer],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(RolesMissing),
        rule(DependantsDiffer),
        own(Unknown),
    ],
    fields: &[
        ("legal_name", Text(0, 255)),
        ("mobile_phone_number", Text(0, 255)),
        ("email", Text(0, 255)),
        ("face_image.url", Text(0, 255)),
        ("relationship_status", Text(0, 255)),
        ("dob_of_dependants", AsMany("dependants", 8)),
        ("credit_rating.rating", Text(0, 255)),
        ("credit_rating.source", Text(0, 255)),
        ("credit_limit.currency", Text(0, 255)),
        ("credit_limit.amount", Decimal(255)),
        ("highest_education_attained", Text(0, 255)),
        ("employment_status", Text(0, 255)),
        ("title", Text(0, 255)),
        ("branchId", Text(0, 255)),
        ("nameSuffix", Text(0, 255)),
    ],
    ..CUSTOMERS
};

/// getCustomer.
pub static GET: Doc = Doc {
    summary: "Get Customer by CUSTOMER_ID",
    description: "The customer `CUSTOMER_ID` of the bank `BANK_ID`.\n\nA login is needed, and the role.",
    response: Some(CUSTOMER),
    actions: &[Action::ReadCustomer],
    errors: &[
        own(NotLoggedIn),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(CustomerUnknown),
        rule(RolesMissing),
        own(Unknown),
    ],
    ..CUSTOMERS
};

/// getCustomerByCustomerNumber.
pub static BY_NUMBER: Doc = Doc {
    summary: "Get Customer by CUSTOMER_NUMBER",
    description: "The customer of that number at the bank `BANK_ID`. The number is in the body, so that it is in no log of URLs; the answer is 201, as ever.\n\nA login is needed, and the role.",
    request: Some(NUMBER),
    response: Some(CUSTOMER),
    actions: &[Action::ReadCustomer],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(RolesMissing),
        rule(CustomerUnknown),
        own(Unknown),
    ],
    fields: &[("customer_number", Text(1, 50))],
    ..CUSTOMERS
};

/// updateCustomerNumber.
pub static UPDATE_NUMBER: Doc = Doc {
    summary: "Update the number of a Customer",
    description: "Gives the customer `CUSTOMER_ID` another number, which no other customer of that bank may have.\n\nA login is needed, and the role.",
    request: Some(NUMBER),
    response: Some(CUSTOMER),
    actions: &[Action::ChangeCustomerNumber],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(CustomerUnknown),
        rule(RolesMissing),
        rule(CustomerNumberTaken),
        own(Unknown),
    ],
    fields: &[("customer_number", Text(1, 50))],
    ..CUSTOMERS
};

/// getCustomersForUserAtBank.
pub static MINE_AT_BANK: Doc = Doc {
    summary: "Get Customers for current User at Bank",
    description: "The customers of the bank `BANK_ID` that the caller is linked to. None is an empty list.\n\nA login is needed.",
    implemented_in: "2_1_0",
    response: Some(CUSTOMERS_LIST),
    errors: &[own(NotLoggedIn), rule(BankIdMalformed), rule(BankUnknown), own(Unknown)],
    ..CUSTOMERS
};

/// getCustomersForUser.
pub static MINE: Doc = Doc {
    summary: "Get Customers for current User",
    description: "The customers that the caller is linked to, at all banks. None is an empty list.\n\nA login is needed.",
    implemented_in: "3_0_0",
    response: Some(CUSTOMERS_LIST),
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..CUSTOMERS
};

/// createUserCustomerLink.
pub static LINK: Doc = Doc {
    summary: "Create User Customer Link",
    description: "Lets a user act for a customer of the bank `BANK_ID`. A user has at most one customer at a bank.\n\nA login is needed, and one of the roles.",
    implemented_in: "2_0_0",
    request: Some(
        r#"{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","customer_id":"7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"}"#,
    ),
    response: Some(
        r#"{"user_customer_link_id":"2d4f6a8c-0b1e-4c3d-9a5f-7e8d6c5b4a39","customer_id":"7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","date_inserted":"2017-09-19T00:00:00Z","is_active":true}"#,
    ),
    actions: &[Action::LinkUserToCustomer],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(CustomerUnknown),
        rule(RolesMissing),
        rule(UserUnknown),
        rule(UserLinked),
        own(Unknown),
    ],
    special_instructions: "Replace both ids of the example by ids of yours.",
    ..CUSTOMERS
};

const CUSTOMERS: Doc = Doc { tags: &["Customer"], implemented_in: "3_1_0", ..Doc::PLAIN };

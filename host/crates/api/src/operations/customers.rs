//! The operations on customers over HTTP, and a customer's JSON: flat, and with two keys in camel case, as ever
//! (surface §2.7).

use bindings::calls::customers;
use bindings::customers_types::{
    Amount, CreditRating, Customer, CustomerDraft, CustomerNumberDraft, FaceImage, LinkDraft,
};
use bindings::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, reply};

/// A customer as clients see it: the server's ids, then the keys of the draft. Read it by `serde_json`: flat keys are more than
/// [`json::read`](crate::json::read) can do.
#[derive(Deserialize, Serialize)]
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
#[derive(Deserialize, Serialize)]
pub struct ShownCustomers {
    /// The customers.
    pub customers: Vec<ShownCustomer>,
}

/// The body of createCustomer.
#[derive(Deserialize)]
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

impl From<Vec<Customer>> for ShownCustomers {
    fn from(customers: Vec<Customer>) -> Self {
        Self { customers: customers.into_iter().map(ShownCustomer::from).collect() }
    }
}

fn reply_one(customer: Customer) -> Answer {
    reply(&ShownCustomer::from(customer))
}

fn reply_list(customers: Vec<Customer>) -> Answer {
    reply(&ShownCustomers::from(customers))
}

pub(crate) async fn create(call: Call) -> Answer {
    let Draft(draft) = call.body()?;
    let (caller, bank) = (call.caller()?, call.param(0));
    reply_one(call.session.write(customers::create(caller, bank, &draft)).await?)
}

pub(crate) async fn get(call: Call) -> Answer {
    let (caller, bank, customer) = (call.caller()?, call.param(0), call.param(1));
    reply_one(call.session.query(customers::get(caller, bank, customer)).await?)
}

pub(crate) async fn by_number(call: Call) -> Answer {
    let draft: CustomerNumberDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.param(0));
    reply_one(call.session.query(customers::by_number(caller, bank, &draft)).await?)
}

pub(crate) async fn update_number(call: Call) -> Answer {
    let draft: CustomerNumberDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.param(0), call.param(1));
    reply_one(call.session.write(customers::update_number(caller, bank, customer, &draft)).await?)
}

pub(crate) async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply_list(call.session.query(customers::mine(caller, None::<&str>)).await?)
}

pub(crate) async fn mine_at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.param(0));
    reply_list(call.session.query(customers::mine(caller, Some(bank))).await?)
}

pub(crate) async fn link(call: Call) -> Answer {
    let draft: LinkDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.param(0));
    reply(&call.session.write(customers::link(caller, bank, &draft)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
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

    fn body(answer: Answer) -> String {
        String::from_utf8(answer.unwrap().unwrap()).unwrap()
    }

    fn expected() -> String {
        format!(r#"{{"bank_id":"gh.29.uk","customer_id":"c1","customer_number":"4711",{DRAFT}}}"#)
    }

    #[test]
    fn a_customer_is_shown_flat_and_as_it_was_sent() {
        assert_eq!(body(reply_one(customer(DRAFT))), expected());
    }

    #[test]
    fn snake_case_and_numbers_are_read_and_come_back_in_the_one_spelling() {
        let draft = DRAFT
            .replace("branchId", "branch_id")
            .replace("nameSuffix", "name_suffix")
            .replace(r#""amount":"10""#, r#""amount":10"#);
        assert_eq!(body(reply_one(customer(&draft))), expected());
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        let shown: ShownCustomer = serde_json::from_str(&expected()).unwrap();
        assert_eq!(body(reply(&shown)), expected());
    }

    #[test]
    fn a_list_of_none_is_empty_and_not_missing() {
        assert_eq!(body(reply_list(vec![])), r#"{"customers":[]}"#);
        let two = vec![customer(DRAFT), customer(DRAFT)];
        assert_eq!(body(reply_list(two)), format!(r#"{{"customers":[{0},{0}]}}"#, expected()));
    }
}

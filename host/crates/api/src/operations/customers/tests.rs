//! The JSON of customers, in and out.

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

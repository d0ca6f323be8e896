//! The JSON of later versions.

use bindings::accounts_types::AccountDraft;
use bindings::banks_types::{Bank, BankDraft, Banks};
use bindings::samples;
use serde_json::{Value, json};

use crate::json::{read, read_as, write, write_to};

fn written<T: serde::Serialize>(answer: &T, version: &str) -> String {
    let mut json = Vec::new();
    write_to(&mut json, answer, version).unwrap();
    String::from_utf8(json).unwrap()
}

fn banks() -> Banks {
    let BankDraft { id, short_name, full_name, logo_url, website_url, bank_routing, .. } = samples::bank_draft();
    Banks { banks: vec![Bank { id, short_name, full_name, logo: logo_url, website: website_url, bank_routing }] }
}

#[test]
fn up_to_v3_1_0_an_answer_is_the_documented_one_to_the_byte() {
    let documented = String::from_utf8(write(&banks()).unwrap()).unwrap();
    for version in ["v2.0.0", "v2.1.0", "v2.2.0", "v3.0.0", "v3.1.0"] {
        assert_eq!(written(&banks(), version), documented, "{version}");
    }
}

#[test]
fn from_v4_0_0_on_a_record_in_a_list_gains_keys_and_loses_none() {
    let documented = serde_json::to_value(banks()).unwrap();
    let old = &documented["banks"][0];
    for version in ["v4.0.0", "v5.0.0", "v5.1.0", "v6.0.0", "v7.0.0"] {
        let later: Value = serde_json::from_str(&written(&banks(), version)).unwrap();
        let bank = &later["banks"][0];
        for (key, value) in old.as_object().unwrap() {
            assert_eq!(&bank[key], value, "{version} {key}");
        }
        assert_eq!(bank["bank_code"], old["short_name"], "{version}");
        assert_eq!(bank["bank_routings"], json!([old["bank_routing"]]), "{version}");
        assert_eq!(bank["attributes"], json!([]), "{version}");
    }
}

fn bank(body: &Value, version: &'static str) -> Result<BankDraft, String> {
    read_as(body.to_string().as_bytes(), version)
}

#[test]
fn from_v4_0_0_on_a_body_may_have_the_keys_of_that_version() {
    let later = json!({
        "id": "bank-3", "bank_code": "B", "full_name": "Bank", "logo": "l", "website": "w",
        "bank_routings": [{"scheme": "BIC", "address": "1"}],
    });
    let draft = bank(&later, "v5.1.0").unwrap();
    assert_eq!([&draft.short_name, &draft.logo_url, &draft.website_url], ["B", "l", "w"]);
    assert_eq!((draft.bank_routing.scheme.as_str(), draft.swift_bic.as_str()), ("BIC", ""));
    assert_eq!(bank(&later, "v3.1.0"), Err("The value of short_name is missing.".to_owned()));
    // The documented keys are accepted everywhere, and count first.
    let documented = serde_json::to_value(samples::bank_draft()).unwrap();
    assert_eq!(bank(&documented, "v5.1.0").as_ref(), Ok(&samples::bank_draft()));
    let both = json!({"id": "bank-3", "short_name": "S", "bank_code": "B"});
    assert_eq!(bank(&both, "v5.1.0").unwrap().short_name, "S");
}

#[test]
fn an_optional_key_may_be_left_out_or_null_and_a_wrong_one_is_named() {
    let account = |body: &str| read_as::<AccountDraft>(body.as_bytes(), "v5.0.0");
    let (short, nulls) = (
        account(r#"{"label":"","productCode":"P"}"#),
        account(
            r#"{"label":"","product_code":"P","type":null,"balance":null,"user_id":null,"branch_id":null,"account_routings":[]}"#,
        ),
    );
    assert_eq!(short, nulls);
    let draft = short.unwrap();
    assert_eq!((draft.type_.as_str(), draft.user_id.as_str(), draft.branch_id.as_str()), ("P", "", ""));
    assert_eq!(draft.balance.map(|balance| balance.currency), Some("EUR".to_owned()));
    for (body, wrong) in [
        (r#"{"label":""}"#, "The value of type is missing."),
        (r#"{"label":"","product_code":true}"#, "The value of product_code must be a text."),
        (r#"{"label":"","product_code":"","product_code":""}"#, "The value of product_code is given twice."),
        (r#"{"label":"","product_code":"","account_routings":{}}"#, "The value of account_routings must be a list."),
        (
            r#"{"label":"","product_code":"","account_routings":[{"scheme":"a","address":"b"},{"scheme":"c","address":"d"}]}"#,
            "The value of account_routings must have at most one item.",
        ),
        (
            r#"{"label":"","product_code":"","account_routings":[{"scheme":"a"}]}"#,
            "The value of account_routings[0].address is missing.",
        ),
    ] {
        assert_eq!(account(body), Err(wrong.to_owned()), "{body}");
    }
    let without_balance = r#"{"user_id":"","label":"","type":"","balance":null,"branch_id":"","account_routing":{"scheme":"","address":""}}"#;
    assert_eq!(read::<AccountDraft>(without_balance.as_bytes()).unwrap().balance, None);
}

//! JSON is read and written key by key.

mod versions;

use bindings::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use super::{optional_text, read, write};

#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Inner {
    amount: String,
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Sample {
    type_: String,
    branch_id: String,
    ok: bool,
    count: i32,
    date: Timestamp,
    days: Vec<Timestamp>,
    inner: Option<Inner>,
}

const GOOD: &str = r#"{"type":"t","branch_id":"b","ok":true,"count":2,"date":"2017-09-19T00:00:00Z","days":["2017-09-20T00:00:00Z"],"inner":{"amount":"0"}}"#;

fn text_of(json: &str) -> Result<String, String> {
    read::<Inner>(format!("{{\"amount\":{json}}}").as_bytes()).map(|inner| inner.amount)
}

#[test]
fn a_record_is_written_with_the_keys_and_values_that_were_read() {
    let sample: Sample = read(GOOD.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(write(&sample).unwrap()).unwrap(), GOOD);
}

#[test]
fn a_number_is_accepted_in_place_of_a_text_digit_by_digit() {
    for (json, text) in [
        ("0", "0"),
        ("1.50", "1.50"),
        ("-3", "-3"),
        ("1e400", "1e400"),
        ("123456789012345678901", "123456789012345678901"),
        (r#""\u00fc\n""#, "ü\n"),
    ] {
        assert_eq!(text_of(json).as_deref(), Ok(text));
    }
    for json in ["true", "null", "[]", "{}", r#"["a"]"#] {
        assert_eq!(text_of(json), Err("The value of amount must be a text.".to_owned()), "{json}");
    }
    assert_eq!(text_of(r#""a\u0000b""#), Err("The value of amount must not contain the character U+0000.".to_owned()));
    assert_eq!(text_of(r#""\ud800""#), Err("The value of amount is no valid Unicode text.".to_owned()));
}

#[test]
fn unknown_keys_are_ignored_and_camel_case_is_accepted() {
    let json = GOOD.replace("branch_id", "branchId").replace("\"ok\"", "\"okay\":{\"a\":[1]},\"ok\"");
    assert_eq!(read::<Sample>(json.as_bytes()).unwrap().branch_id, "b");
}

#[test]
fn an_error_names_the_wrong_key() {
    let cases = [
        (GOOD.replace("\"ok\":true,", ""), "The value of ok is missing."),
        (GOOD.replace("\"ok\":true", "\"ok\":\"true\""), "The value of ok must be true or false."),
        (GOOD.replace("\"ok\":true", "\"ok\":null"), "The value of ok must be true or false."),
        (GOOD.replace("\"ok\":true", "\"ok\":true,\"ok\":true"), "The value of ok is given twice."),
        (GOOD.replace("\"type\":\"t\"", "\"type\":null"), "The value of type must be a text."),
        (GOOD.replace(":2,", ":2.5,"), "The value of count must be a whole number, not too large."),
        (GOOD.replace(":2,", ":99999999999,"), "The value of count must be a whole number, not too large."),
        (
            GOOD.replace("\"2017-09-19T00:00:00Z\"", "20170919"),
            "The value of date must be a date such as 2017-09-19T00:00:00Z.",
        ),
        (
            GOOD.replace("09-19", "02-30"),
            "The value of date must be a date such as 2017-09-19T00:00:00Z; this day does not exist.",
        ),
        (
            GOOD.replace("\"2017-09-20T00:00:00Z\"", "\"x\""),
            "The value of days[0] must be a date such as 2017-09-19T00:00:00Z.",
        ),
        (GOOD.replace("[\"2017-09-20T00:00:00Z\"]", "{}"), "The value of days must be a list."),
        (GOOD.replace("\"amount\":\"0\"", ""), "The value of inner.amount is missing."),
        (GOOD.replace(",\"inner\":{\"amount\":\"0\"}", ""), "The value of inner is missing."),
        ("[]".to_owned(), "The body must be an object."),
        ("null".to_owned(), "The body must be an object."),
        (String::new(), "The body is not JSON: EOF while parsing a value at line 1 column 0."),
        ("{bad".to_owned(), "The body is not JSON: key must be a string at line 1 column 2."),
    ];
    for (json, message) in cases {
        assert_eq!(read::<Sample>(json.as_bytes()), Err(message.to_owned()), "{json}");
    }
    let null_is_none = GOOD.replace("{\"amount\":\"0\"}", "null");
    assert_eq!(read::<Sample>(null_is_none.as_bytes()).unwrap().inner, None);
}

#[test]
fn nesting_cannot_exhaust_the_stack() {
    let deep = format!("{{\"x\":{}{},\"amount\":\"0\"}}", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(read::<Inner>(deep.as_bytes()).unwrap().amount, "0");
}

#[test]
fn a_text_that_may_be_left_out_is_read_like_any_other() {
    for (json, expected) in [
        ("{}", Ok(None)),
        (r#"{"user_id":null}"#, Ok(None)),
        (r#"{"user_id":"u-1"}"#, Ok(Some("u-1"))),
        (r#"{"userId":7}"#, Ok(Some("7"))),
        (r#"{"user_id":{}}"#, Err("The value of user_id must be a text.")),
        (r#"{"user_id":"a","userId":"b"}"#, Err("The value of user_id is given twice.")),
    ] {
        let expected = expected.map(|text: Option<&str>| text.map(str::to_owned)).map_err(str::to_owned);
        assert_eq!(optional_text(json.as_bytes(), "user_id"), expected, "{json}");
    }
}

//! A login in a body: the three values as JSON, or as a form. A header with a login wins.

use percent_encoding::percent_decode;

use super::Parameters;
use super::text::decoded;
use crate::json;

/// Reads the login in a body. A body that begins with `{` is JSON, whatever its content type: `curl -d` calls it a form.
///
/// # Errors
/// A sentence about the body, if it is neither JSON nor a form.
pub(crate) fn in_body(content_type: &str, body: &[u8]) -> Result<Parameters, String> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if body.is_empty() {
        return Err("The request has no body.".to_owned());
    }
    if body.starts_with(b"{") {
        let mut found = Parameters::default();
        for name in ["username", "password", "consumer_key"] {
            found.set(name, json::optional_text(body, name)?.unwrap_or_default());
        }
        return Ok(found);
    }
    if !["", "application/x-www-form-urlencoded"].contains(&kind.as_str()) {
        return Err("The body is neither a JSON object nor a form.".to_owned());
    }
    let mut found = Parameters::default();
    for field in body.split(|byte| *byte == b'&') {
        let mut halves = field.splitn(2, |byte| *byte == b'=');
        let [name, value] = [halves.next(), halves.next()].map(|half| unescaped(half.unwrap_or_default()));
        let (name, value) = (decoded(&name), decoded(&value));
        // A token in a body is ignored: only headers carry one.
        if name.text != "token" {
            found.set_decoded(&name.text, value);
        }
    }
    Ok(found)
}

/// The bytes of a part of a form.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn read(content_type: &str, body: &[u8]) -> Result<[String; 3], String> {
        let Parameters { username, password, consumer_key, .. } = in_body(content_type, body)?;
        Ok([username, password, consumer_key].map(Option::unwrap_or_default))
    }

    #[test]
    fn a_body_is_json_or_a_form() {
        let expected = Ok(["kim", "Abc \"de\\f, 1+2é", "k1"].map(str::to_owned));
        let json = r#"{"username":"kim","password":"Abc \"de\\f, 1+2é","consumer_key":"k1","more":[1]}"#;
        let form = "username=kim&password=Abc+%22de%5Cf,+1%2B2%C3%A9&consumer_key=k1&token=t&more";
        let latin1 = "username=kim&password=Abc+%22de%5Cf,+1%2B2%E9&consumer_key=k1";
        for (content_type, body) in [
            ("application/json", json.to_owned()),
            ("application/json; charset=utf-8", format!("\u{feff} {json}\n")),
            (FORM, json.to_owned()),
            ("", json.to_owned()),
            ("text/plain", json.to_owned()),
            (FORM, form.to_owned()),
            ("Application/X-WWW-Form-URLEncoded; charset=UTF-8", form.to_owned()),
            ("", form.to_owned()),
            (FORM, latin1.to_owned()),
        ] {
            assert_eq!(read(content_type, body.as_bytes()), expected, "{content_type}: {body}");
        }
        assert_eq!(in_body(FORM, form.as_bytes()).unwrap().token, None);
    }

    #[test]
    fn a_value_that_is_missing_null_or_empty_is_missing_and_a_number_is_a_text() {
        let expected = Ok(["12", "", ""].map(str::to_owned));
        assert_eq!(read("application/json", br#"{"username":12,"password":null,"consumer_key":""}"#), expected);
        assert_eq!(read(FORM, b"username=12&password=&consumer_key"), expected);
    }

    #[test]
    fn a_body_that_is_neither_says_why() {
        for (content_type, body, words) in [
            ("application/json", &b""[..], "no body"),
            ("application/json", b"{bad", "not JSON"),
            ("application/json", b"{\"username\":\"k\xefm\"}", "not JSON"),
            ("application/json", br#"{"username":["kim"]}"#, "username must be"),
            ("application/json", b"[1]", "neither"),
            ("text/plain", b"username=kim", "neither"),
        ] {
            let error = read(content_type, body).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}

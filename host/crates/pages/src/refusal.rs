//! A refused request: the API's status and words, or the pages' own.

use hyper::StatusCode;

/// The reason why a page could not do what the user asked.
#[derive(Clone, Debug)]
pub(crate) struct PageRefusal {
    pub(crate) status: StatusCode,
    /// The text for the user. A text of the API begins with its code, if it has one.
    pub(crate) message: String,
}

impl PageRefusal {
    pub(crate) fn new(status: StatusCode, message: &str) -> Self {
        Self { status, message: message.to_owned() }
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The code of the message, such as `OBP-30111`, and the text after it.
    pub(crate) fn parts(&self) -> (Option<&str>, &str) {
        split_code(&self.message)
    }
}

/// Splits a message of the API into its code, if it begins with one, and its text.
pub(crate) fn split_code(message: &str) -> (Option<&str>, &str) {
    match message.split_once(": ").or_else(|| message.split_once(' ')) {
        Some((code, text)) if is_code(code) => (Some(code), text),
        _ => (None, message),
    }
}

fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix("OBP").and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_split_at_its_code_if_it_has_one() {
        for (message, code, text) in [
            ("OBP-30111: Invalid Bank Id.", Some("OBP-30111"), "Invalid Bank Id."),
            ("User with the same username already exists.", None, "User with the same username already exists."),
            ("Note: none", None, "Note: none"),
            ("OBP-1: x", None, "OBP-1: x"),
        ] {
            assert_eq!(split_code(message), (code, text));
        }
    }
}

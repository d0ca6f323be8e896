//! A refused request: the API's status and words, or the pages' own.

use guest::refusals::RefusalCode;
use hyper::StatusCode;

/// The texts of the API name a field after these words.
const BEFORE_FIELD: &str = "The value of ";
/// Fields of forms that have another name than the value in the API.
const OTHER_NAMES: [(&str, &str); 4] =
    [("KYC_CHECK_ID", "id"), ("KYC_DOCUMENT_ID", "id"), ("KYC_MEDIA_ID", "id"), ("customer_number", "wanted_number")];
/// The fields of forms that a refusal without a field's name is about.
const FIELDS: [(RefusalCode, &[&str]); 10] = [
    (RefusalCode::BankIdMalformed, &["bank_id"]),
    (RefusalCode::BankUnknown, &["bank_id"]),
    (RefusalCode::CustomerUnknown, &["customer_id", "wanted_number"]),
    (RefusalCode::EmailInvalid, &["email"]),
    (RefusalCode::PasswordInvalid, &["password", "new_password"]),
    (RefusalCode::RoleNeedsBank, &["bank_id"]),
    (RefusalCode::RoleTakesNoBank, &["bank_id"]),
    (RefusalCode::UsernameTaken, &["username"]),
    (RefusalCode::UsernameUnknown, &["username"]),
    (RefusalCode::UserUnknown, &["customer_user_id"]),
];

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

    /// Whether the refusal is about the field of this name in a form.
    pub(crate) fn is_about(&self, field: &str) -> bool {
        match self.named_field() {
            Some(named) => named == field || OTHER_NAMES.contains(&(named, field)),
            None => FIELDS.iter().any(|(code, fields)| self.has_code(*code) && fields.contains(&field)),
        }
    }

    /// The field that the message names.
    fn named_field(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once(BEFORE_FIELD)?;
        rest.split(' ').next()
    }

    pub(crate) fn has_code(&self, code: RefusalCode) -> bool {
        match self.parts().0 {
            Some(number) => number == code.number(),
            None => code.number().is_empty() && self.message.starts_with(&code.message()),
        }
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
    fn a_refusal_is_shown_at_the_field_that_it_names() {
        for (message, about, not_about) in [
            ("OBP-10001: Incorrect json format. The value of how must have at most 32 characters.", "how", "date"),
            ("OBP-10001: Incorrect json format. The value of KYC_CHECK_ID must not be '.' or '..'.", "id", "how"),
            ("OBP-30111: Invalid Bank Id.", "bank_id", "customer_id"),
            ("OBP-30207: Invalid Password Format. It has 5 characters.", "new_password", "current_password"),
            ("Invalid email address", "email", "username"),
            ("User with the same username already exists.", "username", "email"),
        ] {
            let refusal = PageRefusal::bad_request(message);
            assert!(refusal.is_about(about) && !refusal.is_about(not_about), "{message}");
        }
        // The control: a general error is about no field.
        let general = PageRefusal::bad_request("OBP-50000: Unknown Error.");
        assert!(["", "how", "bank_id", "email", "username"].iter().all(|field| !general.is_about(field)));
    }

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

//! What a form or a query says: `name=value` pairs, percent-encoded.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The fields of a form, or of a query, in their order.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(text: &str) -> Self {
        let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs =
            text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self(pairs.map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    /// The field's value as it was typed; empty if it is not there.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The field's value without blanks around it; empty if it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The field's value, if it is there at all.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

/// A path of this server with a query of those fields that are not empty.
pub(super) fn link(path: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A text as it may stand in a path or a query.
pub(super) fn encoded(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',').remove(b'@');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_is_read_again() {
        let odd = "a b&c=d+e%20/ü\"'<>#?";
        let link = link("/p", &[("x", odd), ("empty", ""), ("y", "1")]);
        let (path, query) = link.split_once('?').unwrap();
        let form = Form::read(query);
        assert_eq!((path, form.raw("x"), form.raw("y"), form.find("empty")), ("/p", odd, "1", None));
    }

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let form = Form::read("a=1+2&b=%C3%BC%0D%0A&box&a=3&=x");
        assert_eq!((form.raw("a"), form.text("b"), form.is_on("box"), form.is_on("bo")), ("1 2", "ü", true, false));
        assert!(!Form::read("").is_on(""));
    }
}

//! The fields of forms and queries, and links with a query.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The fields of a form, or of a query, in their order.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn read(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The field's value as the user typed it; empty if the field is missing.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The field's value without spaces around it; empty if the field is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// [`Form::text`], for a record.
    pub(crate) fn owned(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    /// The field's value, or `None` if the field is missing.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox is ticked: browsers send no other.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

/// A path of this server with a query of the fields that are not empty.
pub(crate) fn link(path: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Percent-encodes a text for a path or a query. Commas stay, so that a list of tags is readable.
pub(crate) fn encoded(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',').remove(b'@');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back_as_its_fields() {
        let odd = "a b&c=d+e%20/ü\"'<>#?";
        let link = link("/p", &[("x", odd), ("empty", ""), ("y", "1")]);
        let (path, query) = link.split_once('?').unwrap();
        let form = Form::read(query);
        assert_eq!((path, form.raw("x"), form.raw("y"), form.find("empty")), ("/p", odd, "1", None));
        assert_eq!(encoded("KYC,Onboarding a+b"), "KYC,Onboarding%20a%2Bb");
    }

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let form = Form::read("a=1+2&b=%C3%BC%0D%0A&box&a=3&=x");
        assert_eq!((form.raw("a"), form.text("b"), form.is_on("box"), form.is_on("bo")), ("1 2", "ü", true, false));
        assert!(!Form::read("").is_on(""));
    }
}

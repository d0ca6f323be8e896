//! The fields of forms and queries, and links with a query.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters of one text of a client that a page or a link repeats, as a link writes them.
const REPEATED_CHARACTERS_MAX: usize = 200;
/// Characters of all values of a query together. An Explorer page repeats them in about two hundred places.
const QUERY_CHARACTERS_MAX: usize = 300;
/// Characters of the place to come back to after signing in. A page repeats it a few times.
const NEXT_CHARACTERS_MAX: usize = 2000;
/// The field with that place.
const NEXT: &str = "next";
/// Fields of a query that tell what a form has done.
const DONE: [&str; 2] = ["done", "id"];
/// Fields of a query that are read. No page has more.
const QUERY_FIELDS_MAX: usize = 32;

/// The fields of a form, or of a query, in their order.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn read(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The fields of a page's query. Pages repeat them in their links, so that each value is shortened, and all together are.
    pub(crate) fn of_query(text: &str) -> Self {
        let mut left = QUERY_CHARACTERS_MAX;
        let fields = form_urlencoded::parse(text.as_bytes()).take(QUERY_FIELDS_MAX);
        let short = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            if name == NEXT {
                return (name.into_owned(), shortened_next(&value).to_owned());
            }
            let value = within(&value, left.min(REPEATED_CHARACTERS_MAX)).to_owned();
            left -= encoded(&value).len();
            (within(&name, REPEATED_CHARACTERS_MAX).to_owned(), value)
        };
        Self(fields.map(short).collect())
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

    /// The fields as a query with its question mark, without those that tell what a form has done. Empty if there are none.
    pub(crate) fn as_query(&self) -> String {
        let fields = self.0.iter().filter(|(name, _)| !DONE.contains(&name.as_str()));
        let fields: Vec<_> = fields.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        if fields.is_empty() { String::new() } else { format!("?{}", fields.join("&")) }
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

/// The beginning of a client's text that a page repeats: a link with it has at most 200 characters more.
pub(crate) fn shortened(text: &str) -> &str {
    within(text, REPEATED_CHARACTERS_MAX)
}

/// The beginning of a place to come back to.
pub(crate) fn shortened_next(place: &str) -> &str {
    within(place, NEXT_CHARACTERS_MAX)
}

/// The beginning of a text that has at most this many characters in a link.
fn within(text: &str, characters_max: usize) -> &str {
    // A character of a text has at least one in a link, so that no more of it must be looked at.
    let mut used = 0;
    let end = text.char_indices().find(|(_, character)| {
        used += encoded(character.encode_utf8(&mut [0; 4])).len();
        used > characters_max
    });
    end.map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
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
    fn the_values_of_a_query_are_shortened_as_a_link_writes_them() {
        let long = "x".repeat(15_000);
        for (query, values) in [
            (format!("a={long}&b={long}&c={long}"), [200, 100, 0]),
            (format!("a={}&b=1&c=2", "%C3%BC".repeat(100)), [33 * 2, 1, 1]),
            (format!("a={}&b={long}&c=1", "%F0%9F%98%80".repeat(100)), [16 * 4, 108, 0]),
            ("a=KYC,Onboarding&b=gh.29.uk&c=4711".to_owned(), [14, 8, 4]),
        ] {
            let form = Form::of_query(&query);
            assert_eq!(["a", "b", "c"].map(|name| form.raw(name).len()), values, "{}", query.get(..20).unwrap());
        }
        let next = Form::of_query(&format!("next={long}&a={long}"));
        assert_eq!(["next", "a"].map(|name| next.raw(name).len()), [2000, 200]);
        assert_eq!((shortened("short"), shortened(&long).len()), ("short", 200));
        // The control: a form keeps its values, which go to the API.
        assert_eq!(Form::read(&format!("a={long}")).raw("a"), long);
    }

    #[test]
    fn a_query_is_repeated_without_what_a_form_has_done() {
        let query = Form::of_query("tags=&bank_id=gh.29.uk&q=a%20b&done=check&id=k-1");
        assert_eq!(query.as_query(), "?tags=&bank_id=gh.29.uk&q=a%20b");
        assert_eq!(Form::of_query("done=check").as_query(), "");
    }

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let form = Form::read("a=1+2&b=%C3%BC%0D%0A&box&a=3&=x");
        assert_eq!((form.raw("a"), form.text("b"), form.is_on("box"), form.is_on("bo")), ("1 2", "ü", true, false));
        assert!(!Form::read("").is_on(""));
    }
}

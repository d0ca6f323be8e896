//! Placeholders: `<name>` in an expected text takes what the server made up, an id or a token.

use std::collections::BTreeMap;

/// Matches any body that is not empty.
const ANYTHING: &str = "…";

/// The values of the placeholders of one scenario, by name.
#[derive(Default)]
pub struct Placeholders(BTreeMap<String, String>);

impl Placeholders {
    /// Placeholders of which one already has a value, even an empty one.
    pub fn with(name: &str, value: &str) -> Self {
        Self(BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    /// Replaces each placeholder that has a value.
    pub fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<{name}>"), value))
    }

    /// Compares a text with the expected one. A placeholder without a value takes the text up to the next quote.
    ///
    /// # Errors
    ///
    /// The texts differ, a placeholder would take the empty text, or two placeholders would have the same value.
    pub fn compare(&mut self, expected: &str, found: &str) -> Result<(), String> {
        if expected == ANYTHING {
            return if found.is_empty() { Err("the body is empty".to_owned()) } else { Ok(()) };
        }
        let (mut pattern, mut rest) = (expected, found);
        while let Some((before, name, after)) = placeholder(pattern) {
            rest = rest.strip_prefix(before).ok_or("the texts differ")?;
            rest = match self.0.get(name) {
                Some(value) => rest.strip_prefix(value.as_str()).ok_or_else(|| format!("<{name}> is {value}"))?,
                None => self.take(name, rest)?,
            };
            pattern = after;
        }
        if rest == pattern { Ok(()) } else { Err("the texts differ".to_owned()) }
    }

    /// Gives a placeholder its value. Returns the text after the value.
    fn take<'t>(&mut self, name: &str, text: &'t str) -> Result<&'t str, String> {
        let (value, rest) = text.split_at(text.find('"').unwrap_or(text.len()));
        if value.is_empty() {
            return Err(format!("<{name}> takes the empty text"));
        }
        if let Some((other, _)) = self.0.iter().find(|(_, taken)| *taken == value) {
            return Err(format!("<{other}> and <{name}> are both {value}"));
        }
        self.0.insert(name.to_owned(), value.to_owned());
        Ok(rest)
    }
}

/// Splits a text at its first placeholder: the text before it, its name, the text after it.
fn placeholder(pattern: &str) -> Option<(&str, &str, &str)> {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit();
    pattern.match_indices('<').find_map(|(start, _)| {
        let (name, after) = pattern[start + 1..].split_once('>')?;
        (!name.is_empty() && name.bytes().all(is_name)).then_some((&pattern[..start], name, after))
    })
}

mod tests {
    use super::Placeholders;

    #[test]
    fn a_placeholder_takes_a_value_and_keeps_it() {
        let mut placeholders = Placeholders::default();
        assert_eq!(placeholders.compare(r#"{"id":"<id>"}"#, r#"{"id":"7"}"#), Ok(()));
        assert_eq!(placeholders.fill("/meetings/<id>"), "/meetings/7");
        assert_eq!(placeholders.compare(r#"["<id>"]"#, r#"["7"]"#), Ok(()));
        assert!(placeholders.compare(r#"["<id>"]"#, r#"["8"]"#).is_err());
        assert!(placeholders.compare(r#"["<id>"]"#, r#"["77"]"#).is_err());
    }

    #[test]
    fn a_placeholder_used_twice_in_one_text_has_one_value() {
        assert_eq!(Placeholders::default().compare(r#"["<id>","<id>"]"#, r#"["7","7"]"#), Ok(()));
        assert!(Placeholders::default().compare(r#"["<id>","<id>"]"#, r#"["7","8"]"#).is_err());
    }

    #[test]
    fn a_placeholder_never_takes_the_empty_text() {
        let failure = Placeholders::default().compare(r#"{"token":"<token>"}"#, r#"{"token":""}"#);
        assert_eq!(failure, Err("<token> takes the empty text".to_owned()));
        let failure = Placeholders::default().compare("<correlation_id>", "");
        assert_eq!(failure, Err("<correlation_id> takes the empty text".to_owned()));
    }

    #[test]
    fn a_given_value_may_be_empty_and_is_compared() {
        assert_eq!(Placeholders::with("commit", "").compare(r#"["<commit>"]"#, r#"[""]"#), Ok(()));
        assert!(Placeholders::with("commit", "").compare(r#"["<commit>"]"#, r#"["7"]"#).is_err());
        assert!(Placeholders::with("commit", "7").compare(r#"["<commit>"]"#, r#"[""]"#).is_err());
    }

    #[test]
    fn a_pattern_that_fits_only_with_an_empty_placeholder_does_not_match() {
        assert!(Placeholders::default().compare(r#""not JSON: <what>""#, r#""not JSON: ""#).is_err());
        assert!(Placeholders::default().compare(r#""<first><second>""#, r#""one""#).is_err());
    }

    #[test]
    fn two_placeholders_never_have_the_same_value() {
        let same = Err("<one> and <two> are both 7".to_owned());
        assert_eq!(Placeholders::default().compare(r#"["<one>","<two>"]"#, r#"["7","7"]"#), same);
        let mut placeholders = Placeholders::default();
        assert_eq!(placeholders.compare(r#"{"token":"<one>"}"#, r#"{"token":"7"}"#), Ok(()));
        assert_eq!(placeholders.compare(r#"{"token":"<two>"}"#, r#"{"token":"7"}"#), same);
        assert_eq!(placeholders.compare(r#"{"token":"<two>"}"#, r#"{"token":"8"}"#), Ok(()));
    }

    #[test]
    fn any_body_is_not_no_body() {
        assert_eq!(Placeholders::default().compare("…", "{}"), Ok(()));
        assert!(Placeholders::default().compare("…", "").is_err());
    }

    #[test]
    fn other_texts_are_compared_to_the_letter() {
        assert_eq!(Placeholders::default().compare("a<B>", "a<B>"), Ok(()));
        assert_eq!(Placeholders::default().compare("a<> <b", "a<> <b"), Ok(()));
        assert_eq!(Placeholders::default().compare("a<B> <name>", "a<B> 7"), Ok(()));
        assert!(Placeholders::default().compare("a", "a ").is_err());
        assert!(Placeholders::default().compare(r#""<name> b""#, r#""a"b""#).is_err());
    }
}

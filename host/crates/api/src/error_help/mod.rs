//! Explanations of every error: its meaning, when it occurs and what to do. The command line and the pages show them.
//!
//! A test demands an explanation of every code.

mod host_errors;
mod rule_errors;

use crate::error_codes::ErrorCode;

/// The explanation of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code, such as `OBP-30111`. Empty for the few texts without a code.
    pub code: &'static str,
    /// The beginning of every message with this code: the code and the text.
    pub text: String,
    /// The HTTP statuses that it can have.
    pub statuses: Vec<u16>,
    /// The meaning.
    pub meaning: &'static str,
    /// The usual causes.
    pub when: &'static str,
    /// Advice for the caller.
    pub what_to_do: &'static str,
}

impl Explanation {
    /// The text without its code.
    #[must_use]
    pub fn text_alone(&self) -> &str {
        self.text.strip_prefix(self.code).unwrap_or_default().trim_start_matches(": ")
    }
}

/// The sentences of an explanation.
#[derive(Clone, Copy)]
struct Words {
    meaning: &'static str,
    when: &'static str,
    what_to_do: &'static str,
}

/// The edits that make a mistyped code of a known one: one digit is wrong, missing or too many, or two are exchanged.
const EDITS_MAX: usize = 1;

/// The explanation of a code, written `OBP-30111`, `obp-30111` or `30111`, or of a text. A text is a whole message, or the
/// beginning of the text of one error only.
#[must_use]
pub fn find(wanted: &str) -> Option<Explanation> {
    let (wanted, all) = (wanted.trim(), all());
    let digits = digits_of(wanted);
    if let Some(named) = all.iter().find(|known| !known.code.is_empty() && digits_of(known.code) == digits) {
        return Some(named.clone());
    }
    // One text can be the beginning of another.
    let in_message = all.iter().filter(|known| begins(wanted, known.text_alone()));
    let longest = in_message.max_by_key(|known| known.text.len());
    longest.cloned().or_else(|| match beginning_with(wanted).as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    })
}

/// Every explanation, sorted by code. The texts without a code come last.
#[must_use]
pub fn all() -> Vec<Explanation> {
    let of_rules = rule_errors::WORDS.iter().map(|(code, words)| (ErrorCode::Rules(*code), words));
    let of_host = host_errors::WORDS.iter().map(|(code, words)| (ErrorCode::Host(*code), words));
    let mut all: Vec<Explanation> = Vec::new();
    for (error, words) in of_host.chain(of_rules) {
        let (code, text, statuses) = (error.number(), error.message(), error.statuses().to_vec());
        // A code of both tables has one text and one explanation, the host's.
        if all.iter().all(|known| known.text != text) {
            let Words { meaning, when, what_to_do } = *words;
            all.push(Explanation { code, text, statuses, meaning, when, what_to_do });
        }
    }
    all.sort_by_key(|explanation| (explanation.code.is_empty(), explanation.code, explanation.text.clone()));
    all
}

/// The errors that the caller may mean: those whose text begins so, otherwise those whose code differs by one mistake.
#[must_use]
pub fn near(wanted: &str) -> Vec<Explanation> {
    let wanted = wanted.trim();
    let by_text = beginning_with(wanted);
    if !by_text.is_empty() {
        return by_text;
    }
    let digits = digits_of(wanted);
    let is_near = |code: &str| strsim::damerau_levenshtein(&digits, &digits_of(code)) <= EDITS_MAX;
    all().into_iter().filter(|known| !known.code.is_empty() && is_near(known.code)).collect()
}

/// The errors whose text begins with these words.
fn beginning_with(words: &str) -> Vec<Explanation> {
    if words.is_empty() {
        return Vec::new();
    }
    all().into_iter().filter(|known| begins(known.text_alone(), words)).collect()
}

/// Whether a text begins with these words, in any case of the letters.
fn begins(text: &str, words: &str) -> bool {
    text.get(..words.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(words))
}

/// The digits of the code that a text begins with: `30111` for `obp-30111` and for `OBP-30111: Invalid Bank Id.`
fn digits_of(text: &str) -> String {
    let code = text.split(':').next().unwrap_or_default().trim().to_ascii_uppercase();
    code.strip_prefix("OBP").and_then(|rest| rest.strip_prefix('-')).unwrap_or(&code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_codes::{HostErrorCode, RefusalCode};

    #[test]
    fn every_code_has_one_explanation_in_whole_sentences() {
        let all = all();
        let texts = RefusalCode::ALL.iter().map(|code| code.message());
        for text in texts.chain(HostErrorCode::ALL.iter().map(|code| code.message())) {
            assert_eq!(all.iter().filter(|explanation| explanation.text == text).count(), 1, "{text}");
        }
        for Explanation { code, text, statuses, meaning, when, what_to_do } in all {
            for sentence in [meaning, when, what_to_do] {
                assert!(sentence.len() > 10 && sentence.ends_with('.'), "{code} {text}: {sentence}");
            }
            assert!(!statuses.is_empty() && statuses.iter().all(|status| (400..=599).contains(status)), "{text}");
        }
    }

    #[test]
    fn a_code_is_found_in_every_spelling() {
        for written in ["OBP-30111", "obp-30111", "30111", " Obp-30111 "] {
            assert_eq!(find(written).unwrap().code, "OBP-30111", "{written}");
        }
        for written in ["", "OBP-", "OBP-3011", "3", "x"] {
            assert_eq!(find(written), None, "{written}");
        }
    }

    #[test]
    fn a_text_is_found_by_its_beginning_and_in_a_whole_message() {
        for (written, text) in [
            ("invalid email address", "Invalid email address"),
            ("User not found by", "OBP-20027: User not found by username."),
            ("obp-30104: meeting", "OBP-30104: Meeting not found."),
            ("OBP-10007: Incorrect Role name: CanFly", "OBP-10007: Incorrect Role name:"),
            ("Unknown Error. More", "OBP-50000: Unknown Error."),
        ] {
            let found = find(written).map(|explanation| explanation.text);
            assert!(found.as_deref().is_some_and(|found| found.starts_with(text)), "{written}: {found:?}");
        }
        // Several errors begin so.
        assert_eq!(find("User not"), None);
        let codes: Vec<_> = near("User not").into_iter().map(|explanation| explanation.code).collect();
        assert_eq!(codes, ["OBP-20001", "OBP-20005", "OBP-20027"]);
    }

    #[test]
    fn only_a_code_with_one_mistake_is_similar() {
        let near = |written| near(written).into_iter().map(|known| known.code).collect::<Vec<_>>();
        assert_eq!(near("OBP-30101x"), ["OBP-30101"]);
        assert_eq!(near("OBP-5000"), ["OBP-50000"]);
        assert_eq!(near("OBP-03111"), ["OBP-30111"]);
        for written in ["OBP-99999", "OBP-", "OBP-3", "", "no such text", "é"] {
            assert!(near(written).is_empty(), "{written}");
        }
    }
}

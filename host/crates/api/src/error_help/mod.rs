//! What an error means, when it occurs and what to do: for every code there is.
//!
//! The words are exhaustive matches on the two tables of codes: a new code without words does not
//! compile. The command line and the pages for people show them.

mod host_errors;
mod rule_errors;

use guest::refusals::RefusalCode;

use super::error_codes::{Code, Error};

/// An error, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `OBP-30111`; empty for the few texts that the API has no code for.
    pub code: &'static str,
    /// How every message of it begins, code and all.
    pub text: String,
    /// The HTTP statuses it is answered with.
    pub statuses: Vec<u16>,
    /// What it means.
    pub meaning: &'static str,
    /// When it occurs.
    pub when: &'static str,
    /// What the caller can do about it.
    pub what_to_do: &'static str,
}

/// What is said of a code.
struct Words {
    meaning: &'static str,
    when: &'static str,
    what_to_do: &'static str,
}

/// How many near codes are worth naming.
const NEAR_MAX: usize = 5;

/// The explanation of a code, written `OBP-30111`, `obp-30111` or `30111`; or of a text that has no code.
#[must_use]
pub fn find(code: &str) -> Option<Explanation> {
    let wanted = code.trim();
    let digits = digits_of(wanted);
    all().into_iter().find(|explanation| match explanation.code {
        "" => explanation.text.eq_ignore_ascii_case(wanted),
        known => digits_of(known) == digits,
    })
}

/// Every explanation, sorted by code; those without one come last.
#[must_use]
pub fn all() -> Vec<Explanation> {
    let of_rules = RefusalCode::ALL.iter().map(|code| (Error::Rules(*code), rule_errors::words(*code)));
    let of_host = Code::ALL.iter().map(|code| (Error::Host(*code), host_errors::words(*code)));
    let mut all: Vec<Explanation> = Vec::new();
    for (error, Words { meaning, when, what_to_do }) in of_host.chain(of_rules) {
        let (code, text, statuses) = (error.number(), error.message(), error.statuses());
        // A code that both answer has one text, and one explanation: the host's.
        if all.iter().all(|known| known.text != text) {
            all.push(Explanation { code, text, statuses, meaning, when, what_to_do });
        }
    }
    all.sort_by_key(|explanation| (explanation.code.is_empty(), explanation.code, explanation.text.clone()));
    all
}

/// The codes that look most like what was asked for, the nearest first.
#[must_use]
pub fn near(code: &str) -> Vec<Explanation> {
    let digits = digits_of(code.trim());
    let mut ranked: Vec<_> = all()
        .into_iter()
        .filter(|explanation| !explanation.code.is_empty())
        .map(|explanation| (strsim::damerau_levenshtein(&digits, &digits_of(explanation.code)), explanation))
        .collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(NEAR_MAX).map(|(_, explanation)| explanation).collect()
}

/// `30111` of `obp-30111`.
fn digits_of(code: &str) -> String {
    let code = code.to_ascii_uppercase();
    code.strip_prefix("OBP").and_then(|rest| rest.strip_prefix('-')).unwrap_or(&code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_both_catalogues_is_explained_once_in_whole_sentences() {
        let all = all();
        let texts = RefusalCode::ALL.iter().map(|code| code.message());
        for text in texts.chain(Code::ALL.iter().map(|code| code.message())) {
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
    fn a_code_is_found_however_it_is_written() {
        for written in ["OBP-30111", "obp-30111", "30111", " Obp-30111 "] {
            assert_eq!(find(written).unwrap().code, "OBP-30111", "{written}");
        }
        assert_eq!(find("invalid email address").unwrap().statuses, [400]);
        for written in ["", "OBP-", "OBP-3011", "3", "x"] {
            assert_eq!(find(written), None, "{written}");
        }
    }

    #[test]
    fn an_unknown_code_has_near_ones() {
        let near: Vec<_> = near("OBP-30101x").into_iter().map(|explanation| explanation.code).collect();
        assert_eq!((near.first().copied(), near.len()), (Some("OBP-30101"), NEAR_MAX));
    }
}

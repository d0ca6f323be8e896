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

/// The sentences of an explanation.
#[derive(Clone, Copy)]
struct Words {
    meaning: &'static str,
    when: &'static str,
    what_to_do: &'static str,
}

/// The greatest number of similar codes to suggest.
const NEAR_MAX: usize = 5;

/// The explanation of a code, written `OBP-30111`, `obp-30111` or `30111`, or of a text without a code.
#[must_use]
pub fn find(code: &str) -> Option<Explanation> {
    let wanted = code.trim();
    let digits = digits_of(wanted);
    all().into_iter().find(|explanation| match explanation.code {
        "" => explanation.text.eq_ignore_ascii_case(wanted),
        known => digits_of(known) == digits,
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

/// The codes most similar to this one, the most similar first.
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

/// The digits of a code: `30111` for `obp-30111`.
fn digits_of(code: &str) -> String {
    let code = code.to_ascii_uppercase();
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
        assert_eq!(find("invalid email address").unwrap().statuses, [400]);
        for written in ["", "OBP-", "OBP-3011", "3", "x"] {
            assert_eq!(find(written), None, "{written}");
        }
    }

    #[test]
    fn an_unknown_code_gets_suggestions() {
        let near: Vec<_> = near("OBP-30101x").into_iter().map(|explanation| explanation.code).collect();
        assert_eq!((near.first().copied(), near.len()), (Some("OBP-30101"), NEAR_MAX));
    }
}

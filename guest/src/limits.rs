//! The checks of ids, texts and amounts. Lengths count Unicode characters, not bytes.
//!
//! The limits of a noun's texts are constants in the noun's own file.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

use crate::refusals::Refusal;

/// Greatest length of a bank, account or user id (decision 6: shorter than 255 characters).
pub const ID_CHARS_MAX: usize = 254;
/// Greatest length of a URL.
pub const URL_CHARS_MAX: usize = 2048;
/// Braille without dots. It is a symbol, but it looks like a space.
const BRAILLE_WITHOUT_DOTS: char = '\u{2800}';

/// Whether a text is an id: 1 to [`ID_CHARS_MAX`] of the characters `0-9/a-z/A-Z/-/./_` (OBP-30110, OBP-30111), and no
/// step in a path.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        && !is_step(text)
}

/// Whether a text is a step in a path, `.` or `..`. Clients remove it from a URL, whatever its escaping (RFC 3986 §5.2.4).
fn is_step(text: &str) -> bool {
    matches!(text, "." | "..")
}

/// Checks that a text is no step in a path.
///
/// # Errors
/// [`Refusal::TextMalformed`].
pub fn not_a_step(name: &'static str, text: &str) -> Result<(), Refusal> {
    if is_step(text) { Err(Refusal::TextMalformed(name, "must not be '.' or '..'")) } else { Ok(()) }
}

/// Checks a text that people tell from others by reading it: each character can be seen, and it does not begin or end with a space.
///
/// # Errors
/// [`Refusal::TextMalformed`].
pub fn readable(name: &'static str, text: &str) -> Result<(), Refusal> {
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(Refusal::TextMalformed(name, "must not begin or end with a space"));
    }
    if text.chars().any(is_invisible) {
        return Err(Refusal::TextMalformed(
            name,
            "must not have invisible characters, or spaces of another kind than ' '",
        ));
    }
    Ok(())
}

/// Whether a reader cannot see the character, or takes it for a space.
fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let is_ignored = || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    c.is_control() || c.is_whitespace() || c == BRAILLE_WITHOUT_DOTS || is_ignored()
}

/// Checks the form of a bank id.
///
/// # Errors
/// [`Refusal::BankIdMalformed`].
pub fn bank_id(text: &str) -> Result<(), Refusal> {
    is_id(text).then_some(()).ok_or(Refusal::BankIdMalformed)
}

/// Checks the bank in the path: the form of its id, then its existence.
///
/// # Errors
/// [`Refusal::BankIdMalformed`] or [`Refusal::BankUnknown`].
pub fn bank(id: &str, exists: bool) -> Result<(), Refusal> {
    bank_id(id)?;
    exists.then_some(()).ok_or(Refusal::BankUnknown)
}

/// Checks the form of an account id.
///
/// # Errors
/// [`Refusal::AccountIdMalformed`].
pub fn account_id(text: &str) -> Result<(), Refusal> {
    is_id(text).then_some(()).ok_or(Refusal::AccountIdMalformed)
}

/// Checks a text that may be empty.
///
/// # Errors
/// [`Refusal::TextTooLong`].
pub fn text(name: &'static str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    text_between(name, text, 0, chars_max)
}

/// Checks that a text has `chars_min` to `chars_max` characters.
///
/// # Errors
/// [`Refusal::TextMissing`] or [`Refusal::TextTooLong`].
pub fn text_between(name: &'static str, text: &str, chars_min: usize, chars_max: usize) -> Result<(), Refusal> {
    // A text has at most as many characters as bytes, so most texts need no counting.
    let chars = if text.len() > chars_max || text.len() < 4 * chars_min { text.chars().count() } else { text.len() };
    if chars < chars_min {
        return Err(Refusal::TextMissing(name, chars_min));
    }
    if chars > chars_max {
        return Err(Refusal::TextTooLong(name, chars_max));
    }
    Ok(())
}

/// Checks a text that needs no escaping in a URL: 1 to `chars_max` letters, digits, `-`, `.`, `_` and `~` (RFC 3986 §2.3).
///
/// # Errors
/// [`Refusal::TextMissing`], [`Refusal::TextTooLong`] or [`Refusal::TextMalformed`].
pub fn url_friendly(name: &'static str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    text_between(name, text, 1, chars_max)?;
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
        return Err(Refusal::TextMalformed(name, "must only contain 0-9/a-z/A-Z/'-'/'.'/'_'/'~'"));
    }
    Ok(())
}

/// The e-mail address in a text, trimmed and in lower case, as it is stored. `None` if the text is not an address.
///
/// Reference §11: a local part of the usual characters, then `@`, then one or more labels with dots between them. A label has
/// 1 to 63 letters, digits and inner hyphens.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let address = text.trim().to_ascii_lowercase();
    let (local, domain) = address.split_once('@')?;
    let local_byte = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let good = !local.is_empty() && local.bytes().all(local_byte) && domain.split('.').all(label_ok);
    good.then_some(address)
}

/// Whether a text is a decimal number in the format of Java's `BigDecimal`: sign, digits, point, exponent. No spaces.
#[must_use]
pub fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) =
        text.split_once(['e', 'E']).map_or((text, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).unwrap_or(text).to_owned();
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = unsigned(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    let exponent_ok = exponent.is_none_or(|exponent| {
        let digits = unsigned(exponent);
        !digits.is_empty() && all_digits(&digits)
    });
    exponent_ok && !(whole.is_empty() && fraction.is_empty()) && all_digits(whole) && all_digits(fraction)
}

/// Whether a decimal number is zero: every digit before the exponent is `0`.
#[must_use]
pub fn is_zero(decimal: &str) -> bool {
    let mantissa = decimal.split_once(['e', 'E']).map_or(decimal, |(mantissa, _)| mantissa);
    mantissa.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'+' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_1_to_254_letters_digits_dashes_dots_and_underscores() {
        for good in ["a", "gh.29.uk", "A-1_b.c", "...", ".a", &"x".repeat(254)] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", " ", "a b", "a/b", "a@b", "a:b", "ü", "a\n", ".", "..", &"x".repeat(255)] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn a_readable_text_has_no_character_that_a_reader_cannot_see() {
        for good in ["a", "a b", "~", "José", "e\u{301}", "日本語", "شركة", "🏦", "नमस्ते"] {
            assert_eq!(readable("id", good), Ok(()), "{good}");
        }
        for bad in [
            " ",
            " a",
            "a ",
            "\u{a0}",
            "a\u{2003}b",
            "\u{3000}",
            "\u{2028}",
            "a\n",
            "\u{85}",
            "a\0",
            "\u{7f}",
            "\u{ad}",
            "\u{200b}",
            "a\u{200f}",
            "\u{202e}abc",
            "\u{2066}",
            "\u{feff}",
            "\u{3164}",
            "\u{115f}",
            "\u{ffa0}",
            "a\u{fe0f}",
            "\u{34f}",
            "\u{61c}",
            "\u{180e}",
            "\u{2800}",
            "\u{e0041}",
            "\u{1d173}",
        ] {
            assert!(matches!(readable("id", bad), Err(Refusal::TextMalformed("id", _))), "{bad:?}");
        }
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert_eq!(text("how", "ü".repeat(32).as_str(), 32), Ok(()));
        assert_eq!(text("how", "ü".repeat(33).as_str(), 32), Err(Refusal::TextTooLong("how", 32)));
        assert_eq!(text("how", "", 32), Ok(()));
        assert_eq!(text_between("how", "", 1, 32), Err(Refusal::TextMissing("how", 1)));
        assert_eq!(text_between("how", "üü", 3, 32), Err(Refusal::TextMissing("how", 3)));
        assert_eq!(text_between("how", "üüü", 3, 32), Ok(()));
    }

    #[test]
    fn a_url_friendly_text_has_only_unreserved_characters() {
        for good in ["tokbox", "A-1_b.c~", &"x".repeat(64)] {
            assert_eq!(url_friendly("provider_id", good, 64), Ok(()), "{good}");
        }
        assert_eq!(url_friendly("provider_id", "", 64), Err(Refusal::TextMissing("provider_id", 1)));
        assert_eq!(url_friendly("provider_id", &"x".repeat(65), 64), Err(Refusal::TextTooLong("provider_id", 64)));
        for bad in ["a b", "a/b", "a?b", "a%20b", "ü", "a\n"] {
            assert!(
                matches!(url_friendly("provider_id", bad, 64), Err(Refusal::TextMalformed("provider_id", _))),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_email_address_is_trimmed_and_lower_cased_and_needs_no_dot_in_its_domain() {
        for (text, address) in [
            ("a@b", "a@b"),
            ("  Robert.X.0.GH@Example.COM\n", "robert.x.0.gh@example.com"),
            ("!#$%&'*+/=?^_`{|}~-.a1@x-y.z9", "!#$%&'*+/=?^_`{|}~-.a1@x-y.z9"),
            (&format!("a@{}", "x".repeat(63)), &format!("a@{}", "x".repeat(63))),
        ] {
            assert_eq!(email(text).as_deref(), Some(address), "{text}");
        }
        for text in [
            "", " ", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "a@-b", "a@b-", "a@b..c", "a@.b", "a@b.", "ü@b",
            "a@ü", "a@b_c",
        ] {
            assert_eq!(email(text), None, "{text}");
        }
        assert_eq!(email(&format!("a@{}", "x".repeat(64))), None);
        assert_eq!(email("\u{212a}@b"), None, "the Kelvin sign is not a k");
    }

    #[test]
    fn a_decimal_has_the_format_of_big_decimal() {
        for (text, zero) in
            [("0", true), ("0.00", true), ("-0", true), ("+0", true), (".0", true), ("0.", true), ("0E5", true)]
        {
            assert_eq!((is_decimal(text), is_zero(text)), (true, zero), "{text}");
        }
        for text in ["1", "0.01", "-3", "1e-9", "1000.00"] {
            assert_eq!((is_decimal(text), is_zero(text)), (true, false), "{text}");
        }
        for text in ["", " 0", "0 ", "0x0", "abc", ".", "1e", "1e+", "--1", "1.2.3", "١"] {
            assert!(!is_decimal(text), "{text}");
        }
    }
}

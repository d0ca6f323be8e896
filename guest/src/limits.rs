//! What ids, texts and amounts may look like. Lengths count characters, not bytes.

use crate::refusals::Refusal;

/// The longest account or bank id (reference §14.8).
pub const ID_MAX_CHARS: usize = 255;
/// The longest id of a KYC record.
pub const RECORD_ID_MAX_CHARS: usize = 44;

/// Whether an id is 1 to 255 of the characters `0-9/a-z/A-Z/-/./_` (OBP-30110, OBP-30111).
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=ID_MAX_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// # Errors
/// [`Refusal::BankIdMalformed`].
pub fn bank_id(text: &str) -> Result<(), Refusal> {
    is_id(text).then_some(()).ok_or(Refusal::BankIdMalformed)
}

/// The bank in the path: its id is well formed, and there is such a bank.
///
/// # Errors
/// [`Refusal::BankIdMalformed`] or [`Refusal::BankUnknown`].
pub fn bank(id: &str, exists: bool) -> Result<(), Refusal> {
    bank_id(id)?;
    exists.then_some(()).ok_or(Refusal::BankUnknown)
}

/// # Errors
/// [`Refusal::AccountIdMalformed`].
pub fn account_id(text: &str) -> Result<(), Refusal> {
    is_id(text).then_some(()).ok_or(Refusal::AccountIdMalformed)
}

/// The id of a KYC record, which the client chooses: any text without control characters, 1 to 44 characters.
///
/// # Errors
/// [`Refusal::TextMissing`], [`Refusal::TextTooLong`] or [`Refusal::TextMalformed`], with the id's name in the path.
pub fn record_id(name: &'static str, text: &str) -> Result<(), Refusal> {
    text_of(name, text, 1, RECORD_ID_MAX_CHARS)?;
    if text.chars().any(char::is_control) {
        return Err(Refusal::TextMalformed(name, "must not contain control characters"));
    }
    Ok(())
}

/// A text that may be empty.
///
/// # Errors
/// [`Refusal::TextTooLong`].
pub fn text(name: &'static str, text: &str, max_chars: usize) -> Result<(), Refusal> {
    text_of(name, text, 0, max_chars)
}

/// A text of `min_chars` to `max_chars` characters.
///
/// # Errors
/// [`Refusal::TextMissing`] or [`Refusal::TextTooLong`].
pub fn text_of(name: &'static str, text: &str, min_chars: usize, max_chars: usize) -> Result<(), Refusal> {
    // A text has at most as many characters as bytes: most are judged without counting.
    let chars = if text.len() > max_chars || text.len() < 4 * min_chars { text.chars().count() } else { text.len() };
    if chars < min_chars {
        return Err(Refusal::TextMissing(name, min_chars));
    }
    if chars > max_chars {
        return Err(Refusal::TextTooLong(name, max_chars));
    }
    Ok(())
}

/// A text that can stand in a URL as it is: 1 to `max_chars` letters, digits, `-`, `.`, `_` and `~` (RFC 3986 §2.3).
///
/// # Errors
/// [`Refusal::TextMissing`], [`Refusal::TextTooLong`] or [`Refusal::TextMalformed`].
pub fn url_friendly(name: &'static str, text: &str, max_chars: usize) -> Result<(), Refusal> {
    text_of(name, text, 1, max_chars)?;
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
        return Err(Refusal::TextMalformed(name, "must only contain 0-9/a-z/A-Z/'-'/'.'/'_'/'~'"));
    }
    Ok(())
}

/// The e-mail address a text holds, trimmed and in lower case: what is stored of it. `None` where it holds none.
///
/// Reference §11: a local part of the usual characters, `@`, and labels of 1 to 63 letters, digits and inner hyphens,
/// with dots between them; one label will do.
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

/// Whether a text is a decimal number, as `BigDecimal` reads it without surrounding blanks: sign, digits, point, exponent.
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

/// Whether a decimal number is zero: no digit before the exponent but `0`.
#[must_use]
pub fn is_zero(decimal: &str) -> bool {
    let mantissa = decimal.split_once(['e', 'E']).map_or(decimal, |(mantissa, _)| mantissa);
    mantissa.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'+' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_1_to_255_letters_digits_dashes_dots_and_underscores() {
        for good in ["a", "gh.29.uk", "A-1_b.c", &"x".repeat(255)] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", " ", "a b", "a/b", "a@b", "a:b", "ü", "a\n", &"x".repeat(256)] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn a_text_is_measured_in_characters() {
        assert_eq!(text("how", "ü".repeat(32).as_str(), 32), Ok(()));
        assert_eq!(text("how", "ü".repeat(33).as_str(), 32), Err(Refusal::TextTooLong("how", 32)));
        assert_eq!(text("how", "", 32), Ok(()));
        assert_eq!(text_of("how", "", 1, 32), Err(Refusal::TextMissing("how", 1)));
        assert_eq!(text_of("how", "üü", 3, 32), Err(Refusal::TextMissing("how", 3)));
        assert_eq!(text_of("how", "üüü", 3, 32), Ok(()));
    }

    #[test]
    fn a_url_friendly_text_has_unreserved_characters_only() {
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
        assert_eq!(email("\u{212a}@b"), None, "the Kelvin sign is no k");
    }

    #[test]
    fn decimals_are_read_as_the_reference_reads_them() {
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

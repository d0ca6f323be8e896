//! The password rule (OBP-30207), exactly as its words say (decision 9). The operations that set a password share it.
//!
//! Characters are Unicode characters. A special character is any that is neither a letter nor a digit.

/// Greatest length of a password, in bytes of UTF-8.
pub const PASSWORD_BYTES_MAX: usize = 512;
/// Smallest length of a password with mixed characters.
pub const PASSWORD_SHORT_CHARS_MIN: usize = 10;
/// Smallest length of a password with any characters.
pub const PASSWORD_LONG_CHARS_MIN: usize = 17;

/// The reason why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// It is too weak.
    Weak {
        /// The number of its characters.
        chars: usize,
        /// The kinds of characters that it lacks. Empty if only its length is wrong.
        missing: Vec<PasswordPart>,
    },
    /// It has this many bytes, which are too many.
    TooLong(usize),
    /// It has a character that stands for a damaged one, or that no keyboard and no login header sends.
    Unusable(char),
}

/// A kind of characters that a password with mixed characters needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordPart {
    /// A digit, of any script.
    Digit,
    /// A lower-case letter.
    Lower,
    /// An upper-case letter.
    Upper,
    /// A character that is neither a letter nor a digit.
    Special,
}

impl PasswordPart {
    const ALL: [Self; 4] = [Self::Digit, Self::Lower, Self::Upper, Self::Special];

    /// Whether a character is of this kind.
    fn has(self, character: char) -> bool {
        match self {
            Self::Digit => character.is_numeric(),
            Self::Lower => character.is_lowercase(),
            Self::Upper => character.is_uppercase(),
            Self::Special => !character.is_alphanumeric(),
        }
    }

    /// The kind with its article, for a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Digit => "a digit",
            Self::Lower => "a lower case letter",
            Self::Upper => "an upper case letter",
            Self::Special => "a special character",
        }
    }
}

/// Checks a new password.
///
/// # Errors
/// [`PasswordFault`].
pub fn check(password: &str) -> Result<(), PasswordFault> {
    let missing: Vec<_> =
        PasswordPart::ALL.into_iter().filter(|part| !password.chars().any(|character| part.has(character))).collect();
    let chars = password.chars().count();
    let is_strong = chars >= PASSWORD_LONG_CHARS_MIN || (chars >= PASSWORD_SHORT_CHARS_MIN && missing.is_empty());
    if !is_strong {
        return Err(PasswordFault::Weak { chars, missing });
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordFault::TooLong(password.len()));
    }
    unusable_character(password).map_or(Ok(()), |character| Err(PasswordFault::Unusable(character)))
}

/// The first character that no password has: a control character, or the one that programs put in the place of bytes that they
/// cannot read. A password with it has been damaged on its way.
#[must_use]
pub fn unusable_character(password: &str) -> Option<char> {
    password.chars().find(|character| character.is_control() || *character == char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use PasswordPart::{Digit, Lower, Special, Upper};

    use super::*;

    #[test]
    fn a_password_is_accepted_exactly_if_it_satisfies_the_words_of_the_rule() {
        let weak = |chars, missing: &[PasswordPart]| Err(PasswordFault::Weak { chars, missing: missing.to_vec() });
        for (password, checked) in [
            ("Abcdefg12!", Ok(())),
            ("Abc defg12", Ok(())),
            ("Abcdefg12[", Ok(())),
            ("Abcdefg12€", Ok(())),
            ("Äbcdéfg12¿", Ok(())),
            ("Ωμέγα-٣-σίγμα", Ok(())),
            ("Abcdefg1🚀", weak(9, &[])),
            ("Abcdefgh1🚀", Ok(())),
            ("", weak(0, &[Digit, Lower, Upper, Special])),
            ("Abcdefg1!", weak(9, &[])),
            ("Abcdefghi!", weak(10, &[Digit])),
            ("ABCDEFG12!", weak(10, &[Lower])),
            ("abcdefg12!", weak(10, &[Upper])),
            ("Abcdefg123", weak(10, &[Special])),
            // Letters of any script are letters, and none of these has two cases.
            ("漢字漢字漢字漢字漢字", weak(10, &[Digit, Lower, Upper, Special])),
            ("Abcdefg12ß", weak(10, &[Special])),
            ("aaaaaaaaaaaaaaaa", weak(16, &[Digit, Upper, Special])),
            ("aaaaaaaaaaaaaaaaa", Ok(())),
            ("                 ", Ok(())),
        ] {
            assert_eq!(check(password), checked, "{password}");
        }
    }

    #[test]
    fn every_character_that_is_neither_letter_nor_digit_is_special() {
        for special in ('\u{20}'..'\u{3000}').filter(|character| !character.is_control()) {
            let refused = Err(PasswordFault::Weak { chars: 10, missing: vec![Special] });
            let expected = if special.is_alphanumeric() { refused } else { Ok(()) };
            assert_eq!(check(&format!("Abcdefg12{special}")), expected, "{special}");
        }
    }

    #[test]
    fn a_password_is_measured_in_characters_and_limited_in_bytes() {
        // A rocket has two UTF-16 units and four bytes.
        let missing = vec![Digit, Lower, Upper];
        assert_eq!(check(&"🚀".repeat(16)), Err(PasswordFault::Weak { chars: 16, missing }));
        assert_eq!(check(&"🚀".repeat(17)), Ok(()));
        assert_eq!(check(&"🚀".repeat(128)), Ok(()));
        assert_eq!(check(&format!("{}x", "🚀".repeat(128))), Err(PasswordFault::TooLong(513)));
    }

    #[test]
    fn a_password_has_no_character_that_only_damage_explains() {
        for unusable in ['\0', '\t', '\n', '\u{7f}', '\u{85}', '\u{fffd}'] {
            let password = format!("a long enough one{unusable}");
            assert_eq!(check(&password), Err(PasswordFault::Unusable(unusable)), "{unusable:?}");
        }
        // The control: their neighbours are accepted.
        for usable in [' ', '~', '\u{a0}', '\u{fffc}'] {
            assert_eq!(check(&format!("a long enough one{usable}")), Ok(()), "{usable:?}");
        }
    }
}

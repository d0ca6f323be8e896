//! The text of bytes whose encoding no client names (decision 9).
//!
//! UTF-8 is read as UTF-8, and every other sequence of bytes as ISO-8859-1, byte for byte: Python's `requests` and JavaScript's
//! `fetch` send headers in ISO-8859-1. A few texts in ISO-8859-1 are UTF-8 too, so that a password may have a second reading.

/// The text of some bytes.
pub(super) struct Decoded {
    pub(super) text: String,
    /// Whether the bytes are UTF-8 with characters beyond ASCII, so that they can be meant as ISO-8859-1 too.
    pub(super) is_ambiguous: bool,
}

/// Reads bytes as UTF-8, or else as ISO-8859-1.
pub(super) fn decoded(bytes: &[u8]) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), is_ambiguous: !text.is_ascii() },
        Err(_) => Decoded { text: latin1(bytes), is_ambiguous: false },
    }
}

/// The same text, if its sender meant its bytes as ISO-8859-1.
pub(super) fn as_latin1(text: &str) -> String {
    latin1(text.as_bytes())
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_utf8_or_else_iso_8859_1() {
        for (bytes, text, is_ambiguous) in [
            (&b"plain"[..], "plain", false),
            ("naïve 漢字 🚀".as_bytes(), "naïve 漢字 🚀", true),
            (b"na\xefve", "naïve", false),
            (b"\xe9\xff\xa0", "éÿ\u{a0}", false),
            // Bytes of both encodings: none of them is lost.
            (b"\xc3\xa9\xe9", "Ã©é", false),
            (b"", "", false),
        ] {
            let decoded = decoded(bytes);
            assert_eq!((decoded.text.as_str(), decoded.is_ambiguous), (text, is_ambiguous), "{bytes:?}");
        }
        assert_eq!(as_latin1("é"), "Ã©");
    }
}

//! Shows texts of third parties without the characters that a reader cannot see. Such a character can forge a line, reverse the
//! order of a text, control a terminal, or make two names look equal.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Braille without dots. It is a symbol by its category, but it looks like a space.
const BRAILLE_WITHOUT_DOTS: char = '\u{2800}';

/// Whether a reader cannot see the character, or takes it for a space: control and format characters, line ends, private and
/// unassigned characters, characters that are ignored by default, and every space except the common one.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };

    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_hidden = matches!(
        category,
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | SpaceSeparator | Surrogate | Unassigned
    );
    is_hidden || c == BRAILLE_WITHOUT_DOTS || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// A text on one line: its invisible characters are escaped.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_invisible(c) { c.escape_default().to_string() } else { c.into() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_visible_characters() {
        for text in ["", "a b", "~", "José", "e\u{301}", "Ελλάδα", "नमस्ते", "日本語", "شركة", "🏦", "\"'\\`<>"]
        {
            assert_eq!(one_line(text), text);
        }
    }

    #[test]
    fn a_character_that_a_reader_cannot_see_is_escaped() {
        for (what, range) in [
            ("controls", '\0'..='\u{1f}'),
            ("delete and the second set of controls", '\u{7f}'..='\u{9f}'),
            ("no-break space", '\u{a0}'..='\u{a0}'),
            ("soft hyphen", '\u{ad}'..='\u{ad}'),
            ("grapheme joiner", '\u{34f}'..='\u{34f}'),
            ("Arabic letter mark", '\u{61c}'..='\u{61c}'),
            ("Hangul fillers", '\u{115f}'..='\u{1160}'),
            ("Khmer vowels without a form", '\u{17b4}'..='\u{17b5}'),
            ("Mongolian selectors", '\u{180b}'..='\u{180f}'),
            ("spaces, joiners and marks of direction", '\u{2000}'..='\u{200f}'),
            ("separators, embeddings and overrides", '\u{2028}'..='\u{202f}'),
            ("isolates and other format characters", '\u{205f}'..='\u{206f}'),
            ("braille without dots", '\u{2800}'..='\u{2800}'),
            ("ideographic space", '\u{3000}'..='\u{3000}'),
            ("Hangul filler", '\u{3164}'..='\u{3164}'),
            ("private use", '\u{e000}'..='\u{f8ff}'),
            ("selectors of variants", '\u{fe00}'..='\u{fe0f}'),
            ("byte order mark", '\u{feff}'..='\u{feff}'),
            ("narrow Hangul filler", '\u{ffa0}'..='\u{ffa0}'),
            ("interlinear annotations", '\u{fff9}'..='\u{fffb}'),
            ("tags and further selectors", '\u{e0000}'..='\u{e0fff}'),
            ("unassigned", '\u{10ffff}'..='\u{10ffff}'),
        ] {
            for c in range {
                let shown = one_line(&format!("a{c}b"));
                assert_eq!(shown, format!("a{}b", c.escape_default()), "{what}");
                assert!(shown.is_ascii() && !shown.contains(char::is_control), "{what}: {shown:?}");
            }
        }
        assert_eq!(one_line("a\n\u{202e}b\u{1b}[2J"), "a\\n\\u{202e}b\\u{1b}[2J");
    }
}

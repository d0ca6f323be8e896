//! Plain English: words of the project's former dialect stand in no text that people read.

use super::sources::{Source, files};

/// Words and phrases that a plain sentence replaces; each is looked for as whole words, in lower case.
const WORDS: &[&str] = &[
    "anybody",
    "as wished",
    "be mended",
    "cannot be had",
    "everybody",
    "good for nothing",
    "is mended",
    "is none of",
    "lets it go",
    "nobody",
    "of one's own",
    "overstep",
    "oversteps",
    "overstepped",
    "somebody",
    "whoever",
    "whom",
];

/// A doc comment that begins with one of these is neither a sentence nor a noun phrase.
const BEGINNINGS: &[&str] = &[
    "Above", "After", "Among", "And", "Before", "Behind", "Below", "Beside", "Between", "But", "By", "From", "In",
    "Inside", "Into", "Like", "Nobody", "Not", "Of", "Or", "Over", "Since", "Somebody", "That", "Through", "To",
    "Under", "Until", "What", "Who", "Whoever", "Whom", "Whose", "With", "Without",
];

/// Files that hold texts of others: the contract's page, and this list.
const EXCLUDED: &[&str] = &["tests/fixtures/", "tests/house/words.rs", "wit/deps/", "package-lock.json"];

fn texts() -> Vec<Source> {
    const FOLDERS: &[&str] = &["componentize", "docs", "extensions", "guest", "host", "scripts", "tests", "wit"];
    const ENDINGS: &[&str] = &[".css", ".html", ".js", ".md", ".mjs", ".py", ".rs", ".sh", ".toml", ".txt", ".wit"];
    let mut texts = files(FOLDERS, ENDINGS);
    for name in ["README.md", "Makefile", "Cargo.toml", "clippy.toml"] {
        let text = std::fs::read_to_string(format!("{}/{name}", super::sources::ROOT)).unwrap();
        texts.push(Source { path: name.to_owned(), text });
    }
    texts.retain(|file| !EXCLUDED.iter().any(|excluded| file.path.contains(excluded)));
    texts
}

/// The words of the dialect in a line.
fn dialect(line: &str) -> Vec<&'static str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    // Names in code count too: `nobody_waits` has the word in it.
    let words = line.to_lowercase().replace('_', " ");
    let stands = |phrase: &&&str| {
        words.match_indices(**phrase).any(|(at, _)| {
            let before = words[..at].chars().next_back();
            let after = words[at + phrase.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    };
    WORDS.iter().filter(stands).copied().collect()
}

/// Whether a line begins a doc comment that is no sentence. `previous` is the line before it.
fn is_fragment(previous: &str, line: &str) -> bool {
    let marked = |line: &str, mark: &str| line.trim_start().starts_with(mark);
    let Some(text) = line.trim_start().strip_prefix("/// ").or_else(|| line.trim_start().strip_prefix("//! ")) else {
        return false;
    };
    let begins = !marked(previous, "///") && !marked(previous, "//!");
    let word: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
    begins && BEGINNINGS.contains(&word.as_str())
}

#[test]
fn texts_are_plain_english() {
    let texts = texts();
    assert!(texts.len() > 400, "{} files", texts.len());
    let mut found = Vec::new();
    for Source { path, text } in &texts {
        let mut previous = "";
        for (number, line) in text.lines().enumerate() {
            // The calls and answers of a scenario are data.
            if path.ends_with(".txt") && (line.starts_with("> ") || line.starts_with("< ")) {
                continue;
            }
            let place = || format!("{path}:{}: {}", number + 1, line.trim());
            found.extend(dialect(line).into_iter().map(|word| format!("{word:?} in {}", place())));
            if path.ends_with(".rs") && is_fragment(previous, line) {
                found.push(format!("a fragment in {}", place()));
            }
            previous = line;
        }
    }
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

/// The control.
#[test]
fn the_dialect_is_found() {
    for (line, words) in [
        ("/// Whom it belongs to, or nobody.", &["nobody", "whom"][..]),
        ("fn nobody_waits() {}", &["nobody"]),
        ("Answered as wished.", &["as wished"]),
        ("A homebody overstepping the line.", &[]),
    ] {
        assert_eq!(dialect(line), words, "{line}");
    }
    for (previous, line, is_one) in [
        ("", "/// Of a request, in bytes.", true),
        ("", "//! What comes out.", true),
        ("/// The limit", "/// Of a sentence that goes on.", false),
        ("", "/// The bytes of a request.", false),
        ("", "// Not a doc comment.", false),
    ] {
        assert_eq!(is_fragment(previous, line), is_one, "{line}");
    }
}

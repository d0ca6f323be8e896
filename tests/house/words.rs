//! Plain English: words of the project's former dialect stand in no text that people read.

use super::sources::{Source, files};

/// Words and phrases that a plain sentence replaces; each is looked for as whole words, in lower case.
const WORDS: &[&str] = &[
    "anybody",
    "as wished",
    "blank",
    "blanks",
    "cannot be had",
    "everybody",
    "good for nothing",
    "is none of",
    "lets it go",
    "medium",
    "mend",
    "mended",
    "mending",
    "mends",
    "nobody",
    "of one's own",
    "overstep",
    "oversteps",
    "overstepped",
    "read again",
    "read it again",
    "reads again",
    "reads it again",
    "seat",
    "seats",
    "somebody",
    "somebody else's",
    "stop the start",
    "stops the start",
    "take part",
    "takes part",
    "taking part",
    "took part",
    "whoever",
    "whom",
];

/// A doc comment that begins with one of these is neither a sentence nor a noun phrase.
const BEGINNINGS: &[&str] = &[
    "About", "Above", "Across", "After", "Against", "Along", "Among", "And", "Around", "As", "At", "Before", "Behind",
    "Below", "Beside", "Between", "Beyond", "But", "By", "Despite", "During", "Except", "For", "From", "In", "Inside",
    "Into", "Like", "Near", "Nobody", "Not", "Of", "Off", "On", "Onto", "Or", "Outside", "Over", "Per", "Since",
    "Somebody", "Than", "That", "Through", "To", "Toward", "Towards", "Under", "Until", "Upon", "Via", "What", "Who",
    "Whoever", "Whom", "Whose", "With", "Within", "Without",
];

/// The beginnings of a limit's description: "At most 50 characters."
const LIMITS: &[&str] = &["At least ", "At most "];

/// A sentence with one of these as its subject does not name who acts. A question may begin with it.
const SUBJECTS: &[&str] = &["Nobody ", "Somebody ", "What ", "Who ", "Whoever ", "Whom ", "Whose "];

/// Files that hold texts of others: the contract's page, and this list.
const EXCLUDED: &[&str] = &["tests/fixtures/", "tests/house/words.rs", "wit/deps/", "package-lock.json"];

/// The files in which a doc comment has the mark of [`DOC_MARKS`].
const DOCUMENTED: &[&str] = &[".js", ".mjs", ".py", ".rs", ".wit"];
/// The marks of doc comments.
const DOC_MARKS: &[&str] = &["///", "//!", "/**", "\"\"\""];
/// The marks of lines that belong to one text. A longer mark stands before its beginning.
const MARKS: &[&str] = &["///", "//!", "//", "/**", "/*", "*", "#", "--", "\"\"\"", "> ", "< "];

fn texts() -> Vec<Source> {
    const FOLDERS: &[&str] =
        &[".cargo", ".ci", "componentize", "docs", "extensions", "guest", "host", "scripts", "tests", "wit"];
    // The last one stands for names without an ending.
    const ENDINGS: &[&str] = &[
        ".css", ".html", ".js", ".json", ".lua", ".md", ".mjs", ".npmrc", ".py", ".rs", ".sh", ".sql", ".svg", ".toml",
        ".txt", ".wit", "",
    ];
    let mut texts = files(FOLDERS, ENDINGS);
    for name in [".gitignore", "README.md", "Makefile", "Cargo.toml", "clippy.toml", "rustfmt.toml"] {
        let text = std::fs::read_to_string(format!("{}/{name}", super::sources::ROOT)).unwrap();
        texts.push(Source { path: name.to_owned(), text });
    }
    texts.retain(|file| !EXCLUDED.iter().any(|excluded| file.path.contains(excluded)));
    texts
}

/// Lines with the same mark and nothing between them, joined: a phrase may stand on two lines.
#[derive(Debug)]
struct Block {
    mark: &'static str,
    /// Whether the line before has another mark. In a comment, false for all but the first paragraph.
    begins: bool,
    text: String,
    /// Where in `text` each line begins, with its number.
    lines: Vec<(usize, usize)>,
}

impl Block {
    fn line_at(&self, place: usize) -> usize {
        self.lines.iter().rev().find(|(from, _)| *from <= place).map_or(0, |(_, number)| *number)
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut previous, mut is_open) = ("", false);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let mark = MARKS.iter().find(|mark| line.starts_with(**mark)).copied().unwrap_or_default();
        // The lines of a script's comment begin with `# `; an attribute begins with `#[`.
        let mark = if mark == "#" && !line.starts_with("# ") && line != "#" { "" } else { mark };
        let rest = line[mark.len()..].trim().trim_end_matches('\\').trim_end();
        if !(is_open && mark == previous) {
            blocks.push(Block { mark, begins: mark != previous, text: String::new(), lines: Vec::new() });
        }
        is_open = !rest.is_empty();
        previous = mark;
        let block = blocks.last_mut().unwrap();
        if !block.text.is_empty() {
            block.text.push(' ');
        }
        block.lines.push((block.text.len(), number + 1));
        block.text.push_str(rest);
    }
    blocks
}

/// The words of the dialect in a text, each with its place.
fn dialect(text: &str) -> Vec<(usize, &'static str)> {
    let is_word = |c: char| c.is_alphanumeric() || "-_".contains(c);
    // Names in code count too: `nobody_waits` has the word in it. HTML's `_blank` does not.
    let mut before = ' ';
    let separated = text.chars().map(|c| {
        let begins = !std::mem::replace(&mut before, c).is_alphanumeric();
        if c == '_' && !begins { ' ' } else { c.to_ascii_lowercase() }
    });
    let words: String = separated.collect();
    let mut found = Vec::new();
    for phrase in WORDS {
        found.extend(words.match_indices(phrase).filter_map(|(at, _)| {
            let before = words[..at].chars().next_back();
            let after = words[at + phrase.len()..].chars().next();
            (!before.is_some_and(is_word) && !after.is_some_and(is_word)).then_some((at, *phrase))
        }));
    }
    found
}

/// Whether a block is a doc comment that begins as neither a sentence nor a noun phrase.
fn is_fragment(block: &Block) -> bool {
    let word: String = block.text.chars().take_while(|c| c.is_alphabetic()).collect();
    let is_limit = LIMITS.iter().any(|limit| block.text.starts_with(limit));
    DOC_MARKS.contains(&block.mark) && block.begins && BEGINNINGS.contains(&word.as_str()) && !is_limit
}

/// The places at which a sentence begins without a subject that acts. A label in quotes, such as "What to do", is no sentence.
fn unnamed_subjects(text: &str) -> Vec<usize> {
    let text = text.replace("\\\"", "''");
    let is_sentence = |at: usize| {
        let end = text[at..].find(['.', '?', '!', '"']).and_then(|end| text[at + end..].chars().next());
        let begins = |mark: &str| text[..at].ends_with(mark);
        match end {
            Some('?') => false,
            Some('.' | '!') if begins("\"") => true,
            _ => at == 0 || [". ", "! ", "? "].iter().any(|mark| begins(mark)),
        }
    };
    let found = SUBJECTS.iter().flat_map(|subject| text.match_indices(subject));
    found.map(|(at, _)| at).filter(|at| is_sentence(*at)).collect()
}

/// What is not plain in a file: the number of the line, and why.
fn faults(path: &str, text: &str) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    // The requests of a scenario are data.
    let is_data = |block: &Block| path.ends_with(".txt") && block.mark == "> ";
    for block in blocks(text).into_iter().filter(|block| !is_data(block)) {
        faults.extend(dialect(&block.text).into_iter().map(|(at, word)| (block.line_at(at), format!("{word:?}"))));
        if DOCUMENTED.iter().any(|ending| path.ends_with(ending)) && is_fragment(&block) {
            faults.push((block.line_at(0), "a fragment".to_owned()));
        }
        let unnamed = unnamed_subjects(&block.text).into_iter();
        faults.extend(unnamed.map(|at| (block.line_at(at), "a sentence without a subject".to_owned())));
    }
    faults
}

#[test]
fn texts_are_plain_english() {
    let texts = texts();
    assert!(texts.len() > 400, "{} files", texts.len());
    for path in [".cargo/config.toml", ".ci/run", "Makefile", "wit/kyc.wit"] {
        assert!(texts.iter().any(|file| file.path == path), "{path}");
    }
    let mut found = Vec::new();
    for Source { path, text } in &texts {
        found.extend(faults(path, text).into_iter().map(|(line, fault)| format!("{path}:{line}: {fault}")));
    }
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

/// The control.
#[test]
fn the_dialect_is_found() {
    for (text, words) in [
        (
            "/// Whom it belongs to, or nobody.",
            &["\"nobody\"", "\"whom\"", "a sentence without a subject", "a fragment"][..],
        ),
        ("fn nobody_waits() {}", &["\"nobody\""]),
        ("Answered as wished.", &["\"as wished\""]),
        (
            "// A seat for a medium, as\n// wished, that mends itself and takes part.",
            &["\"as wished\"", "\"medium\"", "\"mends\"", "\"seat\"", "\"takes part\""],
        ),
        ("let text = \"it stops the \\\n    start\";", &["\"stops the start\""]),
        ("A homebody overstepping the line.", &[]),
        ("// As\n\n// wished", &[]),
        ("/// Of a request, in bytes.", &["a fragment"]),
        ("    /// At the start", &["a fragment"]),
        ("/// For the tests only", &["a fragment"]),
        ("/// On a busy machine", &["a fragment"]),
        ("/** As the server does. */", &["a fragment"]),
        ("//! What comes out.", &["a sentence without a subject", "a fragment"]),
        ("// Who asks gets it", &["a sentence without a subject"]),
        ("// The first is free. Who asks\n// later waits.", &["a sentence without a subject"]),
        ("# What reads the vectors.", &["a sentence without a subject"]),
        ("error(\"What follows \\\"x\\\" is no date.\")", &["a sentence without a subject"]),
        ("dt { \"What to do\" } p { \"One. Two.\" } a target=\"_blank\" {}", &[]),
        ("/// Who has asked?", &["a fragment"]),
        ("/// At most 50 characters.", &[]),
        ("/// The limit\n/// Of a sentence that goes on.", &[]),
        ("/// The limit.\n///\n/// In a second paragraph, the text goes on.", &[]),
        ("/// The bytes of a request.", &[]),
        ("// Not a doc comment.", &[]),
    ] {
        let mut found: Vec<_> = faults("guest/src/lib.rs", text).into_iter().map(|(_, fault)| fault).collect();
        let mut words = words.to_vec();
        found.sort();
        words.sort();
        assert_eq!(found, words, "{text}");
    }
    let faults_of = |path: &str| faults(path, "first\n\n/// Of a\n/// seat.");
    assert_eq!(faults_of("wit/kyc.wit"), [(4, "\"seat\"".to_owned()), (3, "a fragment".to_owned())]);
    assert_eq!(faults_of("docs/a.md"), [(4, "\"seat\"".to_owned())]);
}

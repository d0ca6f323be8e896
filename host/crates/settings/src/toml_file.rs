//! A TOML text as a list of values, each with the place it stands at, and the search for the name that was meant. For the
//! configuration and for the manifests of extensions; knows no key of either.

use serde::Deserialize;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

/// The names on the way to a value. Not joined by dots: a name may contain one.
pub type Names = Vec<String>;

/// A value as it was written.
#[derive(Debug)]
pub struct Written {
    /// The names on the way to it.
    pub names: Names,
    /// `None` if it is no TOML value after all, for example a number that is too large. A table only if it is empty: what is in
    /// one is listed by itself.
    pub value: Option<Value>,
    /// The value's own text.
    pub text: String,
    /// Where its name begins, in bytes from the start of the text.
    pub offset: usize,
}

/// Why a text is not TOML.
#[derive(Debug)]
pub struct NotToml {
    /// Where reading stopped; the first line is 1.
    pub line: usize,
    /// What the parser says. Does not repeat the text.
    pub reason: String,
}

/// Every value of the text, in the order of the text.
pub fn values(text: &str) -> Result<Vec<Written>, NotToml> {
    let top = DeTable::parse(text).map_err(|error| NotToml {
        line: line(text, error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    })?;
    Ok(flat(text, top.into_inner()))
}

/// What can be made out of a text that may not be TOML, and whether it is.
pub fn values_of_what_may_be_damaged(text: &str) -> (Vec<Written>, bool) {
    let (top, errors) = DeTable::parse_recoverable(text);
    (flat(text, top.into_inner()), errors.is_empty())
}

fn flat(text: &str, top: DeTable<'_>) -> Vec<Written> {
    let mut found = Vec::new();
    let mut tables = vec![(Names::new(), top)];
    while let Some((above, table)) = tables.pop() {
        for (name, value) in table {
            let mut names = above.clone();
            names.push(name.get_ref().to_string());
            let (offset, span) = (name.span().start, value.span());
            match value.into_inner() {
                DeValue::Table(table) if !table.is_empty() => tables.push((names, table)),
                value => {
                    let text = text.get(span.clone()).unwrap_or_default().to_owned();
                    let value = Value::deserialize(ValueDeserializer::from(Spanned::new(span, value))).ok();
                    found.push(Written { names, value, text, offset });
                }
            }
        }
    }
    found.sort_by_key(|written| written.offset);
    found
}

/// The line of that place; the first is 1.
pub fn line(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

/// Puts a value at the end of that way, with the tables on it.
pub fn insert(table: &mut Table, names: &[String], value: Value) {
    match names {
        [] => {}
        [name] => {
            table.insert(name.clone(), value);
        }
        [name, below @ ..] => {
            let inner = table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, below, value);
            }
        }
    }
}

/// The known name that is nearest. A key in the wrong section is near, so its last name counts for half; a section in the
/// place of a key, or a key in the place of a section, is nearer still.
pub fn nearest(names: &Names, known: impl IntoIterator<Item = Names>) -> Names {
    let likeness = |candidate: &Names| {
        let whole = strsim::normalized_damerau_levenshtein(&candidate.join("."), &names.join("."));
        let last = |names: &Names| names.last().cloned().unwrap_or_default();
        let inside = candidate.starts_with(names) || names.starts_with(candidate);
        whole + strsim::normalized_damerau_levenshtein(&last(candidate), &last(names)) + f64::from(u8::from(inside))
    };
    known.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or_default()
}

/// A text on one line: its control characters are escaped.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.into() }).collect()
}

/// A text on one line, in backticks.
pub fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text))
}

/// How a message shows a value that is no secret: [`quoted`], unless it is long.
pub fn shown(written: &str) -> String {
    if written.chars().count() > 100 { format!("a value of {} bytes", written.len()) } else { quoted(written) }
}

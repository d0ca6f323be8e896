//! Reads a TOML text as a list of values with their positions, and formats texts for messages.

use serde::Deserialize;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

use crate::visible::one_line;

/// The names on the way to a value. Not joined by dots, because a name may contain a dot.
pub(crate) type Names = Vec<String>;

/// A value as it was written.
#[derive(Debug)]
pub(crate) struct Written {
    /// The names on the way to the value.
    pub(crate) names: Names,
    /// `None` if TOML's types cannot hold the value, for example a number that is too large. A table stands here only if it is
    /// empty, because the values of a table are listed separately.
    pub(crate) value: Option<Value>,
    /// The text of the value.
    pub(crate) text: String,
    /// The position of its name, in bytes from the start of the text.
    pub(crate) offset: usize,
}

/// The text is not TOML.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotToml {
    /// The line of the error; the first is 1.
    pub line: usize,
    /// The parser's message. It does not repeat the text.
    pub reason: String,
}

/// Every value of the text, in the order of the text.
pub(crate) fn values(text: &str) -> Result<Vec<Written>, NotToml> {
    let top = DeTable::parse(text).map_err(|error| NotToml {
        line: line(text, error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    })?;
    Ok(flat(text, top.into_inner()))
}

/// The values that can be recovered from a damaged text, and whether the text is valid TOML.
pub(crate) fn recovered_values(text: &str) -> (Vec<Written>, bool) {
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

/// The line of a position; the first is 1.
pub(crate) fn line(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

/// Inserts a value, and the tables on the way to it.
pub(crate) fn insert(table: &mut Table, names: &[String], value: Value) {
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

/// A text on one line, in backticks.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text))
}

/// A value in a message: [`quoted`], or only its length if it is long. Not for secrets.
#[must_use]
pub fn shown(written: &str) -> String {
    if written.chars().count() > 100 { format!("a value of {} bytes", written.len()) } else { quoted(written) }
}

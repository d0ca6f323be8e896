//! Kinds of values: the values that a key takes, their description, and the description of a wrong value.

use toml::Value;

use crate::toml_file::shown;

/// A kind of value.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// True or false.
    Switch,
    /// A whole number within these bounds, both included.
    Count(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A text, a whole number, or true or false.
    Scalar,
    /// A text of a certain form.
    Text(Text),
    /// A list of texts of a certain form.
    List(List),
}

/// The form of a text.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The form, to be read after "must be".
    pub allowed: &'static str,
    /// Whether a text has the form.
    pub takes: fn(&str) -> bool,
    /// Describes a wrong value, given as written; to be read after the key.
    pub wrong: fn(&str) -> String,
    /// Whether no message may show the text.
    pub is_secret: bool,
}

/// The form of a list of texts.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// The form, to be read after "must be".
    pub allowed: &'static str,
    /// Whether a text may be an item.
    pub item: fn(&str) -> bool,
    /// Whether the list may be empty.
    pub may_be_empty: bool,
    /// An item that is allowed if it is the only one.
    pub only: Option<&'static str>,
}

/// Describes a wrong value by showing it. Not for secrets.
#[must_use]
pub fn cannot_be(written: &str) -> String {
    format!("cannot be {}", shown(written))
}

impl Kind {
    /// Texts for which `takes` is true.
    #[must_use]
    pub const fn text(allowed: &'static str, takes: fn(&str) -> bool) -> Self {
        Self::Text(Text { allowed, takes, wrong: cannot_be, is_secret: false })
    }

    /// The same as [`Kind::text`], for values that no message may show.
    #[must_use]
    pub const fn secret(allowed: &'static str, takes: fn(&str) -> bool) -> Self {
        Self::Text(Text {
            allowed,
            takes,
            wrong: |_| "has the wrong type (value not shown)".to_owned(),
            is_secret: true,
        })
    }

    /// Whether no message may show a value.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self, Self::Text(Text { is_secret: true, .. }))
    }

    /// The values that the key takes, to be read after "must be".
    #[must_use]
    pub fn allowed(&self) -> String {
        match self {
            Self::Switch => "true or false".to_owned(),
            Self::Count(min, max) => format!("a whole number from {min} to {max}"),
            Self::OneOf(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or "),
            Self::Scalar => "a text, a whole number, or true or false".to_owned(),
            Self::Text(Text { allowed, .. }) | Self::List(List { allowed, .. }) => (*allowed).to_owned(),
        }
    }

    /// Whether the key takes the value.
    #[must_use]
    pub fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Switch, Value::Boolean(_)) => true,
            (Self::Count(min, max), Value::Integer(count)) => (min..=max).contains(&count),
            (Self::OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::Scalar, Value::String(_) | Value::Integer(_) | Value::Boolean(_)) => true,
            (Self::Text(form), Value::String(text)) => (form.takes)(text),
            (Self::List(list), Value::Array(items)) => list.takes(items),
            _ => false,
        }
    }

    /// The value of a text in an environment variable or in the table's column of defaults. The items of a list are separated by
    /// commas. A text that is not a number or switch stays a text, which such a key does not take.
    #[must_use]
    pub fn read(&self, text: &str) -> Value {
        let read = match self {
            Self::Switch => text.parse().ok().map(Value::Boolean),
            Self::Count(..) => text.parse().ok().map(Value::Integer),
            Self::List(_) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
            }
            _ => None,
        };
        read.unwrap_or_else(|| Value::String(text.to_owned()))
    }

    /// Describes a value that the key does not take.
    pub(crate) fn wrong(&self, written: &str, value: Option<&Value>) -> String {
        match (self, value) {
            (Self::Text(form), _) => (form.wrong)(written),
            (Self::List(list), Some(Value::Array(items))) => match items.iter().find(|item| !list.takes_item(item)) {
                Some(item) => format!("cannot hold {}", shown(&item.to_string())),
                None => cannot_be(written),
            },
            _ => cannot_be(written),
        }
    }
}

impl List {
    fn takes(&self, items: &[Value]) -> bool {
        let is_only = matches!(items, [Value::String(one)] if self.only == Some(one.as_str()));
        let is_empty = items.is_empty() && !self.may_be_empty;
        is_only || (!is_empty && items.iter().all(|item| self.takes_item(item)))
    }

    fn takes_item(&self, item: &Value) -> bool {
        item.as_str().is_some_and(self.item)
    }
}

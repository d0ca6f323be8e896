//! One row of a table of keys.

use toml::Value;

use crate::kind::Kind;
use crate::toml_file::Names;

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The names on the way to the key, joined by dots. A name in upper case, such as `ID`, is open: it stands for any name.
    pub path: &'static str,
    /// The only variant of a section that has this key; `None` if every variant has it.
    pub variant: Option<&'static str>,
    /// The values that the key takes.
    pub kind: Kind,
    /// The value of a key that is not set.
    pub default: Fallback,
    /// One sentence for the manual and for hints.
    pub meaning: &'static str,
}

/// The value of a key that is not set.
#[derive(Clone, Copy, Debug)]
pub enum Fallback {
    /// This value, written as in an environment variable.
    Is(&'static str),
    /// A list of these items.
    Items(&'static [&'static str]),
    /// A number that depends on the machine, and its description for the manual.
    Computed(fn() -> i64, &'static str),
    /// None: the key may be absent.
    Absent,
    /// None: the key must be set.
    Required,
}

/// A key of every variant.
#[must_use]
pub const fn key(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, variant: None, kind, default, meaning }
}

impl Key {
    /// The same key, for one variant only.
    #[must_use]
    pub const fn only(self, variant: &'static str) -> Self {
        Self { variant: Some(variant), ..self }
    }

    /// The default, as a value.
    pub(crate) fn default_value(&self) -> Option<Value> {
        match self.default {
            Fallback::Is(text) => Some(self.kind.read(text)),
            Fallback::Items(items) => {
                Some(Value::Array(items.iter().map(|item| Value::String((*item).to_owned())).collect()))
            }
            Fallback::Computed(compute, _) => Some(Value::Integer(compute())),
            Fallback::Absent | Fallback::Required => None,
        }
    }

    /// The names on the way to the key, with `name` for an open name.
    #[must_use]
    pub fn names(&self, name: &str) -> Vec<String> {
        self.path.split('.').map(|part| if is_open(part) { name } else { part }.to_owned()).collect()
    }

    pub(crate) fn is_at(&self, names: &[String]) -> bool {
        self.path.split('.').count() == names.len() && leads_along(self.path, names)
    }

    pub(crate) fn is_below(&self, names: &[String]) -> bool {
        self.path.split('.').count() > names.len() && leads_along(self.path, names)
    }

    /// Whether a section of that variant has the key; any may have it if the variant is not known.
    pub(crate) fn fits(&self, variant: Option<&str>) -> bool {
        self.variant.is_none() || variant.is_none() || self.variant == variant
    }
}

/// A meaning in brackets, for the end of a hint.
#[must_use]
pub fn remark(meaning: &str) -> String {
    format!("({})", meaning.trim_end_matches('.'))
}

/// Whether a name in a path stands for any name.
pub(crate) fn is_open(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether path and names agree, as far as both go.
pub(crate) fn leads_along(path: &str, names: &[String]) -> bool {
    path.split('.').zip(names).all(|(part, name)| is_open(part) || part == name)
}

/// The path as names, with open names taken from `names`: from sections on the same way, not from a last name.
pub(crate) fn filled(path: &str, names: &[String]) -> Names {
    let mut same_way = true;
    let part = |(index, part): (usize, &str)| {
        let name = names.get(index).filter(|_| same_way && index + 1 < names.len());
        same_way = name.is_some_and(|name| is_open(part) || name == part);
        name.filter(|_| is_open(part)).map_or(part, String::as_str).to_owned()
    };
    path.split('.').enumerate().map(part).collect()
}

//! The values of a file and the environment, checked against a table of keys. All errors of a user are found here, where the
//! place of each value is known.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use crate::error::{Origin, SettingError};
use crate::key::{Fallback, Key, filled, is_open, leads_along, remark};
use crate::schema::Schema;
use crate::toml_file::{self, Names, NotToml, Written};

/// The values as they were written, without defaults.
#[derive(Debug)]
pub struct Entries {
    schema: &'static Schema,
    entries: BTreeMap<Names, Entry>,
}

/// A value and its place.
#[derive(Debug)]
struct Entry {
    /// Its rank among the entries: from the top of the file to the bottom, then the environment.
    rank: usize,
    /// `None` for an environment variable, because only the key tells how to read it, and for a value that TOML's types cannot
    /// hold.
    value: Option<Value>,
    written: String,
    at: Origin,
}

impl Entries {
    /// No entries.
    #[must_use]
    pub const fn new(schema: &'static Schema) -> Self {
        Self { schema, entries: BTreeMap::new() }
    }

    /// Adds the values of a file. `path` is used in messages only.
    ///
    /// # Errors
    /// If the text is not TOML.
    pub fn add_file(&mut self, path: &Path, text: &str) -> Result<(), NotToml> {
        self.add_values(path, text, toml_file::values(text)?);
        Ok(())
    }

    /// Adds all values of a file that can be recovered, and returns whether it is valid TOML.
    pub fn add_damaged_file(&mut self, path: &Path, text: &str) -> bool {
        let (values, is_toml) = toml_file::recovered_values(text);
        self.add_values(path, text, values);
        is_toml
    }

    fn add_values(&mut self, path: &Path, text: &str, values: Vec<Written>) {
        for Written { names, value, text: written, offset } in values {
            let at = Origin::File(path.to_owned(), toml_file::line(text, offset));
            self.entries.insert(names, Entry { rank: self.entries.len(), value, written, at });
        }
    }

    /// Adds the environment variables that have the prefix of the table. They replace values of the file.
    ///
    /// # Errors
    /// If a name cannot belong to any key.
    pub fn add_variables(&mut self, variables: impl Iterator<Item = (String, String)>) -> Result<(), SettingError> {
        for (name, written) in variables {
            let Some(names) = self.schema.names_of_variable(&name) else { continue };
            let is_spelled_right = self.schema.variable(&names) == name;
            let at = Origin::Variable(name);
            if !is_spelled_right {
                return Err(self.schema.unknown(&names, None, &at));
            }
            self.entries.insert(names, Entry { rank: usize::MAX, value: None, written, at });
        }
        Ok(())
    }

    /// The place of a key that is set.
    #[must_use]
    pub fn origin(&self, path: &str) -> Option<&Origin> {
        let names: Names = path.split('.').map(str::to_owned).collect();
        self.entries.get(&names).map(|entry| &entry.at)
    }

    /// The value of a key in the file if the key takes it, otherwise the default.
    #[must_use]
    pub fn valid_or_default(&self, path: &str) -> Option<Value> {
        let key = self.schema.keys.iter().find(|key| key.path == path)?;
        let value = self.entries.get(&key.names("")).and_then(|entry| entry.value.clone());
        value.filter(|value| key.kind.takes(value)).or_else(|| key.default_value())
    }

    /// The line of each key and section in the file, by its path.
    #[must_use]
    pub fn lines(&self) -> BTreeMap<String, usize> {
        let mut lines = BTreeMap::new();
        for (names, entry) in self.in_order() {
            let Origin::File(_, line) = &entry.at else { continue };
            for path in (1..=names.len()).filter_map(|length| names.get(..length)) {
                lines.entry(path.join(".")).or_insert(*line);
            }
        }
        lines
    }

    /// Whether the file contains a secret.
    #[must_use]
    pub fn secret_in_file(&self) -> bool {
        let in_file = self.entries.iter().filter(|(_, entry)| matches!(entry.at, Origin::File(..)));
        let mut names = in_file.map(|(names, _)| names);
        names.any(|names| self.schema.keys.iter().any(|key| key.kind.is_secret() && key.is_at(names)))
    }

    /// Checks that both keys are set, or neither.
    ///
    /// # Errors
    /// If only one is set.
    pub fn both_or_neither(&self, one: &str, other: &str) -> Result<(), SettingError> {
        let (at, key, missing) = match (self.origin(one), self.origin(other)) {
            (Some(at), None) => (at, one, other),
            (None, Some(at)) => (at, other, one),
            _ => return Ok(()),
        };
        let meaning = self.schema.keys.iter().find(|key| key.path == missing).map_or("", |key| key.meaning);
        let hint = format!("set `{missing}` too, or remove `{key}` {}", remark(meaning));
        Err(SettingError::new(format!("`{key}` is set, but `{missing}` is not"), hint).at(Some(at)))
    }

    /// Checks every entry and adds the defaults.
    ///
    /// # Errors
    /// The first error: of the names, then of the values from top to bottom, then of missing keys.
    pub fn checked(&self) -> Result<Table, SettingError> {
        let entries = self.in_order();
        for (names, entry) in &entries {
            self.check_names(names, entry)?;
        }
        let mut table = Table::new();
        for (names, entry) in &entries {
            if let Some(value) = self.check(names, entry)? {
                toml_file::insert(&mut table, names, value);
            }
        }
        for key in self.schema.keys {
            self.add_default(key, &mut table)?;
        }
        Ok(table)
    }

    fn in_order(&self) -> Vec<(&Names, &Entry)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.rank);
        entries
    }

    fn check_names(&self, names: &Names, entry: &Entry) -> Result<(), SettingError> {
        for rule in self.schema.names {
            let open = names.get(rule.path.split('.').count() - 1).filter(|_| leads_along(rule.path, names));
            if let Some(name) = open.filter(|name| !(rule.takes)(name)) {
                return Err((rule.wrong)(name).at(Some(&entry.at)));
            }
        }
        Ok(())
    }

    /// The variant of the section that the names lead into, or of the whole file. `None` if it is not set or not known.
    fn variant(&self, names: &[String]) -> Option<&'static str> {
        let entry = self.entries.get(&filled(self.schema.variant_key, names))?;
        let text = match &entry.value {
            Some(Value::String(text)) => text,
            _ => &entry.written,
        };
        self.schema.keys.iter().filter_map(|key| key.variant).find(|variant| variant == text)
    }

    /// The value of an entry whose key takes it. `None` for an empty section.
    fn check(&self, names: &Names, entry: &Entry) -> Result<Option<Value>, SettingError> {
        let variant = self.variant(names);
        let mut here = self.schema.keys.iter().filter(|key| key.is_at(names));
        let Some(key) = here.clone().find(|key| key.fits(variant)) else {
            let is_section = matches!(&entry.value, Some(Value::Table(table)) if table.is_empty());
            if is_section && self.schema.keys.iter().any(|key| key.is_below(names)) {
                return Ok(None);
            }
            return Err(match (self.schema.other_variant, here.next(), variant) {
                (Some(other_variant), Some(key), Some(variant)) => other_variant(key, variant).at(Some(&entry.at)),
                _ => self.schema.unknown(names, variant, &entry.at),
            });
        };
        let value = match entry.at {
            Origin::File(..) => entry.value.clone(),
            Origin::Variable(_) => Some(key.kind.read(&entry.written)),
        };
        if let Some(value) = value.filter(|value| key.kind.takes(value)) {
            return Ok(Some(value));
        }
        let (path, allowed) = (names.join("."), key.kind.allowed());
        let wrong = key.kind.wrong(&entry.written, entry.value.as_ref());
        let hint = format!("set `{path}` to {allowed} {}", remark(key.meaning));
        Err(SettingError::new(format!("`{path}` {wrong}: it must be {allowed}"), hint).at(Some(&entry.at)))
    }

    /// Adds the default of a key to the file, or to each section that may have the key.
    fn add_default(&self, key: &'static Key, table: &mut Table) -> Result<(), SettingError> {
        if matches!(key.default, Fallback::Absent) {
            return Ok(());
        }
        for (names, first) in self.places(key) {
            let variant = self.variant(&names);
            if self.entries.contains_key(&names) || (key.variant.is_some() && key.variant != variant) {
                continue;
            }
            let Some(value) = key.default_value() else {
                let selector = key.variant.and_then(|_| self.origin(self.schema.variant_key));
                return Err((self.schema.missing)(key, &names).at(first.or(selector)));
            };
            toml_file::insert(table, &names, value);
        }
        Ok(())
    }

    /// The names of a key in each section that may have it, with the place of the section's first entry.
    fn places(&self, key: &Key) -> Vec<(Names, Option<&Origin>)> {
        let Some(open) = key.path.split('.').position(is_open) else {
            return vec![(key.names(""), None)];
        };
        let mut sections = BTreeMap::new();
        for (names, entry) in self.in_order() {
            let section = names.get(..=open).filter(|section| leads_along(key.path, section));
            if let Some(name) = section.and_then(<[String]>::last) {
                sections.entry(name).or_insert(&entry.at);
            }
        }
        sections.into_iter().map(|(name, at)| (key.names(name), Some(at))).collect()
    }
}

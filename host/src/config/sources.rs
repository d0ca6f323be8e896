//! File, environment and defaults, made into one table. Everything a person can get wrong is found here, where it is
//! still known where each value stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::{Table, Value};

use super::error::{ConfigError, Origin};
use super::keys::{Fallback, ID, KEYS, Key, NAME, PREFIX, variable};
use extensions::verify::is_publisher_name;
use settings::toml_file::{self, Names, Written, quoted};

/// A value, and where it stands.
#[derive(Debug)]
struct Entry {
    /// Text in the environment, and what a key does with it is not known yet; `None` if the file's value is no TOML
    /// value after all, for example a number that is too large.
    value: Option<Value>,
    written: String,
    at: Origin,
}

/// What was configured, without defaults.
#[derive(Debug, Default)]
pub(super) struct Sources {
    entries: BTreeMap<Names, Entry>,
    /// The kind of each meeting provider that is mentioned; `None` if it has none, or none that is known.
    providers: BTreeMap<String, Option<String>>,
}

impl Sources {
    /// Reads the file's text.
    pub(super) fn file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let values = toml_file::values(text).map_err(|error| ConfigError::Syntax {
            at: Origin::File(path.to_owned(), error.line),
            reason: error.reason,
        })?;
        for Written { names, value, text: written, offset } in values {
            let at = Origin::File(path.to_owned(), toml_file::line(text, offset));
            self.entries.insert(names, Entry { value, written, at });
        }
        Ok(())
    }

    /// Reads the variables that begin with the prefix, over what the file says.
    pub(super) fn environment(&mut self, variables: impl Iterator<Item = (String, String)>) -> Result<(), ConfigError> {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let names: Names = rest.to_lowercase().split("__").map(str::to_owned).collect();
            let at = Origin::Variable(name.clone());
            if variable(names.iter().map(String::as_str)) != name {
                return Err(unknown(&names, None, at));
            }
            self.entries.insert(names, Entry { value: None, written: text, at });
        }
        Ok(())
    }

    /// Whether somebody set this key.
    pub(super) fn names(&self, key: &str) -> bool {
        self.origin(key).is_some()
    }

    fn origin(&self, key: &str) -> Option<&Origin> {
        self.entries.iter().find(|(names, _)| names.join(".") == key).map(|(_, entry)| &entry.at)
    }

    /// Refuses one of these keys without the other.
    pub(super) fn both_or_neither(&self, one: &'static str, other: &'static str) -> Result<(), ConfigError> {
        let (at, key, missing) = match (self.origin(one), self.origin(other)) {
            (Some(at), None) => (at.clone(), one, other),
            (None, Some(at)) => (at.clone(), other, one),
            _ => return Ok(()),
        };
        let meaning = KEYS.iter().find(|key| key.path == missing).map_or("", |key| key.meaning);
        Err(ConfigError::Half { key, at, missing, meaning })
    }

    /// Checks every entry and adds the defaults.
    pub(super) fn into_table(mut self) -> Result<Table, ConfigError> {
        self.find_providers()?;
        self.check_publishers()?;
        let mut table = Table::new();
        for (names, entry) in &self.entries {
            if let Some(value) = self.check(names, entry)? {
                toml_file::insert(&mut table, names, value);
            }
        }
        for (names, key) in self.expected() {
            if self.entries.contains_key(&names) {
                continue;
            }
            let value = match key.default {
                Fallback::Is(text) => key.kind.read(text),
                Fallback::Cores => {
                    let cores = std::thread::available_parallelism().map_or(1, usize::from);
                    Value::Integer(i64::try_from(cores).unwrap_or(i64::MAX))
                }
                Fallback::Absent | Fallback::Required => continue,
            };
            toml_file::insert(&mut table, &names, value);
        }
        Ok(table)
    }

    fn find_providers(&mut self) -> Result<(), ConfigError> {
        let ids: BTreeMap<_, _> = self
            .entries
            .iter()
            .filter_map(|(names, entry)| Some((provider(names)?.to_owned(), entry.at.clone())))
            .collect();
        for (id, at) in ids {
            let url_friendly = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
            if !(1..=64).contains(&id.len()) || !id.chars().all(url_friendly) {
                return Err(ConfigError::WrongValue {
                    key: "meetings.providers.ID".to_owned(),
                    value: quoted(&id),
                    at,
                    allowed: "1 to 64 letters, digits, `-`, `.`, `_` or `~`".to_owned(),
                    meaning: "The id of a meeting provider, which is a part of requests.",
                });
            }
            let kind = ["meetings", "providers", &id, "kind"].map(str::to_owned);
            let kind = self.entries.get(kind.as_slice()).map(|entry| match &entry.value {
                Some(Value::String(text)) => text.clone(),
                _ => entry.written.clone(),
            });
            self.providers.insert(id, kind);
        }
        Ok(())
    }

    /// A manifest names its publisher by these names.
    fn check_publishers(&self) -> Result<(), ConfigError> {
        for (names, entry) in &self.entries {
            if let Some(name) = publisher(names).filter(|name| !is_publisher_name(name)) {
                return Err(ConfigError::WrongValue {
                    key: "extensions.publishers.NAME".to_owned(),
                    value: quoted(name),
                    at: entry.at.clone(),
                    allowed: "1 to 64 lower-case letters, digits, `-` or `_`".to_owned(),
                    meaning: "The name of a publisher, as manifests write it.",
                });
            }
        }
        Ok(())
    }

    /// The value of an entry, if its key exists and takes it. `None` for a section that holds nothing.
    fn check(&self, names: &Names, entry: &Entry) -> Result<Option<Value>, ConfigError> {
        let kind = provider(names).and_then(|id| self.providers.get(id));
        let of_kind = |kind: &&str| KEYS.iter().any(|key| key.provider == Some(kind));
        let kind_known = kind.and_then(Option::as_deref).filter(of_kind);
        let Some(key) = KEYS.iter().find(|key| key.is_at(names) && key.fits(kind_known)) else {
            let section = matches!(&entry.value, Some(Value::Table(table)) if table.is_empty());
            return match provider(names) {
                Some(id) if kind == Some(&None) && (section || KEYS.iter().any(|key| key.is_at(names))) => {
                    Err(ConfigError::KindMissing { id: id.to_owned(), at: entry.at.clone() })
                }
                _ if section && KEYS.iter().any(|key| key.is_under(names)) => Ok(None),
                _ => Err(unknown(names, kind_known, entry.at.clone())),
            };
        };
        if let (Some(id), Some(None)) = (provider(names), kind) {
            return Err(ConfigError::KindMissing { id: id.to_owned(), at: entry.at.clone() });
        }
        let value = match (&entry.value, &entry.at) {
            (value, Origin::File(..)) => value.clone(),
            (_, Origin::Variable(_)) => Some(key.kind.read(&entry.written)),
        };
        value.filter(|value| key.kind.takes(value)).map(Some).ok_or_else(|| ConfigError::WrongValue {
            key: names.join("."),
            value: key.kind.show(&entry.written),
            at: entry.at.clone(),
            allowed: key.kind.allowed(),
            meaning: key.meaning,
        })
    }

    /// Every key that this configuration has a place for.
    fn expected(&self) -> Vec<(Names, &'static Key)> {
        let mut expected = Vec::new();
        for key in KEYS {
            if !key.path.split('.').any(|name| name == ID) {
                expected.push((key.names(None), key));
                continue;
            }
            for (id, kind) in &self.providers {
                if key.fits(kind.as_deref()) {
                    expected.push((key.names(Some(id)), key));
                }
            }
        }
        expected
    }
}

impl Key {
    /// The names on the way to it; for that provider or publisher, if one is named.
    pub(super) fn names(&self, id: Option<&str>) -> Names {
        self.path.split('.').map(|name| id.filter(|_| is_open(name)).unwrap_or(name).to_owned()).collect()
    }

    fn is_at(&self, names: &Names) -> bool {
        self.path.split('.').count() == names.len() && self.begins_with(names)
    }

    fn is_under(&self, names: &Names) -> bool {
        self.path.split('.').count() > names.len() && self.begins_with(names)
    }

    fn begins_with(&self, names: &Names) -> bool {
        self.path.split('.').zip(names).all(|(known, name)| is_open(known) || known == name)
    }

    /// Whether a provider of that kind has it, or one of a kind that is not known might.
    fn fits(&self, kind: Option<&str>) -> bool {
        self.provider.is_none() || kind.is_none() || self.provider == kind
    }
}

/// The id, if the names lead to a meeting provider or to one of its keys.
fn provider(names: &Names) -> Option<&str> {
    match names.as_slice() {
        [meetings, providers, id, ..] if meetings == "meetings" && providers == "providers" => Some(id),
        _ => None,
    }
}

/// The name, if the names lead to a publisher.
fn publisher(names: &Names) -> Option<&str> {
    match names.as_slice() {
        [extensions, publishers, name, ..] if extensions == "extensions" && publishers == "publishers" => Some(name),
        _ => None,
    }
}

/// Whether a name in a key's path stands for any.
fn is_open(name: &str) -> bool {
    name == ID || name == NAME
}

/// Names the known key that is nearest.
fn unknown(names: &Names, kind: Option<&str>, at: Origin) -> ConfigError {
    let id = provider(names).or_else(|| publisher(names));
    let known: BTreeSet<Names> = KEYS.iter().filter(|key| key.fits(kind)).map(|key| key.names(id)).collect();
    let nearest = toml_file::nearest(names, known);
    let (key, nearest) = match &at {
        Origin::Variable(name) => (name.clone(), variable(nearest.iter().map(String::as_str))),
        Origin::File(..) => (names.join("."), nearest.join(".")),
    };
    ConfigError::UnknownKey { key, at, nearest }
}

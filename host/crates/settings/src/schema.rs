//! A table of keys with the rules that join them, and its printed form for the manual.

use crate::error::{Origin, SettingError};
use crate::key::{Fallback, Key};
use crate::nearest::nearest;
use crate::toml_file::{Names, quoted};

/// The description of all settings of one kind of file.
#[derive(Debug)]
pub struct Schema {
    /// Every key, in the order of the manual.
    pub keys: &'static [Key],
    /// The rules for open names.
    pub names: &'static [NameRule],
    /// The path of the key whose value names the variant: of its section, or of the whole file.
    pub variant_key: &'static str,
    /// The error for a key of another variant: given the key and the variant of its section. `None` if it is an unknown key.
    pub other_variant: Option<fn(&Key, &str) -> SettingError>,
    /// The error for a required key that is not set: given the key and the names on the way to it.
    pub missing: fn(&Key, &[String]) -> SettingError,
    /// The first part of the name of each environment variable; `None` if only the file counts.
    pub prefix: Option<&'static str>,
    /// The page that lists every key, for hints.
    pub manual: Option<&'static str>,
}

/// A rule for an open name.
#[derive(Clone, Copy, Debug)]
pub struct NameRule {
    /// The path whose last name is the open one.
    pub path: &'static str,
    /// Whether the name is allowed.
    pub takes: fn(&str) -> bool,
    /// The error for a name that is not allowed.
    pub wrong: fn(&str) -> SettingError,
}

impl Schema {
    /// The environment variable of a key.
    #[must_use]
    pub fn variable(&self, names: &[String]) -> String {
        format!("{}{}", self.prefix.unwrap_or_default(), names.join("__").to_uppercase())
    }

    /// The names in an environment variable's name; `None` if it does not begin with the prefix.
    pub(crate) fn names_of_variable(&self, name: &str) -> Option<Names> {
        let rest = name.strip_prefix(self.prefix?)?;
        Some(rest.to_lowercase().split("__").map(str::to_owned).collect())
    }

    /// The error for a key that does not exist. It names the nearest key of that variant, if one is near.
    pub(crate) fn unknown(&self, names: &[String], variant: Option<&str>, at: &Origin) -> SettingError {
        let nearest = nearest(names, self.keys.iter().filter(|key| key.fits(variant)));
        let (key, nearest, [replace, by, remove, each]) = match at {
            Origin::Variable(name) => {
                (quoted(name), nearest.map(|names| self.variable(&names)), ["rename", "to", "unset", "variable"])
            }
            Origin::File(..) => {
                (quoted(&names.join(".")), nearest.map(|names| names.join(".")), ["replace", "by", "remove", "key"])
            }
        };
        let (known, correction) = match nearest {
            Some(nearest) => (
                format!(", the nearest known one is `{nearest}`"),
                format!("{replace} {key} {by} `{nearest}`, or {remove} it"),
            ),
            None => (String::new(), format!("{remove} {key}")),
        };
        let manual = self.manual.map(|page| format!("; {page} lists every {each}")).unwrap_or_default();
        SettingError::new(format!("unknown key {key}{known}"), correction + &manual).at(Some(at))
    }

    /// The rows of the manual's table: the key, its environment variable if there are any, the default and the meaning.
    /// `label` names a variant for the reader.
    #[must_use]
    pub fn manual_rows(&self, label: fn(&str) -> &str) -> Vec<String> {
        let row = |key: &Key| {
            let variant = key.variant.map(|variant| format!(" ({})", label(variant))).unwrap_or_default();
            let names: Names = key.path.split('.').map(str::to_owned).collect();
            let variable = self.prefix.map(|_| format!(" `{}` |", self.variable(&names))).unwrap_or_default();
            let default = match key.default {
                Fallback::Is("") => "empty".to_owned(),
                Fallback::Is(text) => format!("`{text}`"),
                Fallback::Items(items) => format!("`{items:?}`"),
                Fallback::Computed(_, description) => description.to_owned(),
                Fallback::Absent => "none".to_owned(),
                Fallback::Required => "required".to_owned(),
            };
            let Key { path, meaning, kind, .. } = key;
            format!("| `{path}`{variant} |{variable} {default} | {meaning} Must be {}. |", kind.allowed())
        };
        self.keys.iter().map(row).collect()
    }
}

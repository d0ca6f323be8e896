//! The text of a manifest, checked key by key. Everything its author can get wrong is found here, where it is still known
//! on which line it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::World;
use super::keys::{Fallback, KEYS, Key, NAME, names_a_value};
use crate::files::{self, Links, Unreadable};
use crate::refused::Refused;
use settings::toml_file::{self, Written, quoted, shown};

/// Of a manifest.
const BYTES_MAX: u64 = 64 << 10;

/// A manifest, as it was written.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    values: Vec<Written>,
    /// Of keys and sections, by dotted name.
    pub(super) lines: BTreeMap<String, usize>,
}

/// The bytes of the manifest of that folder.
pub(super) fn bytes(folder: &Path) -> Result<Vec<u8>, Unreadable> {
    files::read(&folder.join(super::FILE), BYTES_MAX, Links::Followed)
}

impl Source {
    pub(super) fn read(folder: &Path) -> Result<Self, Refused> {
        let path = folder.join(super::FILE);
        let refused = |line, reason, hint: &str| Refused { path: path.clone(), line, reason, hint: hint.to_owned() };
        let bytes = bytes(folder).map_err(|error| {
            let hint = "put the manifest there, a text file of at most 64 KiB, or remove the folder";
            refused(None, format!("the manifest {error}"), hint)
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            refused(Some(line), "the manifest is not UTF-8".to_owned(), "save it as UTF-8")
        })?;
        let values = toml_file::values(&text).map_err(|error| {
            let hint = "correct the TOML; text values stand in quotation marks";
            refused(Some(error.line), format!("not valid TOML: {}", error.reason), hint)
        })?;
        let mut lines = BTreeMap::new();
        for Written { names, offset, .. } in &values {
            let mut dotted = String::new();
            for name in names {
                if !dotted.is_empty() {
                    dotted.push('.');
                }
                dotted.push_str(name);
                lines.entry(dotted.clone()).or_insert_with(|| toml_file::line(&text, *offset));
            }
        }
        Ok(Self { path, values, lines })
    }

    /// A refusal because of that key.
    pub(super) fn refuse(&self, key: &str, reason: String, hint: String) -> Refused {
        Refused { path: self.path.clone(), line: self.lines.get(key).copied(), reason, hint }
    }

    /// Checks every value and adds the defaults.
    pub(super) fn checked(&self) -> Result<Table, Refused> {
        let world = self.values.iter().find(|written| written.names == ["world"]).and_then(|written| {
            World::ALL.into_iter().find(|world| written.value.as_ref().and_then(Value::as_str) == Some(world.name()))
        });
        let mut table = Table::new();
        for written in &self.values {
            if let Some(value) = self.check(written, world)? {
                toml_file::insert(&mut table, &written.names, value);
            }
        }
        self.check_secrets()?;
        let fits = |key: &&Key| world.map_or(key.world.is_none(), |world| key.fits(world));
        for key in KEYS.iter().filter(fits) {
            self.add_default(key, &mut table)?;
        }
        self.check_proof()?;
        Ok(table)
    }

    /// The value, if its key exists, belongs to that world and takes it. `None` for a section that holds nothing.
    fn check(&self, written: &Written, world: Option<World>) -> Result<Option<Value>, Refused> {
        let Written { names, value, text, .. } = written;
        let dotted = names.join(".");
        let Some(key) = KEYS.iter().find(|key| key.is_at(names)) else {
            let section = matches!(value, Some(Value::Table(table)) if table.is_empty());
            if section && KEYS.iter().any(|key| key.is_under(names)) {
                return Ok(None);
            }
            let nearest = toml_file::nearest(names, KEYS.iter().map(Key::names)).join(".");
            let hint = format!("replace {} by `{nearest}`, or remove it", quoted(&dotted));
            let reason = format!("unknown key {}, the nearest known one is `{nearest}`", quoted(&dotted));
            return Err(self.refuse(&dotted, reason, hint));
        };
        if let Some(world) = world.filter(|world| !key.fits(*world)) {
            let reason = format!("an extension of the world `{world}` has no `{dotted}`");
            return Err(self.refuse(
                &dotted,
                reason,
                format!("remove `{dotted}`, or correct `world`. {}", key.meaning),
            ));
        }
        let mut named = key.path.split('.').zip(names).filter(|(known, _)| *known == NAME);
        if let Some((_, name)) = named.find(|(_, name)| !names_a_value(name)) {
            let reason = format!("{} is no name for a setting or secret", shown(name));
            let hint = "use 1 to 64 letters, digits, `-` or `_`".to_owned();
            return Err(self.refuse(&dotted, reason, hint));
        }
        if let Some(value) = value.clone().filter(|value| key.kind.takes(value)) {
            return Ok(Some(value));
        }
        // Somebody may have written the secret where its place belongs.
        let secret = names.first().is_some_and(|first| first == "secrets");
        let allowed = key.kind.allowed();
        let what = match value.as_ref().and_then(|value| key.kind.strange(value)) {
            _ if secret => "be what it is (not shown)".to_owned(),
            Some(item) => format!("hold {}", shown(&item.to_string())),
            None => format!("be {}", shown(text)),
        };
        let reason = format!("`{dotted}` cannot {what}: it must be {allowed}");
        Err(self.refuse(&dotted, reason, format!("set `{dotted}` to {allowed}. {}", key.meaning)))
    }

    fn add_default(&self, key: &Key, table: &mut Table) -> Result<(), Refused> {
        if self.lines.contains_key(key.path) {
            return Ok(());
        }
        let value = match key.default {
            Fallback::Count(count) => Value::Integer(count),
            Fallback::No => Value::Boolean(false),
            Fallback::Absent => return Ok(()),
            Fallback::Required => {
                let (why, line) = match key.world {
                    Some(world) => (format!(", which the world `{world}` needs"), "world"),
                    None => (String::new(), key.path),
                };
                let hint = format!("set `{}` to {}. {}", key.path, key.kind.allowed(), key.meaning);
                return Err(self.refuse(line, format!("there is no `{}`{why}", key.path), hint));
            }
        };
        toml_file::insert(table, &key.names(), value);
        Ok(())
    }

    /// Each secret has one place.
    fn check_secrets(&self) -> Result<(), Refused> {
        let names = self.values.iter().filter_map(|written| match written.names.as_slice() {
            [secrets, name, ..] if secrets == "secrets" => Some(name),
            _ => None,
        });
        for name in names.collect::<BTreeSet<_>>() {
            let dotted = format!("secrets.{name}");
            let [variable, file] =
                ["environment", "file"].map(|place| self.lines.contains_key(&format!("{dotted}.{place}")));
            if variable == file {
                let both = if variable { "both" } else { "neither" };
                let reason = format!("{} has {both} of `environment` and `file`", quoted(&dotted));
                return Err(self.refuse(&dotted, reason, "say one place that the secret is read from".to_owned()));
            }
        }
        Ok(())
    }

    /// What the component must be is said in one of two ways.
    fn check_proof(&self) -> Result<(), Refused> {
        let [sha256, publisher, signature] =
            ["sha256", "publisher", "signature"].map(|key| self.lines.contains_key(key));
        let (key, reason) = match (sha256, publisher, signature) {
            (true, false, false) | (false, true, true) => return Ok(()),
            (false, false, false) => {
                ("component", "neither `sha256` nor `publisher` and `signature` say what it must be".to_owned())
            }
            (true, true, _) => ("publisher", "`publisher` is set, but `sha256` is, too".to_owned()),
            (true, false, true) => ("signature", "`signature` is set, but `sha256` is, too".to_owned()),
            (false, true, false) => ("publisher", "`publisher` is set, but `signature` is not".to_owned()),
            (false, false, true) => ("signature", "`signature` is set, but `publisher` is not".to_owned()),
        };
        Err(self.refuse(key, reason, "set either `sha256`, or `publisher` and `signature`".to_owned()))
    }
}

//! Reads and checks the text of a manifest. All errors of its author are found here, where the line of each key is known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use settings::toml_file::quoted;
use settings::{Entries, Origin, SettingError};
use toml::Table;

use super::keys::SCHEMA;
use crate::files::{self, Links, Unreadable};
use crate::load_error::LoadError;

/// Bytes of a manifest.
const BYTES_MAX: u64 = 64 << 10;

/// A manifest as it was written.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    entries: Entries,
    /// The line of each key and section, by its dotted name.
    pub(super) lines: BTreeMap<String, usize>,
}

/// The bytes of the manifest in that folder.
pub(super) fn bytes(folder: &Path) -> Result<Vec<u8>, Unreadable> {
    files::read(&folder.join(super::FILE), BYTES_MAX, Links::Followed)
}

impl Source {
    pub(super) fn read(folder: &Path) -> Result<Self, LoadError> {
        let path = folder.join(super::FILE);
        let error_at = |line, reason, hint: &str| LoadError { path: path.clone(), line, reason, hint: hint.to_owned() };
        let bytes = bytes(folder).map_err(|error| {
            let hint = "put the manifest there, a text file of at most 64 KiB, or remove the folder; until then it counts as a failing screener";
            error_at(None, format!("the manifest {error}"), hint)
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            error_at(Some(line), "the manifest is not UTF-8".to_owned(), "save it as UTF-8")
        })?;
        let mut entries = Entries::new(SCHEMA);
        entries.add_file(&path, &text).map_err(|error| {
            let hint = "correct the TOML; text values stand in quotation marks";
            error_at(Some(error.line), format!("not valid TOML: {}", error.reason), hint)
        })?;
        let lines = entries.lines();
        Ok(Self { path, entries, lines })
    }

    /// The error at the line of that key.
    pub(super) fn refuse(&self, key: &str, reason: String, hint: String) -> LoadError {
        LoadError { path: self.path.clone(), line: self.lines.get(key).copied(), reason, hint }
    }

    /// Checks every value and adds the defaults.
    pub(super) fn checked(&self) -> Result<Table, LoadError> {
        let table = self.entries.checked().map_err(|SettingError { at, reason, hint }| {
            let line = at.and_then(|at| if let Origin::File(_, line) = at { Some(line) } else { None });
            LoadError { path: self.path.clone(), line, reason, hint }
        })?;
        self.check_secrets()?;
        self.check_proof()?;
        Ok(table)
    }

    /// Checks that each secret has exactly one source.
    fn check_secrets(&self) -> Result<(), LoadError> {
        let name = |key: &String| Some(key.strip_prefix("secrets.")?.split('.').next()?.to_owned());
        for name in self.lines.keys().filter_map(name).collect::<BTreeSet<_>>() {
            let secret = format!("secrets.{name}");
            let [variable, file] =
                ["environment", "file"].map(|source| self.lines.contains_key(&format!("{secret}.{source}")));
            if variable == file {
                let both = if variable { "both" } else { "neither" };
                let reason = format!("{} has {both} of `environment` and `file`", quoted(&secret));
                return Err(self.refuse(&secret, reason, "name one place that the secret is read from".to_owned()));
            }
        }
        Ok(())
    }

    /// Checks that the component is identified in exactly one of two ways.
    fn check_proof(&self) -> Result<(), LoadError> {
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
        Err(self.refuse(key, reason, "set `sha256`, or `publisher` and `signature`".to_owned()))
    }
}

//! The manifest of an extension: its identity, its banks and its limits. Reads `extension.toml` only; `inspect.rs` and
//! `verify.rs` compare the component with it.

mod keys;
mod read;
mod scope;
mod source;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::read::Read;
pub use self::scope::ScreeningScope;
use self::source::Source;
use crate::grant::Grant;
use crate::load_error::LoadError;
use crate::record_kind::RecordKind;
use crate::version::Version;

/// The name of the manifest in an extension's folder.
pub const FILE: &str = "extension.toml";

/// A checked manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The path of the manifest.
    pub path: PathBuf,
    /// The name of the extension, and of its folder.
    pub name: String,
    /// The extension's own version, free text.
    pub version: String,
    /// The component's file, in the same folder.
    pub component: PathBuf,
    /// The proof that the component is the right one.
    pub proof: Proof,
    /// The version of `obp:onboarding` that the extension was built for.
    pub api: Version,
    /// The banks that the extension is called for.
    pub banks: Banks,
    /// The calls that the extension answers.
    pub role: Role,
    /// The limits of one call.
    pub limits: Limits,
    /// The hosts that one call may reach, and the limits of its outbound calls.
    pub outbound: Grant,
    /// The operator's settings, as text.
    pub settings: BTreeMap<String, String>,
    /// The sources of its secrets.
    pub secrets: BTreeMap<String, SecretSource>,
    lines: Lines,
}

/// The line of each key and section. Manifests with the same content are equal, whatever their lines are.
#[derive(Clone, Debug, Default, Eq)]
struct Lines(BTreeMap<String, usize>);

impl PartialEq for Lines {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The proof that a component's bytes may be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The bytes have this SHA-256.
    Digest([u8; 32]),
    /// A publisher signed the bytes.
    Signature {
        /// The name of the publisher.
        publisher: String,
        /// The Ed25519 signature over all bytes.
        signature: Box<[u8; 64]>,
    },
}

/// A world of `wit/extensions.wit`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub enum World {
    /// A screener.
    #[serde(rename = "screening-extension")]
    Screening,
    /// A meeting provider.
    #[serde(rename = "meeting-provider-extension")]
    MeetingProvider,
}

impl World {
    /// All worlds.
    pub const ALL: [Self; 2] = [Self::Screening, Self::MeetingProvider];

    /// The name in the WIT package.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Screening => "screening-extension",
            Self::MeetingProvider => "meeting-provider-extension",
        }
    }

    /// The interface of `obp:onboarding` that extensions of this world export.
    #[must_use]
    pub const fn interface(self) -> &'static str {
        match self {
            Self::Screening => "screening",
            Self::MeetingProvider => "meeting-provider",
        }
    }
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The role of an extension, with the keys of its world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Screens records before they are accepted.
    Screener {
        /// The kinds of records that it gets; not empty.
        records: BTreeSet<RecordKind>,
        /// The rank among screeners, ascending; equal ones are ordered by name.
        order: u32,
        /// The result of its failure.
        on_failure: OnFailure,
    },
    /// Creates sessions.
    MeetingProvider {
        /// The `provider_id`s of its meetings; not empty.
        provider_ids: BTreeSet<String>,
    },
}

/// The result of a request if the screener fails.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// The request is refused.
    Reject,
    /// The request continues as if the screener did not exist.
    Skip,
}

impl fmt::Display for OnFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reject => "reject",
            Self::Skip => "skip",
        })
    }
}

/// The banks that an extension is called for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(from = "BTreeSet<String>")]
pub enum Banks {
    /// All banks, and records that belong to no bank.
    All,
    /// The banks with these ids.
    These(BTreeSet<String>),
}

impl Banks {
    /// Whether records of the bank are included. `None` stands for records that belong to no bank.
    #[must_use]
    pub fn include(&self, bank_id: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => bank_id.is_some_and(|id| ids.contains(id)),
        }
    }

    /// The kinds among these whose records the banks can have.
    fn records(&self, kinds: &BTreeSet<RecordKind>) -> BTreeSet<RecordKind> {
        kinds.iter().copied().filter(|kind| kind.has_bank() || self.include(None)).collect()
    }

    /// Whether a bank is included in both.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::These(ids), Self::These(others)) => !ids.is_disjoint(others),
        }
    }
}

impl From<BTreeSet<String>> for Banks {
    fn from(ids: BTreeSet<String>) -> Self {
        if ids.contains("*") { Self::All } else { Self::These(ids) }
    }
}

/// The limits of one call. [`Grant`] has those of outbound calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all memories of the instance together.
    pub memory_bytes_max: usize,
    /// Running time, in milliseconds.
    pub running_ms_max: u64,
    /// Time to wait for its outbound calls, in milliseconds.
    pub waiting_ms_max: u64,
    /// Lines in the log.
    pub log_lines_max: u32,
}

/// The source of a secret.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// The environment variable of that name.
    Environment(String),
    /// The file at that absolute path. One newline at its end is not part of the secret.
    File(PathBuf),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
        }
    }
}

impl Manifest {
    /// The maximum of `limits.memory_bytes_max`: 256 MiB.
    pub const MEMORY_BYTES_CEILING: usize = 256 << 20;

    /// Reads the manifest of the extension in that folder.
    ///
    /// # Errors
    /// The first error: first of values, in the order of the file, then of missing keys.
    pub fn read(folder: &Path) -> Result<Self, LoadError> {
        let source = Source::read(folder)?;
        let table = source.checked()?;
        let disagree = |what: &str| {
            let reason = format!("the list of keys does not fit the manifest: {what}");
            source.refuse("", reason, "report this: it is an error of the program".to_owned())
        };
        let read = Read::deserialize(table).map_err(|error| disagree(error.message()))?;
        let mut manifest = read.into_manifest(folder).ok_or_else(|| disagree("a value that was checked"))?;
        manifest.lines = Lines(source.lines);
        if manifest.world() == World::Screening && manifest.records().is_empty() {
            let reason = "`records` has only `user`, which belongs to no bank, and `banks` has single banks".to_owned();
            let hint = "set `banks` to [\"*\"], or add the kinds of records that the screener is for";
            return Err(manifest.refuse("records", reason, hint.to_owned()));
        }
        Ok(manifest)
    }

    /// Time that a call may wait for its outbound calls, in milliseconds; 0 if it may make none.
    #[must_use]
    pub fn waiting_ms_max(&self) -> u64 {
        if self.outbound.hosts.is_empty() { 0 } else { self.limits.waiting_ms_max }
    }

    /// The maximum duration of a call, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        self.limits.running_ms_max.saturating_add(self.waiting_ms_max())
    }

    /// The world of the extension.
    #[must_use]
    pub const fn world(&self) -> World {
        match self.role {
            Role::Screener { .. } => World::Screening,
            Role::MeetingProvider { .. } => World::MeetingProvider,
        }
    }

    /// The kinds of records that the server sends to the extension. A user belongs to no bank, so a screener of single banks
    /// does not get users.
    #[must_use]
    pub fn records(&self) -> BTreeSet<RecordKind> {
        match &self.role {
            Role::Screener { records, .. } => self.banks.records(records),
            Role::MeetingProvider { .. } => BTreeSet::new(),
        }
    }

    /// The line of a key or section, by its dotted name; `None` if it is not set. The first line is 1.
    #[must_use]
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.lines.0.get(key).copied()
    }

    /// A load error at the line of the key, or at the line of `component` if the key is not set.
    #[must_use]
    pub fn refuse(&self, key: &str, reason: String, hint: String) -> LoadError {
        let line = self.line_of(key).or_else(|| self.line_of("component"));
        LoadError { path: self.path.clone(), line, reason, hint }
    }
}

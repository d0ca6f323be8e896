//! The manifest of an extension: what it is, for whom, and what it may use. Reads `extension.toml` and nothing else; whether
//! the component is what the manifest says is for others to find out.

mod claim;
mod keys;
mod read;
mod source;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use self::claim::Claim;
use self::read::Read;
use self::source::Source;
use super::grant::Grant;
use super::refused::Refused;
use super::version::Version;

/// The file in an extension's folder.
pub const FILE: &str = "extension.toml";

/// A manifest that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The file it was read from.
    pub path: PathBuf,
    /// The name of the extension, and of its folder.
    pub name: String,
    /// The extension's own version, free text.
    pub version: String,
    /// The component's file, in the same folder.
    pub component: PathBuf,
    /// What the component must be.
    pub proof: Proof,
    /// The version of `obp:onboarding` it was built for.
    pub api: Version,
    /// For whom it is asked.
    pub banks: Banks,
    /// What it is asked.
    pub role: Role,
    /// What one call may use.
    pub limits: Limits,
    /// What one call may send out, and where.
    pub outbound: Grant,
    /// What the operator has set, as text.
    pub settings: BTreeMap<String, String>,
    /// Where its secrets are.
    pub secrets: BTreeMap<String, SecretSource>,
    lines: Lines,
}

/// Where each key stands. That it stands elsewhere makes no other manifest.
#[derive(Clone, Debug, Default, Eq)]
struct Lines(BTreeMap<String, usize>);

impl PartialEq for Lines {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What settles which bytes may be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They have this SHA-256.
    Digest([u8; 32]),
    /// They were signed.
    Signature {
        /// By the publisher of that name.
        publisher: String,
        /// With this Ed25519 signature over all of them.
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
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Screening, Self::MeetingProvider];

    /// As the WIT package calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Screening => "screening-extension",
            Self::MeetingProvider => "meeting-provider-extension",
        }
    }

    /// The interface of `obp:onboarding` that its extensions export.
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

/// What an extension is, with what only its like has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Asked before a record is accepted.
    Screener {
        /// From the least to the greatest; equal ones by name.
        order: u32,
        /// What its failure means.
        on_failure: OnFailure,
    },
    /// Makes sessions.
    MeetingProvider {
        /// The `provider_id` of the meetings it serves; not empty.
        provider_ids: BTreeSet<String>,
    },
}

/// What becomes of a request whose screener fails.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// It is refused.
    Reject,
    /// It goes on as if the screener had not been asked.
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

/// For whom an extension is asked.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(from = "BTreeSet<String>")]
pub enum Banks {
    /// For all, and for what belongs to no bank.
    All,
    /// For those with these ids.
    These(BTreeSet<String>),
}

impl Banks {
    /// Whether what belongs to that bank, or with `None` to none, is among them.
    #[must_use]
    pub fn include(&self, bank_id: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => bank_id.is_some_and(|id| ids.contains(id)),
        }
    }

    /// Whether there is a bank that is among both.
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

/// What one call may use. What it may send out is in [`Grant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All memories of the instance together, in bytes.
    pub memory_bytes_max: usize,
    /// Its own running time, in milliseconds.
    pub running_ms_max: u64,
    /// What it may wait for its outbound calls, in milliseconds.
    pub waiting_ms_max: u64,
    /// Lines that it may log.
    pub log_lines_max: u32,
}

/// Where a secret is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// In the environment variable of that name.
    Environment(String),
    /// In the file at that absolute path; one newline at its end does not belong to it.
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
    /// The most memory that a manifest can ask for, in bytes: 256 MiB.
    pub const MEMORY_BYTES_CEILING: usize = 256 << 20;

    /// Reads the manifest of the extension in that folder.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the file.
    pub fn read(folder: &Path) -> Result<Self, Refused> {
        let source = Source::read(folder)?;
        let table = source.checked()?;
        let disagree = |what: &str| {
            let reason = format!("the list of keys does not fit the manifest: {what}");
            source.refuse("", reason, "report this: the program disagrees with itself".to_owned())
        };
        let read = Read::deserialize(table).map_err(|error| disagree(error.message()))?;
        let mut manifest = read.into_manifest(folder).ok_or_else(|| disagree("a value that was checked"))?;
        manifest.lines = Lines(source.lines);
        Ok(manifest)
    }

    /// What a call may wait for its outbound calls, in milliseconds: nothing, where it may make none.
    #[must_use]
    pub fn waiting_ms_max(&self) -> u64 {
        if self.outbound.hosts.is_empty() { 0 } else { self.limits.waiting_ms_max }
    }

    /// The longest that a call may take, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        self.limits.running_ms_max.saturating_add(self.waiting_ms_max())
    }

    /// The world it fits.
    #[must_use]
    pub const fn world(&self) -> World {
        match self.role {
            Role::Screener { .. } => World::Screening,
            Role::MeetingProvider { .. } => World::MeetingProvider,
        }
    }

    /// The line of a key or section, by its dotted name; `None` if it is left at its default. The first line is 1.
    #[must_use]
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.lines.0.get(key).copied()
    }

    /// A refusal because of that key, or of the component if the manifest leaves the key at its default.
    #[must_use]
    pub fn refuse(&self, key: &str, reason: String, hint: String) -> Refused {
        let line = self.line_of(key).or_else(|| self.line_of("component"));
        Refused { path: self.path.clone(), line, reason, hint }
    }
}

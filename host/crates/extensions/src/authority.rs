//! The capabilities that an extension requests, and their difference between two versions. An operator reads both before an
//! installation or an update. Decides nothing.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::inspect::Inspection;
use super::manifest::{Banks, Manifest, OnFailure, Proof, Role};

/// All requests of a manifest and its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Requested capabilities: (kind, value).
    capabilities: BTreeSet<(&'static str, String)>,
    banks: Banks,
    limits: [(&'static str, u64); 7],
    world: &'static str,
    on_failure: Option<OnFailure>,
    proof: Proof,
    /// Settings, version and order. They are no capabilities, but an operator must see their changes.
    values: BTreeMap<String, String>,
    /// The component's SHA-256.
    component: String,
}

impl Authority {
    /// The requests of this extension.
    #[must_use]
    pub fn of(manifest: &Manifest, inspection: &Inspection) -> Self {
        let mut capabilities = BTreeSet::new();
        let mut add = |kind, value: String| {
            capabilities.insert((kind, value));
        };
        inspection.about.imports.iter().for_each(|import| add("import", import.clone()));
        manifest.outbound.hosts.iter().for_each(|host| add("outbound host", host.to_string()));
        if manifest.outbound.private_addresses {
            add("outbound", "private addresses".to_owned());
        }
        manifest.settings.keys().for_each(|name| add("setting", name.clone()));
        manifest.secrets.iter().for_each(|(name, source)| add("secret", format!("{name} from {source}")));
        manifest.records().into_iter().for_each(|kind| add("record", kind.to_string()));
        let on_failure = match &manifest.role {
            Role::Screener { on_failure, .. } => Some(*on_failure),
            Role::MeetingProvider { provider_ids } => {
                provider_ids.iter().for_each(|id| add("provider id", id.clone()));
                None
            }
        };
        let mut values: BTreeMap<_, _> =
            manifest.settings.iter().map(|(name, value)| (format!("setting {name}"), format!("{value:?}"))).collect();
        values.insert("version".to_owned(), manifest.version.clone());
        if let Role::Screener { order, .. } = &manifest.role {
            values.insert("order".to_owned(), order.to_string());
        }
        let (limits, outbound) = (&manifest.limits, &manifest.outbound);
        Self {
            capabilities,
            banks: manifest.banks.clone(),
            limits: [
                ("memory_bytes_max", u64::try_from(limits.memory_bytes_max).unwrap_or(u64::MAX)),
                ("running_ms_max", limits.running_ms_max),
                ("waiting_ms_max", limits.waiting_ms_max),
                ("outbound_calls_max", outbound.calls_max.into()),
                ("outbound_request_bytes_max", outbound.request_bytes_max),
                ("outbound_reply_bytes_max", outbound.reply_bytes_max),
                ("log_lines_max", limits.log_lines_max.into()),
            ],
            world: manifest.world().name(),
            on_failure,
            proof: manifest.proof.clone(),
            values,
            component: hex::encode(inspection.about.sha256),
        }
    }
}

/// One difference. Displays on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is requested in addition.
    Gained(String),
    /// It is no longer requested.
    Lost(String),
    /// It has another value.
    Changed {
        /// The name.
        what: String,
        /// The old value.
        old: String,
        /// The new value.
        new: String,
        /// The direction of the change.
        way: Way,
    },
}

/// The direction of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The new version may do more.
    More,
    /// The new version may do less.
    Less,
    /// Neither of both.
    Other,
}

impl Line {
    /// Whether the new version requests more than the old one.
    #[must_use]
    pub fn asks_for_more(&self) -> bool {
        matches!(self, Self::Gained(_) | Self::Changed { way: Way::More, .. })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gained(what) => write!(f, "+ {what}"),
            Self::Lost(what) => write!(f, "- {what}"),
            Self::Changed { what, old, new, way } => {
                write!(f, "~ {what} {old} -> {new}")?;
                f.write_str(match way {
                    Way::More => " (more)",
                    Way::Less => " (less)",
                    Way::Other => "",
                })
            }
        }
    }
}

/// All requests.
#[must_use]
pub fn requests(authority: &Authority) -> Vec<String> {
    let limits = authority.limits.iter().map(|(what, max)| format!("limit {what} {max}"));
    limits.chain(authority.with_banks(authority).iter().map(named)).collect()
}

/// All requests as lines of a difference: those of a first installation.
#[must_use]
pub fn asked_for(authority: &Authority) -> Vec<Line> {
    requests(authority).into_iter().map(Line::Gained).collect()
}

fn named((kind, value): &(&'static str, String)) -> String {
    format!("{kind} {value}")
}

/// The differences between two versions.
#[must_use]
pub fn diff(old: &Authority, new: &Authority) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut changed = |what: &str, old: String, new: String, way| {
        if old != new {
            lines.push(Line::Changed { what: what.to_owned(), old, new, way });
        }
    };
    changed("component", old.component.clone(), new.component.clone(), Way::Other);
    changed("trusted by", trusted_by(&old.proof), trusted_by(&new.proof), trust(&old.proof, &new.proof));
    changed("world", old.world.to_owned(), new.world.to_owned(), Way::More);
    if let (Some(old), Some(new)) = (old.on_failure, new.on_failure) {
        let way = if new == OnFailure::Skip { Way::More } else { Way::Less };
        changed("on_failure", old.to_string(), new.to_string(), way);
    }
    for (what, old) in &old.values {
        if let Some(new) = new.values.get(what) {
            changed(what, old.clone(), new.clone(), Way::Other);
        }
    }
    for ((what, old), (_, new)) in old.limits.iter().zip(&new.limits) {
        let way = if new > old { Way::More } else { Way::Less };
        changed(&format!("limit {what}"), old.to_string(), new.to_string(), way);
    }
    let (had, has) = (old.with_banks(new), new.with_banks(old));
    lines.extend(has.difference(&had).map(|capability| Line::Gained(named(capability))));
    lines.extend(had.difference(&has).map(|capability| Line::Lost(named(capability))));
    lines
}

impl Authority {
    /// The capabilities and the banks. Single banks are left out if the other version has all banks.
    fn with_banks(&self, other: &Self) -> BTreeSet<(&'static str, String)> {
        let mut capabilities = self.capabilities.clone();
        match (&self.banks, &other.banks) {
            (Banks::All, _) => {
                capabilities.insert(("banks", "all, and records without a bank".to_owned()));
            }
            (Banks::These(_), Banks::All) => {}
            (Banks::These(ids), Banks::These(_)) => capabilities.extend(ids.iter().map(|id| ("bank", id.clone()))),
        }
        capabilities
    }
}

fn trusted_by(proof: &Proof) -> String {
    match proof {
        Proof::Digest(_) => "its digest".to_owned(),
        Proof::Signature { publisher, .. } => format!("publisher {publisher}"),
    }
}

/// The direction of a change of trust. A digest admits one component, a publisher all that it signs.
fn trust(old: &Proof, new: &Proof) -> Way {
    match (old, new) {
        (_, Proof::Signature { .. }) => Way::More,
        (Proof::Signature { .. }, Proof::Digest(_)) => Way::Less,
        (Proof::Digest(_), Proof::Digest(_)) => Way::Other,
    }
}

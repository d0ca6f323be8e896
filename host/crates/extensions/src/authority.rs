//! What an extension asks to be trusted with, and what another version of it asks for instead: what the operator has to look at
//! before an update. Decides nothing.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::inspect::Inspection;
use super::manifest::{Banks, Manifest, OnFailure, Proof, Role};

/// Everything that a manifest, with the component's imports, asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// What it has or has not: kind, and which.
    things: BTreeSet<(&'static str, String)>,
    banks: Banks,
    limits: [(&'static str, u64); 7],
    world: &'static str,
    on_failure: Option<OnFailure>,
    proof: Proof,
    /// What it is told, and where it stands: no right, and yet what an operator has to see.
    told: BTreeMap<String, String>,
    /// The component's SHA-256.
    component: String,
}

impl Authority {
    /// What this extension asks for.
    #[must_use]
    pub fn of(manifest: &Manifest, inspection: &Inspection) -> Self {
        let mut things = BTreeSet::new();
        let mut add = |kind, which: String| {
            things.insert((kind, which));
        };
        inspection.about.imports.iter().for_each(|import| add("import", import.clone()));
        manifest.outbound.hosts.iter().for_each(|host| add("outbound host", host.to_string()));
        if manifest.outbound.private_addresses {
            add("outbound", "private addresses".to_owned());
        }
        manifest.settings.keys().for_each(|name| add("setting", name.clone()));
        manifest.secrets.iter().for_each(|(name, source)| add("secret", format!("{name} from {source}")));
        let on_failure = match &manifest.role {
            Role::Screener { on_failure, .. } => Some(*on_failure),
            Role::MeetingProvider { provider_ids } => {
                provider_ids.iter().for_each(|id| add("provider id", id.clone()));
                None
            }
        };
        let mut told: BTreeMap<_, _> =
            manifest.settings.iter().map(|(name, value)| (format!("setting {name}"), format!("{value:?}"))).collect();
        told.insert("version".to_owned(), manifest.version.clone());
        if let Role::Screener { order, .. } = &manifest.role {
            told.insert("order".to_owned(), order.to_string());
        }
        let (limits, outbound) = (&manifest.limits, &manifest.outbound);
        Self {
            things,
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
            told,
            component: hex::encode(inspection.about.sha256),
        }
    }
}

/// One difference, shown on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Asked for in addition.
    Gained(String),
    /// Asked for no longer.
    Lost(String),
    /// Something has another value.
    Changed {
        /// What.
        what: String,
        /// What it was.
        old: String,
        /// What it is.
        new: String,
        /// Which way it went.
        way: Way,
    },
}

/// Which way a change went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The new one may more.
    More,
    /// The new one may less.
    Less,
    /// Neither.
    Other,
}

impl Line {
    /// Whether the new one asks for more than the old one had.
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

/// Everything that it asks for.
#[must_use]
pub fn asked_for(authority: &Authority) -> Vec<Line> {
    let mut lines: Vec<_> =
        authority.limits.iter().map(|(what, max)| Line::Gained(format!("limit {what} {max}"))).collect();
    lines.extend(authority.all_things(authority).iter().map(named).map(Line::Gained));
    lines
}

fn named((kind, which): &(&'static str, String)) -> String {
    format!("{kind} {which}")
}

/// What `new` asks for that `old` did not, and the other way round.
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
    for (what, old) in &old.told {
        if let Some(new) = new.told.get(what) {
            changed(what, old.clone(), new.clone(), Way::Other);
        }
    }
    for ((what, old), (_, new)) in old.limits.iter().zip(&new.limits) {
        let way = if new > old { Way::More } else { Way::Less };
        changed(&format!("limit {what}"), old.to_string(), new.to_string(), way);
    }
    let (had, has) = (old.all_things(new), new.all_things(old));
    lines.extend(has.difference(&had).map(|thing| Line::Gained(named(thing))));
    lines.extend(had.difference(&has).map(|thing| Line::Lost(named(thing))));
    lines
}

impl Authority {
    /// With its banks. Single ones are not told where the other has all: they are no addition to it.
    fn all_things(&self, other: &Self) -> BTreeSet<(&'static str, String)> {
        let mut things = self.things.clone();
        match (&self.banks, &other.banks) {
            (Banks::All, _) => {
                things.insert(("banks", "all, and what belongs to none".to_owned()));
            }
            (Banks::These(_), Banks::All) => {}
            (Banks::These(ids), Banks::These(_)) => things.extend(ids.iter().map(|id| ("bank", id.clone()))),
        }
        things
    }
}

fn trusted_by(proof: &Proof) -> String {
    match proof {
        Proof::Digest(_) => "its digest".to_owned(),
        Proof::Signature { publisher, .. } => format!("publisher {publisher}"),
    }
}

/// A digest admits one component, a publisher any of theirs.
fn trust(old: &Proof, new: &Proof) -> Way {
    match (old, new) {
        (_, Proof::Signature { .. }) => Way::More,
        (Proof::Signature { .. }, Proof::Digest(_)) => Way::Less,
        (Proof::Digest(_), Proof::Digest(_)) => Way::Other,
    }
}

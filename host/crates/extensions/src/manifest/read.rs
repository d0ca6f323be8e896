//! Turns the table of a checked manifest into a [`Manifest`]. Checks nothing: `source.rs` does, because it knows the lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::Value;

use super::{Banks, FILE, Limits, Lines, Manifest, OnFailure, Proof, Role, SecretSource, World, keys};
use crate::grant::{AllowedHost, Grant};
use crate::record_kind::RecordKind;

/// The keys of `keys.rs` as a structure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Read {
    pub(super) name: String,
    version: String,
    component: String,
    sha256: Option<String>,
    publisher: Option<String>,
    signature: Option<String>,
    world: World,
    api: String,
    banks: Banks,
    records: Option<BTreeSet<RecordKind>>,
    order: Option<u32>,
    on_failure: Option<OnFailure>,
    provider_ids: Option<BTreeSet<String>>,
    limits: ReadLimits,
    outbound: ReadOutbound,
    #[serde(default)]
    settings: BTreeMap<String, Value>,
    #[serde(default)]
    secrets: BTreeMap<String, SecretSource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadLimits {
    memory_bytes_max: usize,
    running_ms_max: u64,
    waiting_ms_max: u64,
    outbound_calls_max: u32,
    outbound_request_bytes_max: u64,
    outbound_reply_bytes_max: u64,
    log_lines_max: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadOutbound {
    #[serde(default)]
    hosts: Vec<String>,
    private_addresses: bool,
}

impl Read {
    /// The manifest; `None` if `keys.rs` accepted a value that cannot be converted.
    pub(super) fn into_manifest(self, folder: &Path) -> Option<Manifest> {
        let proof = match (self.sha256, self.publisher, self.signature) {
            (Some(sha256), ..) => Proof::Digest(keys::digest(&sha256)?),
            (None, publisher, signature) => {
                Proof::Signature { publisher: publisher?, signature: Box::new(keys::signature(&signature?)?) }
            }
        };
        let role = match self.world {
            World::Screening => {
                Role::Screener { records: self.records?, order: self.order?, on_failure: self.on_failure? }
            }
            World::MeetingProvider => Role::MeetingProvider { provider_ids: self.provider_ids? },
        };
        let settings = self.settings.into_iter().map(|(name, value)| {
            let text = if let Value::String(text) = value { text } else { value.to_string() };
            (name, text)
        });
        Some(Manifest {
            path: folder.join(FILE),
            name: self.name,
            version: self.version,
            component: folder.join(self.component),
            proof,
            api: self.api.parse().ok()?,
            banks: self.banks,
            role,
            limits: Limits {
                memory_bytes_max: self.limits.memory_bytes_max,
                running_ms_max: self.limits.running_ms_max,
                waiting_ms_max: self.limits.waiting_ms_max,
                log_lines_max: self.limits.log_lines_max,
            },
            outbound: Grant {
                hosts: self
                    .outbound
                    .hosts
                    .iter()
                    .map(|host| host.parse::<AllowedHost>().ok())
                    .collect::<Option<_>>()?,
                private_addresses: self.outbound.private_addresses,
                calls_max: self.limits.outbound_calls_max,
                request_bytes_max: self.limits.outbound_request_bytes_max,
                reply_bytes_max: self.limits.outbound_reply_bytes_max,
            },
            settings: settings.collect(),
            secrets: self.secrets,
            lines: Lines::default(),
        })
    }
}

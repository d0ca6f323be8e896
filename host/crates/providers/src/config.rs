//! The settings of meetings: `[meetings]` of the configuration.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::{Deserialize, Deserializer};
use settings::Secret;

/// `[meetings]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Meetings {
    /// Whether meetings can be made at all.
    pub enabled: bool,
    /// By `provider_id`. An id from the environment is in lower case.
    #[serde(default)]
    pub providers: BTreeMap<String, Provider>,
}

/// `[meetings.providers.ID]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Provider {
    /// Jitsi Meet with token authentication.
    Jitsi(Jitsi),
    /// OpenTok, formerly TokBox.
    Tokbox(Tokbox),
}

/// The keys of a provider of kind `jitsi`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Jitsi {
    /// The issuer of the tokens; empty if not configured.
    pub app_id: String,
    /// Signs the tokens; empty if not configured.
    pub secret: Secret,
    /// Where Jitsi is: http or https, with a host.
    #[serde(deserialize_with = "url")]
    pub base_url: Url,
}

/// The keys of a provider of kind `tokbox`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Tokbox {
    /// The project's API key; empty if not configured.
    pub api_key: String,
    /// The project's secret; empty if not configured.
    pub secret: Secret,
    /// Where OpenTok is: http or https, with a host.
    #[serde(deserialize_with = "url")]
    pub base_url: Url,
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

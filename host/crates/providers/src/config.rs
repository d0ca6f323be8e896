//! Settings of meetings: `[meetings]` of the configuration.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::{Deserialize, Deserializer};
use settings::Secret;

/// The section `[meetings]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Meetings {
    /// Whether meetings are switched on.
    pub enabled: bool,
    /// The providers by `provider_id`. An id from the environment is in lower case.
    #[serde(default)]
    pub providers: BTreeMap<String, Provider>,
}

/// A section `[meetings.providers.ID]`.
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
    /// The issuer of the tokens. Empty if not configured.
    pub app_id: String,
    /// The secret that signs the tokens. Empty if not configured.
    pub secret: Secret,
    /// The URL of Jitsi: http or https, with a host.
    #[serde(deserialize_with = "url")]
    pub base_url: Url,
}

/// The keys of a provider of kind `tokbox`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Tokbox {
    /// The project's API key. Empty if not configured.
    pub api_key: String,
    /// The project's secret. Empty if not configured.
    pub secret: Secret,
    /// The URL of OpenTok: http or https, with a host.
    #[serde(deserialize_with = "url")]
    pub base_url: Url,
    /// The URL of the operator's page at which participants join, if there is one.
    #[serde(default, deserialize_with = "some_url")]
    pub join_url: Option<Url>,
}

fn some_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    url(from).map(Some)
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

//! The configuration: one TOML file, every key also as an environment variable `OBP_HOST_<KEY>` with `__` between
//! levels. The environment wins over the file, the file over the defaults. An unknown key is an error.
//!
//! Keys, defaults and allowed values are listed once, in `config/keys.rs`; the structures here are what they become. The
//! command line is not here: its options are assigned to the fields afterwards.

mod error;
mod keys;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use api::HostedBy;
pub use error::{ConfigError, Origin};
pub use providers::config::{Jitsi, Meetings, Provider, Tokbox};
pub use settings::{NotAPublicKey, PublicKey, Secret};

/// Everything that can be configured. There is no `Default`: [`Config::load`] without file and variables is the default.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder that holds everything the server keeps.
    pub data: PathBuf,
    /// The `provider` of users who register here.
    pub identity_provider: String,
    /// The realm in `WWW-Authenticate`.
    pub hostname: String,
    /// A component to run instead of the one that is built in.
    pub component: Option<PathBuf>,
    /// The SHA-256 that the component must have, in hexadecimal.
    pub component_sha256: Option<String>,
    /// Whether the compiled component is kept in the data folder.
    pub compiled_cache: bool,
    /// What connections are encrypted with; plain ones are served without it.
    pub tls: Option<Tls>,
    /// Who may do what.
    pub access: Access,
    /// Who runs the server.
    pub hosted_by: HostedBy,
    /// Video meetings.
    pub meetings: Meetings,
    /// Components of others.
    #[serde(default)]
    pub extensions: Extensions,
    /// A limit on everything.
    pub limits: Limits,
    /// What is logged, and how.
    pub log: Log,
}

/// `[tls]`: both or neither.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, PEM, the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key of the first one, PEM.
    pub key: PathBuf,
}

/// `[access]`: decision 10 of the contract.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The profile in force.
    pub profile: Profile,
    /// Whether somebody named it, rather than leaving it at its default.
    #[serde(skip)]
    pub profile_is_named: bool,
}

/// Which table says who may do what.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Every user who is logged in may use KYC and meetings.
    Seed,
}

/// `[extensions]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Extensions {
    /// Where they are; see [`Config::extensions_folder`].
    pub folder: Option<PathBuf>,
    /// Whose signature is trusted, by the name that manifests use. A name from the environment is in lower case.
    #[serde(default)]
    pub publishers: BTreeMap<String, PublicKey>,
}

/// `[limits]`: named with their units, all at least 1.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of a request's body, in bytes.
    pub body_bytes_max: usize,
    /// Of a request's line and headers, in bytes; at least 8192, which hyper insists on.
    pub head_bytes_max: usize,
    /// Requests worked on at once.
    pub requests_in_flight_max: usize,
    /// Connections open at once.
    pub connections_max: usize,
    /// Requests under way at once on one HTTP/2 connection.
    pub http2_streams_max: u32,
    /// Until a TLS handshake is done, in milliseconds.
    pub tls_handshake_ms_max: u64,
    /// Until a request's head has arrived, and that a connection may idle, in milliseconds.
    pub head_read_ms_max: u64,
    /// Until a request's body has arrived, in milliseconds.
    pub body_read_ms_max: u64,
    /// That the component may run for one request, in milliseconds; waiting for the host does not count.
    pub guest_ms_max: u64,
    /// That the component may wait, in one request, for what its imports do, in milliseconds.
    pub host_ms_max: u64,
    /// Of one instance of the component, in bytes.
    pub guest_memory_bytes_max: usize,
    /// Of all instances of extensions together, in bytes.
    pub extensions_memory_bytes_max: usize,
    /// Passwords hashed at once.
    pub password_hashes_at_once_max: usize,
    /// Passwords waiting to be hashed.
    pub password_hashes_waiting_max: usize,
    /// Connections that read the database at once.
    pub sqlite_readers_max: usize,
    /// Changes waiting to be committed.
    pub commits_waiting_max: usize,
    /// Changes committed in one transaction.
    pub commit_group_max: usize,
    /// To wait for a locked database, in milliseconds.
    pub sqlite_busy_ms_max: u64,
    /// That requests have to finish when the server stops, in milliseconds.
    pub shutdown_ms_max: u64,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The least important message that is logged.
    pub level: LogLevel,
    /// For whom.
    pub format: LogFormat,
}

/// How important a message has to be.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing is logged.
    Off,
    /// Failures.
    Error,
    /// And what may become one.
    Warn,
    /// And what happens once in a while.
    Info,
    /// And what happens in each request.
    Debug,
    /// And everything else.
    Trace,
}

impl LogLevel {
    /// The filter of that level.
    #[must_use]
    pub const fn filter(self) -> tracing::level_filters::LevelFilter {
        use tracing::level_filters::LevelFilter;
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// What a line of the log looks like.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object, for machines.
    Json,
}

impl Config {
    /// Reads `file`, if one is named, and the variables of `env` that begin with `OBP_HOST_`.
    ///
    /// # Errors
    /// The first thing that is wrong, with where it stands and a [hint](ConfigError::hint). A file that is named must exist.
    pub fn load(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut sources = sources::Sources::default();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
            sources.file(path, &text)?;
        }
        sources.environment(env)?;
        sources.both_or_neither("tls.certificate", "tls.key")?;
        let profile_is_named = sources.names("access.profile");
        let table = sources.into_table()?;
        let mut config = Self::deserialize(table).map_err(|error| ConfigError::Mismatch(error.message().to_owned()))?;
        config.access.profile_is_named = profile_is_named;
        Ok(config)
    }

    /// The folder that holds a folder for each extension: the one that is configured, or `extensions` of the data folder. It
    /// need not exist.
    #[must_use]
    pub fn extensions_folder(&self) -> PathBuf {
        self.extensions.folder.clone().unwrap_or_else(|| self.data.join("extensions"))
    }

    /// Why the server must not listen there, and what to do; `None` if it may (decision 10 of the contract). The
    /// profile `seed` lets every user who is logged in read and write all KYC records, so beyond loopback it has to be
    /// somebody's decision.
    #[must_use]
    pub fn refuses_to_listen(&self, addr: SocketAddr) -> Option<String> {
        let Access { profile: Profile::Seed, profile_is_named } = self.access;
        if profile_is_named || addr.ip().to_canonical().is_loopback() {
            return None;
        }
        Some(format!(
            "not listening on {addr}: it is beyond loopback, and no access profile is named. In the default profile, \
             `seed`, every user who is logged in may read and write all KYC records. Listen on 127.0.0.1, or name the \
             profile: `profile = \"seed\"` under [access], or OBP_HOST_ACCESS__PROFILE=seed"
        ))
    }
}

/// This process's environment, for [`Config::load`]. What is no Unicode becomes U+FFFD, so that a variable that has such a
/// value is checked like any other.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
}

//! The configuration: one TOML file, every key also as an environment variable `OBP_HOST_<KEY>` with `__` between
//! levels. The environment wins over the file, the file over the defaults. An unknown key is an error.
//!
//! The table in `config/keys.rs` lists keys, defaults and allowed values; the structures here hold the result. Options of the
//! command line are assigned to the fields afterwards.

mod keys;
mod network;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use settings::Entries;

pub use self::network::Network;
pub use api::HostedBy;
pub use providers::config::{Jitsi, Meetings, Provider, Tokbox};
pub use settings::{NotAPublicKey, Origin, PublicKey, PublicUrl, Secret, SettingError};

/// The whole configuration. It has no `Default`: [`Config::load`] without file and variables gives the default.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The address to listen at.
    pub listen: SocketAddr,
    /// The folder for all data of the server.
    pub data: PathBuf,
    /// The `provider` of users that register at this server.
    pub identity_provider: String,
    /// The realm in `WWW-Authenticate`.
    pub hostname: String,
    /// The URL at which clients reach the server, if it is not the address to listen at.
    pub public_url: Option<PublicUrl>,
    /// The addresses and networks of the proxies whose forwarded headers count.
    pub trusted_proxies: Vec<Network>,
    /// The file of a component to run instead of the embedded one.
    pub component: Option<PathBuf>,
    /// The SHA-256 of the component, in hexadecimal. No other component is run.
    pub component_sha256: Option<String>,
    /// Whether the compiled component is kept in the data folder.
    pub compiled_cache: bool,
    /// Certificate and key for TLS; without them the server speaks plain HTTP.
    pub tls: Option<Tls>,
    /// The rights of users.
    pub access: Access,
    /// The organisation that runs the server.
    pub hosted_by: HostedBy,
    /// Video meetings.
    pub meetings: Meetings,
    /// Third-party components.
    #[serde(default)]
    pub extensions: Extensions,
    /// Limits on connections, requests, memory and time.
    pub limits: Limits,
    /// Level and format of the log.
    pub log: Log,
    /// The file that was read.
    #[serde(skip)]
    pub file: Option<ConfigFile>,
}

/// The file that a configuration was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigFile {
    /// Its path.
    pub path: PathBuf,
    /// Whether it contains a secret.
    pub has_secret: bool,
}

/// `[tls]`: both keys, or neither.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain (PEM), the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key (PEM) of the first certificate.
    pub key: PathBuf,
}

/// `[access]`: decision 10 of the contract.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The active profile.
    pub profile: Profile,
    /// Whether the configuration names the profile. Otherwise it is the default.
    #[serde(skip)]
    pub profile_is_named: bool,
}

/// A table of rights.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Every logged-in user may use KYC and meetings.
    Seed,
}

/// `[extensions]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Extensions {
    /// The configured folder; see [`Config::extensions_folder`].
    pub folder: Option<PathBuf>,
    /// The keys of trusted publishers, by the name that manifests use. A name from the environment is in lower case.
    #[serde(default)]
    pub publishers: BTreeMap<String, PublicKey>,
}

/// `[limits]`: each name contains its unit; each value is at least 1.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes_max: usize,
    /// Bytes of the request line and headers together; at least 8192, because hyper needs them.
    pub head_bytes_max: usize,
    /// Requests handled at once.
    pub requests_in_flight_max: usize,
    /// Requests of one connection handled at once.
    pub requests_per_connection_max: usize,
    /// Bytes of all answers together that clients have not taken yet.
    pub answers_bytes_max: usize,
    /// Connections open at once.
    pub connections_max: usize,
    /// Connections open at once from one address.
    pub connections_per_address_max: usize,
    /// Connections open at once from one block of addresses: IPv4 /24, IPv6 /64.
    pub connections_per_block_max: usize,
    /// Requests handled at once on one HTTP/2 connection.
    pub http2_streams_max: u32,
    /// Duration of a TLS handshake, in milliseconds.
    pub tls_handshake_ms_max: u64,
    /// Time for a request's head to arrive, in milliseconds.
    pub head_read_ms_max: u64,
    /// Time for a connection to be idle, in milliseconds.
    pub idle_ms_max: u64,
    /// Time for a request's body to arrive, in milliseconds.
    pub body_read_ms_max: u64,
    /// Processor time that one call of the component may use, in milliseconds.
    pub guest_ms_max: u64,
    /// Time that one call of the component may wait for its imports, in milliseconds. It may also queue this long for a
    /// processor.
    pub host_ms_max: u64,
    /// Bytes of memory of one instance of the component.
    pub guest_memory_bytes_max: usize,
    /// Bytes of memory of all extension instances together.
    pub extensions_memory_bytes_max: usize,
    /// Passwords hashed at once.
    pub password_hashes_at_once_max: usize,
    /// Passwords waiting to be hashed.
    pub password_hashes_waiting_max: usize,
    /// Wrong passwords for a user name from one address that lock it for that address.
    pub failed_logins_max: i64,
    /// Duration of the first lock, in milliseconds.
    pub login_lock_ms: i64,
    /// Duration of the longest lock, in milliseconds.
    pub login_lock_ms_max: i64,
    /// Database connections for reading that stay open.
    pub sqlite_readers_max: usize,
    /// Changes waiting to be committed.
    pub commits_waiting_max: usize,
    /// Changes committed in one transaction.
    pub commit_group_max: usize,
    /// Time to wait for a locked database, in milliseconds.
    pub sqlite_busy_ms_max: u64,
    /// Time that requests have to finish when the server stops, in milliseconds.
    pub shutdown_ms_max: u64,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The least important level that is logged.
    pub level: LogLevel,
    /// The form of a log line.
    pub format: LogFormat,
}

/// The importance of a message. Each level includes those above it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing is logged.
    Off,
    /// Failures only.
    Error,
    /// Warnings too.
    Warn,
    /// Rare events too.
    Info,
    /// Events of each request too.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The level as a filter of `tracing`.
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

/// The form of a log line.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text, for people.
    Text,
    /// A JSON object, for machines.
    Json,
}

impl Config {
    /// Reads `file`, if it is given, and the variables of `env` that begin with `OBP_HOST_`.
    ///
    /// # Errors
    /// The first error, with its place and its correction. A file that is given must exist.
    pub fn load(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, SettingError> {
        let mut entries = Entries::new(keys::SCHEMA);
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                let path = path.display();
                let hint = format!("check that {path} exists and may be read, or leave it out to use the defaults");
                SettingError::new(format!("cannot read the configuration file {path}: {error}"), hint)
            })?;
            entries.add_file(path, &text).map_err(|error| {
                let at = Origin::File(path.to_owned(), error.line);
                let hint = format!("correct the TOML at {at}; text values stand in quotation marks");
                SettingError::new(format!("not valid TOML: {}", error.reason), hint).at(Some(&at))
            })?;
        }
        entries.add_variables(env)?;
        entries.both_or_neither("tls.certificate", "tls.key")?;
        let table = entries.checked()?;
        let mut config = Self::deserialize(table).map_err(|error| {
            let reason = format!("the list of keys does not fit the configuration: {}", error.message());
            SettingError::new(reason, "report this: it is an error of the program")
        })?;
        config.access.profile_is_named = entries.origin("access.profile").is_some();
        config.file = file.map(|path| ConfigFile { path: path.to_owned(), has_secret: entries.secret_in_file() });
        Ok(config)
    }

    /// The folder that contains a folder for each extension: the configured one, or `extensions` of the data folder. It need
    /// not exist.
    #[must_use]
    pub fn extensions_folder(&self) -> PathBuf {
        self.extensions.folder.clone().unwrap_or_else(|| self.data.join("extensions"))
    }

    /// The reason why the server must not listen at that address, and the correction; `None` if it may (decision 10 of the
    /// contract). It is an error of the configuration. The profile `seed` lets every logged-in user read and write all KYC
    /// records. Beyond loopback an operator must choose it explicitly.
    #[must_use]
    pub fn refuses_to_listen(&self, addr: SocketAddr) -> Option<SettingError> {
        let Access { profile: Profile::Seed, profile_is_named } = self.access;
        if profile_is_named || addr.ip().to_canonical().is_loopback() {
            return None;
        }
        let reason = format!(
            "not listening on {addr}: it is beyond loopback, and no access profile is named. In the default profile, \
             `seed`, every logged-in user may read and write all KYC records"
        );
        let hint = "listen on 127.0.0.1, or name the profile: `profile = \"seed\"` under [access], or \
                    OBP_HOST_ACCESS__PROFILE=seed";
        Some(SettingError::new(reason, hint))
    }
}

/// This process's environment, for [`Config::load`]. Bytes that are not Unicode become U+FFFD, so that every variable is
/// checked.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
}

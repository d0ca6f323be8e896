//! Every key there is: what it takes, its default, what it means. The one place for all three; `docs/configuration.md`
//! shows the same list, and a test compares them.

use std::net::SocketAddr;

use reqwest::Url;
use toml::Value;

use super::PublicKey;
use settings::toml_file::shown;

/// In front of every environment variable.
pub(super) const PREFIX: &str = "OBP_HOST_";
/// In a key's path, stands for the id of a meeting provider.
pub(super) const ID: &str = "ID";
/// In a key's path, stands for the name of a publisher.
pub(super) const NAME: &str = "NAME";

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// From the top of the file, dotted.
    pub(super) path: &'static str,
    /// The only kind of meeting provider that has this key; `None` if it does not depend on that.
    pub(super) provider: Option<&'static str>,
    pub(super) kind: Kind,
    pub(super) default: Fallback,
    /// One sentence for the manual.
    pub(super) meaning: &'static str,
}

/// What a key has when nobody sets it.
#[derive(Debug)]
pub(super) enum Fallback {
    /// This, written as in an environment variable.
    Is(&'static str),
    /// As many as there are processor cores.
    Cores,
    /// Nothing: it may be absent.
    Absent,
    /// It cannot be left out.
    Required,
}

/// What a key takes.
#[derive(Debug)]
pub(super) enum Kind {
    /// A line of text, possibly empty.
    Text,
    /// A line of text that no message shows.
    Secret,
    /// What can stand within quotation marks in an HTTP header.
    Name,
    /// A path.
    File,
    /// A SHA-256, in hexadecimal.
    Digest,
    /// An Ed25519 public key, in base64.
    PublicKey,
    /// An IP address and a port.
    Address,
    /// Where an HTTP service is.
    Url,
    /// Yes or no.
    Switch,
    /// A whole number within these bounds, both included.
    Count(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl Kind {
    /// What the key takes, to be read after "must be".
    pub(super) fn allowed(&self) -> String {
        match self {
            Self::Text | Self::Secret => "a line of text (a string)".to_owned(),
            Self::Name => "1 to 255 printable ASCII characters without `\"` and `\\` (a string)".to_owned(),
            Self::File => "a path (a string that is not empty)".to_owned(),
            Self::Digest => "64 hexadecimal digits (a string)".to_owned(),
            Self::PublicKey => "the base64 of the 32 bytes of an Ed25519 public key".to_owned(),
            Self::Address => "an IP address and a port, like \"127.0.0.1:8080\"".to_owned(),
            Self::Url => "an http or https URL without user, query and fragment".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::Count(min, max) => format!("a whole number from {min} to {max}"),
            Self::OneOf(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or "),
        }
    }

    /// Whether the key takes this value.
    pub(super) fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text | Self::Secret, Value::String(text)) => !text.contains(char::is_control),
            (Self::Name, Value::String(text)) => {
                let printable = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
                (1..=255).contains(&text.len()) && text.chars().all(printable)
            }
            (Self::File, Value::String(text)) => !text.is_empty() && !text.contains('\0'),
            (Self::Digest, Value::String(text)) => {
                text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            (Self::PublicKey, Value::String(text)) => text.parse::<PublicKey>().is_ok(),
            (Self::Address, Value::String(text)) => text.parse::<SocketAddr>().is_ok(),
            (Self::Url, Value::String(text)) => text.parse::<Url>().is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none()
                    && url.fragment().is_none()
            }),
            (Self::Switch, Value::Boolean(_)) => true,
            (Self::Count(min, max), Value::Integer(count)) => (min..=max).contains(&count),
            (Self::OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
            _ => false,
        }
    }

    /// The value that a text stands for, in the environment or as a default. What is no number or switch stays text,
    /// which the key then does not take.
    pub(super) fn read(&self, text: &str) -> Value {
        let read = match self {
            Self::Switch => text.parse().ok().map(Value::Boolean),
            Self::Count(..) => text.parse().ok().map(Value::Integer),
            _ => None,
        };
        read.unwrap_or_else(|| Value::String(text.to_owned()))
    }

    /// How a message may show a value that was written like this.
    pub(super) fn show(&self, written: &str) -> String {
        match self {
            Self::Secret => "what it is (a secret, not shown)".to_owned(),
            Self::Url if written.contains(['@', '?', '#']) => "a URL with such parts (not shown)".to_owned(),
            _ => shown(written),
        }
    }
}

/// The environment variable of a key.
pub(super) fn variable<'a>(path: impl IntoIterator<Item = &'a str>) -> String {
    format!("{PREFIX}{}", path.into_iter().collect::<Vec<_>>().join("__").to_uppercase())
}

const fn key(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, provider: None, kind, default, meaning }
}

const fn jitsi(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, provider: Some("jitsi"), kind, default, meaning }
}

const fn tokbox(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, provider: Some("tokbox"), kind, default, meaning }
}

const fn limit(path: &'static str, bounds: (i64, i64), default: &'static str, meaning: &'static str) -> Key {
    key(path, Kind::Count(bounds.0, bounds.1), Fallback::Is(default), meaning)
}

/// Of anything that is counted. A semaphore holds more, no machine does.
const COUNT: (i64, i64) = (1, 1_000_000);
/// Of threads and connections to a file.
const FEW: (i64, i64) = (1, 1024);
/// Up to an hour.
const MS: (i64, i64) = (1, 3_600_000);
/// Up to a gibibyte.
const BYTES: (i64, i64) = (1, 1_073_741_824);
/// hyper cannot read with less than 8 KiB.
const HEAD: (i64, i64) = (8192, 1_048_576);
/// From one page to all that 32 bits address.
const MEMORY: (i64, i64) = (65_536, 4_294_967_296);

/// All of them, in the manual's order.
pub(super) const KEYS: &[Key] = &[
    key("listen", Kind::Address, Fallback::Is("127.0.0.1:8080"), "Where to listen. Port 0 takes any free one."),
    key("data", Kind::File, Fallback::Is("./data"), "The folder that holds everything the server keeps."),
    key("identity_provider", Kind::Name, Fallback::Is("OBP"), "The `provider` of users who register here."),
    key("hostname", Kind::Name, Fallback::Is("localhost"), "The realm in `WWW-Authenticate`."),
    key("component", Kind::File, Fallback::Absent, "A component to run instead of the one that is built in."),
    key("component_sha256", Kind::Digest, Fallback::Absent, "The SHA-256 of the component; no other is run."),
    key(
        "compiled_cache",
        Kind::Switch,
        Fallback::Is("true"),
        "Whether the compiled component is kept in the folder `compiled` of the data folder, for the next start.",
    ),
    key("tls.certificate", Kind::File, Fallback::Absent, "The certificate chain (PEM); `tls.key` belongs to it."),
    key("tls.key", Kind::File, Fallback::Absent, "The private key (PEM) of `tls.certificate`."),
    key(
        "access.profile",
        Kind::OneOf(&["seed"]),
        Fallback::Is("seed"),
        "Who may do what. Without naming it the server listens on loopback only.",
    ),
    key("hosted_by.organisation", Kind::Text, Fallback::Is(""), "Who runs the server."),
    key("hosted_by.email", Kind::Text, Fallback::Is(""), "Where to write to them."),
    key("hosted_by.phone", Kind::Text, Fallback::Is(""), "Where to call them."),
    key("hosted_by.organisation_website", Kind::Text, Fallback::Is(""), "Where to read about them."),
    key("meetings.enabled", Kind::Switch, Fallback::Is("false"), "Whether meetings can be made at all."),
    key(
        "meetings.providers.ID.kind",
        Kind::OneOf(&["jitsi", "tokbox"]),
        Fallback::Required,
        "What serves the meetings whose `provider_id` is ID.",
    ),
    jitsi("meetings.providers.ID.app_id", Kind::Text, Fallback::Is(""), "The issuer of the tokens, as Jitsi knows it."),
    jitsi("meetings.providers.ID.secret", Kind::Secret, Fallback::Is(""), "Signs the tokens; shared with Jitsi."),
    jitsi("meetings.providers.ID.base_url", Kind::Url, Fallback::Is("https://meet.jit.si"), "Where Jitsi is."),
    tokbox("meetings.providers.ID.api_key", Kind::Text, Fallback::Is(""), "The project's API key."),
    tokbox("meetings.providers.ID.secret", Kind::Secret, Fallback::Is(""), "The project's secret."),
    tokbox("meetings.providers.ID.base_url", Kind::Url, Fallback::Is("https://api.opentok.com"), "Where OpenTok is."),
    key(
        "extensions.folder",
        Kind::File,
        Fallback::Absent,
        "Where the extensions are, each in a folder of its own; the folder `extensions` of the data folder if not set.",
    ),
    key(
        "extensions.publishers.NAME",
        Kind::PublicKey,
        Fallback::Absent,
        "The key of a publisher whose signature is trusted in manifests that name NAME.",
    ),
    limit("limits.body_bytes_max", BYTES, "65536", "The body of a request; above it 413."),
    limit("limits.head_bytes_max", HEAD, "16384", "The request line and headers together."),
    limit("limits.requests_in_flight_max", COUNT, "256", "Requests worked on at once; above it 503."),
    limit("limits.connections_max", COUNT, "10000", "Connections open at once."),
    limit("limits.http2_streams_max", COUNT, "128", "Requests under way at once on one HTTP/2 connection."),
    limit("limits.tls_handshake_ms_max", MS, "10000", "Milliseconds until a TLS handshake is done."),
    limit(
        "limits.head_read_ms_max",
        MS,
        "10000",
        "Milliseconds until a request's head has arrived, and that a connection may idle.",
    ),
    limit("limits.body_read_ms_max", MS, "10000", "Milliseconds until a request's body has arrived."),
    limit(
        "limits.guest_ms_max",
        MS,
        "500",
        "Milliseconds that one call of the component may take, its waiting apart; above it 504.",
    ),
    limit(
        "limits.host_ms_max",
        MS,
        "10000",
        "Milliseconds that one call of the component may wait for its imports, such as a provider; above it 504.",
    ),
    limit("limits.guest_memory_bytes_max", MEMORY, "67108864", "Memory of one instance of the component."),
    limit(
        "limits.extensions_memory_bytes_max",
        MEMORY,
        "1073741824",
        "Memory of all instances of extensions together; above it one fails.",
    ),
    key(
        "limits.password_hashes_at_once_max",
        Kind::Count(FEW.0, FEW.1),
        Fallback::Cores,
        "Passwords hashed at once, each on a thread of its own.",
    ),
    limit("limits.password_hashes_waiting_max", COUNT, "64", "Passwords waiting to be hashed; above it 503."),
    limit(
        "limits.sqlite_readers_max",
        FEW,
        "16",
        "Connections for reading that stay open. Each request at work may have one more.",
    ),
    limit("limits.commits_waiting_max", COUNT, "1024", "Changes waiting to be committed; above it 503."),
    limit("limits.commit_group_max", COUNT, "256", "Changes committed in one transaction."),
    limit("limits.sqlite_busy_ms_max", MS, "2000", "Milliseconds to wait for a locked database; above it 503."),
    limit("limits.shutdown_ms_max", MS, "10000", "Milliseconds that requests have to finish when the server stops."),
    key(
        "log.level",
        Kind::OneOf(&["off", "error", "warn", "info", "debug", "trace"]),
        Fallback::Is("info"),
        "The least important message that is logged.",
    ),
    key("log.format", Kind::OneOf(&["text", "json"]), Fallback::Is("text"), "For people, or for machines."),
];

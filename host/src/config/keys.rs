//! The table of the configuration's keys: values, defaults and meanings. `docs/configuration.md` shows the same table; a test
//! compares them.

use std::net::SocketAddr;

use extensions::verify::{PUBLISHER_NAME, is_publisher_name};
use reqwest::Url;
use settings::Fallback::{Absent, Computed, Is, Required};
use settings::Kind::{Count, OneOf, Switch};
use settings::toml_file::quoted;
use settings::{Key, Kind, List, NameRule, PublicKey, PublicUrl, Schema, SettingError, Text, cannot_be, key, remark};

use super::network::Network;

/// The configuration.
pub(super) const SCHEMA: &Schema = &Schema {
    keys: KEYS,
    names: &[
        NameRule { path: "meetings.providers.ID", takes: is_provider_id, wrong: wrong_provider_id },
        NameRule { path: "extensions.publishers.NAME", takes: is_publisher_name, wrong: wrong_publisher_name },
    ],
    variant_key: "meetings.providers.ID.kind",
    other_variant: None,
    missing,
    prefix: Some("OBP_HOST_"),
    manual: Some("docs/configuration.md"),
};

fn is_provider_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
}

fn wrong_provider_id(id: &str) -> SettingError {
    let allowed = "1 to 64 letters, digits, `-`, `.`, `_` or `~`";
    wrong_name("meetings.providers.ID", id, allowed, "The id of a meeting provider, which is a part of requests.")
}

fn wrong_publisher_name(name: &str) -> SettingError {
    wrong_name("extensions.publishers.NAME", name, PUBLISHER_NAME, "The name of a publisher, as manifests write it.")
}

fn wrong_name(path: &str, name: &str, allowed: &str, meaning: &str) -> SettingError {
    let reason = format!("`{path}` cannot be {}: it must be {allowed}", quoted(name));
    SettingError::new(reason, format!("set `{path}` to {allowed} {}", remark(meaning)))
}

/// The error for a meeting provider without a kind, the only required key.
fn missing(_: &Key, names: &[String]) -> SettingError {
    let id = names.iter().rev().nth(1).map_or("", String::as_str);
    let hint = format!(
        "add `kind = \"jitsi\"` or `kind = \"tokbox\"` under [meetings.providers.{id}]; \
         an id in an environment variable's name is read in lower case"
    );
    SettingError::new(format!("the meeting provider `{id}` has no `kind`"), hint)
}

const LINE: Kind = Kind::text("a line of text (a string)", is_line);
const SECRET: Kind = Kind::secret("a line of text (a string)", is_line);
const PATH: Kind = Kind::text("a path (a string that is not empty)", |text| !text.is_empty() && !text.contains('\0'));
const PUBLIC_KEY: Kind = Kind::text(PublicKey::FORM, |text| text.parse::<PublicKey>().is_ok());
const PUBLIC_URL: Kind = Kind::text(PublicUrl::FORM, |text| text.parse::<PublicUrl>().is_ok());
const NETWORKS: Kind = Kind::List(List {
    allowed: Network::FORM,
    item: |text| text.parse::<Network>().is_ok(),
    may_be_empty: true,
    only: None,
});
const ADDRESS: Kind =
    Kind::text("an IP address and a port, like \"127.0.0.1:8080\"", |text| text.parse::<SocketAddr>().is_ok());
const DIGEST: Kind = Kind::text("64 hexadecimal digits (a string)", |text| {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
});
/// A text that can stand within quotation marks in an HTTP header.
const HEADER_TEXT: Kind = Kind::text("1 to 255 printable ASCII characters without `\"` and `\\` (a string)", |text| {
    let printable = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    (1..=255).contains(&text.len()) && text.chars().all(printable)
});
/// The address of an HTTP service. A wrong URL may contain a password.
const URL: Kind = Kind::Text(Text {
    is_secret: false,
    allowed: "an http or https URL without user, query and fragment",
    takes: |text| {
        text.parse::<Url>().is_ok_and(|url| {
            let is_bare = url.query().is_none() && url.fragment().is_none();
            let is_anonymous = url.username().is_empty() && url.password().is_none();
            matches!(url.scheme(), "http" | "https") && is_bare && is_anonymous
        })
    },
    wrong: |written| {
        let may_hold_a_password = written.contains(['@', '?', '#']);
        if may_hold_a_password { "cannot be a URL with such parts (not shown)".to_owned() } else { cannot_be(written) }
    },
});

fn is_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

fn cores() -> i64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    i64::try_from(cores).unwrap_or(i64::MAX)
}

const fn jitsi(path: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Key {
    key(path, kind, Is(default), meaning).only("jitsi")
}

const fn tokbox(path: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Key {
    key(path, kind, Is(default), meaning).only("tokbox")
}

/// A number of things. A semaphore holds more, but no machine does.
const COUNT: Kind = Count(1, 1_000_000);
/// A number of threads, or of connections to a file.
const FEW: Kind = Count(1, 1024);
/// Milliseconds of a lock, up to a day.
const LOCK_MS: Kind = Count(1, 86_400_000);
/// Milliseconds, up to an hour.
const MS: Kind = Count(1, 3_600_000);
/// Bytes, up to a gibibyte.
const BYTES: Kind = Count(1, 1_073_741_824);
/// Bytes of a request's head. hyper needs a buffer of at least 8 KiB.
const HEAD_BYTES: Kind = Count(8192, 1_048_576);
/// Bytes of answers. Three quarters of them must hold the largest answer.
const ANSWERS_BYTES: Kind = Count(1_048_576, 1_099_511_627_776);
/// Bytes of a memory: from one page of WebAssembly to the address space of 32 bits.
const MEMORY_BYTES: Kind = Count(65_536, 4_294_967_296);

/// Every key, in the order of the manual.
pub(super) const KEYS: &[Key] = &[
    key("listen", ADDRESS, Is("127.0.0.1:8080"), "The address to listen at. Port 0 takes any free port."),
    key("data", PATH, Is("./data"), "The folder for all data of the server."),
    key("identity_provider", HEADER_TEXT, Is("OBP"), "The `provider` of users that register at this server."),
    key("hostname", HEADER_TEXT, Is("localhost"), "The realm in `WWW-Authenticate`."),
    key(
        "public_url",
        PUBLIC_URL,
        Absent,
        "The URL at which clients reach the server. Set it if a proxy stands before it.",
    ),
    key("trusted_proxies", NETWORKS, Is(""), "The proxies whose header `X-Forwarded-For` counts."),
    key("component", PATH, Absent, "The file of a component to run instead of the embedded one."),
    key("component_sha256", DIGEST, Absent, "The SHA-256 of the component; no other one is run."),
    key("compiled_cache", Switch, Is("true"), "Whether to keep compiled components in the data folder."),
    key("tls.certificate", PATH, Absent, "The certificate chain (PEM) that belongs to `tls.key`."),
    key("tls.key", PATH, Absent, "The private key (PEM) of `tls.certificate`."),
    key(
        "access.profile",
        OneOf(&["seed"]),
        Is("seed"),
        "The rights of users. If it is not set, the server listens on loopback only.",
    ),
    key("hosted_by.organisation", LINE, Is(""), "The organisation that runs the server."),
    key("hosted_by.email", LINE, Is(""), "Its e-mail address."),
    key("hosted_by.phone", LINE, Is(""), "Its telephone number."),
    key("hosted_by.organisation_website", LINE, Is(""), "Its website."),
    key("meetings.enabled", Switch, Is("false"), "Whether meetings can be created."),
    key(
        "meetings.providers.ID.kind",
        OneOf(&["jitsi", "tokbox"]),
        Required,
        "The video service for the `provider_id` ID.",
    ),
    jitsi("meetings.providers.ID.app_id", LINE, "", "The issuer of the tokens, as configured in Jitsi."),
    jitsi("meetings.providers.ID.secret", SECRET, "", "The key that signs the tokens, shared with Jitsi."),
    jitsi("meetings.providers.ID.base_url", URL, "https://meet.jit.si", "The URL of Jitsi."),
    tokbox("meetings.providers.ID.api_key", LINE, "", "The project's API key."),
    tokbox("meetings.providers.ID.secret", SECRET, "", "The project's secret."),
    tokbox("meetings.providers.ID.base_url", URL, "https://api.opentok.com", "The URL of OpenTok."),
    key(
        "meetings.providers.ID.join_url",
        URL,
        Absent,
        "The URL of your page with OpenTok's client. A participant's link adds `api_key`, `session_id` and `token`.",
    )
    .only("tokbox"),
    key("extensions.folder", PATH, Absent, "The folder of all extensions; by default `extensions` of the data folder."),
    key("extensions.publishers.NAME", PUBLIC_KEY, Absent, "The key of a trusted publisher, which manifests call NAME."),
    key("limits.body_bytes_max", BYTES, Is("65536"), "Bytes of a request's body; above it 413."),
    key("limits.head_bytes_max", HEAD_BYTES, Is("16384"), "Bytes of the request line and headers together."),
    key("limits.requests_in_flight_max", COUNT, Is("256"), "Requests handled at once; above it 503."),
    key(
        "limits.requests_per_connection_max",
        COUNT,
        Is("16"),
        "Requests of one connection handled at once; more requests wait.",
    ),
    key(
        "limits.answers_bytes_max",
        ANSWERS_BYTES,
        Is("268435456"),
        "Bytes of all answers together that clients have not taken yet; above it 503.",
    ),
    key("limits.connections_max", COUNT, Is("10000"), "Connections open at once."),
    key(
        "limits.connections_per_address_max",
        COUNT,
        Is("5000"),
        "Connections open at once from one IP address; more are closed at once.",
    ),
    key(
        "limits.connections_per_block_max",
        COUNT,
        Is("7500"),
        "Connections open at once from one IPv4 /24 or IPv6 /64; more are closed at once.",
    ),
    key("limits.http2_streams_max", COUNT, Is("128"), "Requests accepted at once on one HTTP/2 connection."),
    key("limits.tls_handshake_ms_max", MS, Is("10000"), "Milliseconds for a TLS handshake."),
    key("limits.head_read_ms_max", MS, Is("10000"), "Milliseconds for a request's head; above it 408."),
    key(
        "limits.idle_ms_max",
        MS,
        Is("60000"),
        "Milliseconds between two requests of a connection, as the header `Keep-Alive` tells clients. It is closed 2 s later.",
    ),
    key("limits.body_read_ms_max", MS, Is("10000"), "Milliseconds for a request's body."),
    key("limits.guest_ms_max", MS, Is("500"), "Milliseconds of processor time of a component call; above it 504."),
    key(
        "limits.host_ms_max",
        MS,
        Is("10000"),
        "Milliseconds that a component call may wait for imports, and may queue for a processor; above either 504.",
    ),
    key("limits.guest_memory_bytes_max", MEMORY_BYTES, Is("67108864"), "Bytes of memory of a component instance."),
    key(
        "limits.extensions_memory_bytes_max",
        MEMORY_BYTES,
        Is("1073741824"),
        "Bytes of memory of all extension instances together; a call that needs more fails.",
    ),
    key(
        "limits.password_hashes_at_once_max",
        FEW,
        Computed(cores, "the number of cores"),
        "Passwords hashed at once, each on its own thread.",
    ),
    key("limits.password_hashes_waiting_max", COUNT, Is("64"), "Passwords waiting to be hashed; above it 503."),
    key(
        "limits.failed_logins_max",
        COUNT,
        Is("6"),
        "Wrong passwords for a user name from one address that lock it for that address.",
    ),
    key(
        "limits.login_lock_ms",
        LOCK_MS,
        Is("60000"),
        "Milliseconds of the first lock; each further one lasts twice as long.",
    ),
    key("limits.login_lock_ms_max", LOCK_MS, Is("3600000"), "Milliseconds of the longest lock."),
    key("limits.sqlite_readers_max", FEW, Is("16"), "Connections for reading that stay open; a request may add one."),
    key("limits.commits_waiting_max", COUNT, Is("1024"), "Changes waiting to be committed; above it 503."),
    key("limits.commit_group_max", COUNT, Is("256"), "Changes committed in one transaction."),
    key("limits.sqlite_busy_ms_max", MS, Is("2000"), "Milliseconds to wait for a locked database; above it 503."),
    key("limits.shutdown_ms_max", MS, Is("10000"), "Milliseconds that requests have to finish when the server stops."),
    key(
        "log.level",
        OneOf(&["off", "error", "warn", "info", "debug", "trace"]),
        Is("info"),
        "The least important level.",
    ),
    key("log.format", OneOf(&["text", "json"]), Is("text"), "The form of a log line: for people, or for machines."),
];

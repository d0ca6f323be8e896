//! The table of a manifest's keys: values, defaults and meanings. `docs/extensions.md` shows the same table; a test compares
//! them.

use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use settings::Fallback::{Absent, Is, Items, Required};
use settings::Kind::{Count, OneOf, Scalar, Switch};
use settings::toml_file::shown;
use settings::{Fallback, Key, Kind, List, NameRule, Schema, SettingError, key, remark};

use super::{Manifest, World};
use crate::grant::AllowedHost;
use crate::record_kind::RecordKind;
use crate::verify::{PUBLISHER_NAME, is_publisher_name};
use crate::version::Version;

/// A manifest.
pub(super) const SCHEMA: &Schema = &Schema {
    keys: KEYS,
    names: &[
        NameRule { path: "settings.NAME", takes: is_value_name, wrong: wrong_value_name },
        NameRule { path: "secrets.NAME", takes: is_value_name, wrong: wrong_value_name },
    ],
    variant_key: "world",
    other_variant: Some(|key, world| {
        let path = key.path;
        let reason = format!("an extension of the world `{world}` has no `{path}`");
        SettingError::new(reason, format!("remove `{path}`, or correct `world` {}", remark(key.meaning)))
    }),
    missing,
    prefix: None,
    manual: None,
};

fn missing(key: &Key, _: &[String]) -> SettingError {
    let Key { path, kind, variant, .. } = key;
    let needs = variant.map(|world| format!(", which the world `{world}` needs")).unwrap_or_default();
    let hint = format!("set `{path}` to {} {}", kind.allowed(), remark(key.meaning));
    SettingError::new(format!("there is no `{path}`{needs}"), hint)
}

/// Whether a setting or secret may have that name. A dot is not allowed, because lines are found by dotted names.
fn is_value_name(text: &str) -> bool {
    consists_of(text, 64, "-_")
}

fn wrong_value_name(name: &str) -> SettingError {
    let reason = format!("{} is no name for a setting or secret", shown(name));
    SettingError::new(reason, "use 1 to 64 letters, digits, `-` or `_`")
}

const NAME: Kind =
    Kind::text("1 to 64 lower-case letters, digits or `-`", |text| is_publisher_name(text) && !text.contains('_'));
const SHORT_LINE: Kind = Kind::text("a line of 1 to 64 characters", |text| {
    (1..=64).contains(&text.chars().count()) && !text.contains(char::is_control)
});
const FILE_NAME: Kind = Kind::text("the name of a file in this folder, without a path", |text| {
    let mut parts = Path::new(text).components();
    let is_alone = matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none();
    is_alone && !text.contains(['/', '\\']) && !text.contains(char::is_control) && text.len() <= 255
});
const DIGEST: Kind = Kind::text("64 hexadecimal digits", |text| digest(text).is_some());
const PUBLISHER: Kind = Kind::text(PUBLISHER_NAME, is_publisher_name);
const SIGNATURE: Kind =
    Kind::text("the base64 of the 64 bytes of an Ed25519 signature", |text| signature(text).is_some());
const WORLD: Kind = OneOf(&[World::Screening.name(), World::MeetingProvider.name()]);
pub(super) const VERSION: Kind =
    Kind::text("a version of three numbers, such as `0.1.0`", |text| text.parse::<Version>().is_ok());
const BANKS: Kind = Kind::List(List {
    allowed: "a list of bank ids (letters, digits, `-`, `.`, `_`) that is not empty, or [\"*\"]",
    item: |text| consists_of(text, 255, "-._"),
    may_be_empty: false,
    only: Some("*"),
});
const PROVIDER_IDS: Kind = Kind::List(List {
    allowed: "a list that is not empty, of ids of 1 to 64 letters, digits, `-`, `.`, `_` or `~`",
    item: |text| consists_of(text, 64, "-._~"),
    may_be_empty: false,
    only: None,
});
pub(super) const RECORDS: Kind = Kind::List(List {
    allowed: "a list that is not empty, of user, account, kyc-check, kyc-document, kyc-media and kyc-status",
    item: |text| RecordKind::NAMES.contains(&text),
    may_be_empty: false,
    only: None,
});
pub(super) const HOSTS: Kind = Kind::List(List {
    allowed: "a list of hosts with or without a port, such as `api.example` or `http://api.example:8080`, without path or \
              wildcard",
    item: |text| text.parse::<AllowedHost>().is_ok(),
    may_be_empty: true,
    only: None,
});
/// Secret, like [`SECRET_FILE`]: an author may write the secret itself here by mistake.
const SECRET_VARIABLE: Kind = Kind::secret("the name of an environment variable (letters, digits and `_`)", |text| {
    let begins_with_digit = text.starts_with(|first: char| first.is_ascii_digit());
    consists_of(text, 255, "_") && !begins_with_digit
});
const SECRET_FILE: Kind =
    Kind::secret("an absolute path", |text| Path::new(text).is_absolute() && !text.contains('\0'));

/// Whether a text consists of 1 to `max` ASCII letters, digits and these other characters.
fn consists_of(text: &str, max: usize, others: &str) -> bool {
    (1..=max).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

/// The digest from its 64 hexadecimal digits.
pub(super) fn digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

/// The signature from its base64.
pub(super) fn signature(text: &str) -> Option<[u8; 64]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

const fn screener(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    key(path, kind, default, meaning).only(World::Screening.name())
}

const fn provider(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    key(path, kind, default, meaning).only(World::MeetingProvider.name())
}

/// Bytes of memory: from one page of WebAssembly to the ceiling.
const MEMORY_BYTES: Kind = Count(65_536, Manifest::MEMORY_BYTES_CEILING as i64);
/// Bytes, up to 16 MiB.
const BYTES: Kind = Count(0, 16_777_216);

/// Every key, in the order of the manual.
pub(super) const KEYS: &[Key] = &[
    key("name", NAME, Required, "The name of the extension and of its folder on the server."),
    key("version", SHORT_LINE, Required, "The extension's own version."),
    key("component", FILE_NAME, Required, "The component's file."),
    key("sha256", DIGEST, Absent, "The SHA-256 of the component (`sha256sum` prints it)."),
    key("publisher", PUBLISHER, Absent, "The signature's publisher, by its name in `[extensions.publishers]`."),
    key("signature", SIGNATURE, Absent, "The publisher's signature over the component's bytes."),
    key("world", WORLD, Required, "The kind of the extension, a world of wit/extensions.wit."),
    key("api", VERSION, Required, "The version of the WIT package obp:onboarding it was built for."),
    key("banks", BANKS, Required, "The banks that the extension is called for."),
    screener(
        "records",
        RECORDS,
        Items(&RecordKind::NAMES),
        "The kinds of records that the screener gets. It cannot see or block others.",
    ),
    screener("order", Count(0, 1_000_000), Is("100"), "The rank among screeners; equal ones are called by name."),
    screener("on_failure", OneOf(&["reject", "skip"]), Required, "The result of a request if the screener fails."),
    provider("provider_ids", PROVIDER_IDS, Required, "The `provider_id`s of its meetings."),
    key("limits.memory_bytes_max", MEMORY_BYTES, Is("16777216"), "Bytes of all memories of one instance together."),
    key("limits.running_ms_max", Count(1, 10_000), Is("100"), "Milliseconds that one call may run."),
    key(
        "limits.waiting_ms_max",
        Count(0, 30_000),
        Is("2000"),
        "Milliseconds that one call may wait for its outbound calls.",
    ),
    key("limits.outbound_calls_max", Count(0, 100), Is("4"), "Outbound calls in one call."),
    key("limits.outbound_request_bytes_max", BYTES, Is("65536"), "Bytes of the bodies of all requests in one call."),
    key("limits.outbound_reply_bytes_max", BYTES, Is("1048576"), "Bytes of the bodies of all replies in one call."),
    key("limits.log_lines_max", Count(0, 1000), Is("100"), "Lines that one call may log."),
    key("outbound.hosts", HOSTS, Absent, "The hosts that the extension may call; none if absent."),
    key(
        "outbound.private_addresses",
        Switch,
        Is("false"),
        "Whether a host may have a loopback, link-local or private address.",
    ),
    key("settings.NAME", Scalar, Absent, "A setting; the extension gets it as text."),
    key("secrets.NAME.environment", SECRET_VARIABLE, Absent, "The environment variable with the secret."),
    key("secrets.NAME.file", SECRET_FILE, Absent, "The file with the secret."),
];

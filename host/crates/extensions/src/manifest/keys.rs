//! Every key of a manifest: what it takes, its default, what it means. The one place for all three.

use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use toml::Value;

use super::{Manifest, World};
use crate::grant::{AllowedHost, NotAHost};
use crate::verify::is_publisher_name;
use crate::version::{NotAVersion, Version};
use settings::toml_file::Names;

/// In a key's path, stands for the name of a setting or secret.
pub(super) const NAME: &str = "NAME";

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// From the top of the file, dotted.
    pub(super) path: &'static str,
    /// The only world whose extensions have this key; `None` if all do.
    pub(super) world: Option<World>,
    pub(super) kind: Kind,
    pub(super) default: Fallback,
    /// One sentence for whoever got it wrong.
    pub(super) meaning: &'static str,
}

impl Key {
    /// Whether those names lead to it.
    pub(super) fn is_at(&self, names: &Names) -> bool {
        self.path.split('.').count() == names.len() && self.begins_with(names)
    }

    /// Whether those names lead to a section that has it.
    pub(super) fn is_under(&self, names: &Names) -> bool {
        self.path.split('.').count() > names.len() && self.begins_with(names)
    }

    fn begins_with(&self, names: &Names) -> bool {
        self.path.split('.').zip(names).all(|(known, name)| known == NAME || known == name)
    }

    /// The names on the way to it.
    pub(super) fn names(&self) -> Names {
        self.path.split('.').map(str::to_owned).collect()
    }

    /// Whether an extension of that world has it.
    pub(super) fn fits(&self, world: World) -> bool {
        self.world.is_none_or(|only| only == world)
    }
}

/// What a key has when nobody sets it.
#[derive(Debug)]
pub(super) enum Fallback {
    /// This number.
    Count(i64),
    /// False.
    No,
    /// Nothing: it may be absent.
    Absent,
    /// It cannot be left out.
    Required,
}

/// What a key takes.
#[derive(Debug)]
pub(super) enum Kind {
    /// What an extension can be called.
    Name,
    /// A short line of text.
    Text,
    /// The name of a file in the extension's folder.
    FileName,
    /// A SHA-256, in hexadecimal.
    Digest,
    /// Whoever signed the component.
    Publisher,
    /// An Ed25519 signature, in base64.
    Signature,
    /// One of the worlds.
    World,
    /// A version of `obp:onboarding`.
    Version,
    /// Banks, or all of them.
    Banks,
    /// What may become of a request when a screener fails.
    OnFailure,
    /// Ids of meeting providers.
    ProviderIds,
    /// A whole number within these bounds, both included.
    Count(i64, i64),
    /// Places that may be called.
    Hosts,
    /// Yes or no.
    Switch,
    /// What is handed to the extension as text.
    Setting,
    /// The name of an environment variable.
    Variable,
    /// Where a file is, on the whole machine.
    Path,
}

impl Kind {
    /// What the key, or each element of its list, takes, to be read after "must be".
    pub(super) fn allowed(&self) -> String {
        match self {
            Self::Name => "1 to 64 lower-case letters, digits or `-`".to_owned(),
            Self::Text => "a line of 1 to 64 characters".to_owned(),
            Self::FileName => "the name of a file in this folder, without a path".to_owned(),
            Self::Digest => "64 hexadecimal digits".to_owned(),
            Self::Publisher => "1 to 64 lower-case letters, digits, `-` or `_`".to_owned(),
            Self::Signature => "the base64 of the 64 bytes of an Ed25519 signature".to_owned(),
            Self::World => World::ALL.map(|world| format!("\"{world}\"")).join(" or "),
            Self::Version => NotAVersion.to_string().replacen("it must be ", "", 1),
            Self::Banks => {
                "a list of bank ids (letters, digits, `-`, `.`, `_`) that is not empty, or [\"*\"]".to_owned()
            }
            Self::OnFailure => "\"reject\" or \"skip\"".to_owned(),
            Self::ProviderIds => {
                "a list that is not empty, of ids of 1 to 64 letters, digits, `-`, `.`, `_` or `~`".to_owned()
            }
            Self::Count(min, max) => format!("a whole number from {min} to {max}"),
            Self::Hosts => NotAHost.to_string().replacen("it must be a host", "a list of hosts", 1),
            Self::Switch => "true or false".to_owned(),
            Self::Setting => "a text, a whole number, or true or false".to_owned(),
            Self::Variable => "the name of an environment variable (letters, digits and `_`)".to_owned(),
            Self::Path => "an absolute path".to_owned(),
        }
    }

    /// Whether the key takes this value.
    pub(super) fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Count(min, max), Value::Integer(count)) => (min..=max).contains(&count),
            (Self::Switch, Value::Boolean(_)) => true,
            (Self::Setting, Value::String(_) | Value::Integer(_) | Value::Boolean(_)) => true,
            (Self::Banks, Value::Array(all)) if matches!(all.as_slice(), [Value::String(one)] if one == "*") => true,
            (Self::Banks | Self::ProviderIds, Value::Array(items)) if items.is_empty() => false,
            (Self::Banks | Self::ProviderIds | Self::Hosts, Value::Array(_)) => self.strange(value).is_none(),
            (_, Value::String(text)) => self.takes_text(text),
            _ => false,
        }
    }

    /// The first element that the key's list cannot have.
    pub(super) fn strange<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        let Value::Array(items) = value else { return None };
        items.iter().find(|item| !item.as_str().is_some_and(|text| self.takes_item(text)))
    }

    fn takes_item(&self, text: &str) -> bool {
        let made_of = |max, others: &str| {
            (1..=max).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
        };
        match self {
            Self::Banks => made_of(255, "-._"),
            Self::ProviderIds => made_of(64, "-._~"),
            Self::Hosts => text.parse::<AllowedHost>().is_ok(),
            _ => false,
        }
    }

    fn takes_text(&self, text: &str) -> bool {
        match self {
            Self::Name => is_name(text),
            Self::Text => (1..=64).contains(&text.chars().count()) && !text.contains(char::is_control),
            Self::FileName => {
                let mut parts = Path::new(text).components();
                let alone = matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none();
                alone && !text.contains(['/', '\\']) && !text.contains(char::is_control) && text.len() <= 255
            }
            Self::Digest => digest(text).is_some(),
            Self::Publisher => is_publisher_name(text),
            Self::Signature => signature(text).is_some(),
            Self::World => World::ALL.iter().any(|world| world.name() == text),
            Self::Version => text.parse::<Version>().is_ok(),
            Self::OnFailure => ["reject", "skip"].contains(&text),
            Self::Variable => {
                let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
                first && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            }
            Self::Path => Path::new(text).is_absolute() && !text.contains('\0'),
            _ => false,
        }
    }
}

/// Whether extensions can have that name.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Whether settings and secrets can have that name. Not with a dot: lines are found by dotted names.
pub(super) fn names_a_value(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// The digest that 64 hexadecimal digits are.
pub(super) fn digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

/// The signature that a base64 is.
pub(super) fn signature(text: &str) -> Option<[u8; 64]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

const fn key(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, world: None, kind, default, meaning }
}

const fn of(world: World, path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, world: Some(world), kind, default, meaning }
}

const fn limit(path: &'static str, bounds: (i64, i64), default: i64, meaning: &'static str) -> Key {
    key(path, Kind::Count(bounds.0, bounds.1), Fallback::Count(default), meaning)
}

/// From one page to the ceiling.
const MEMORY: (i64, i64) = (65_536, Manifest::MEMORY_BYTES_CEILING as i64);
/// Up to 16 MiB.
const BYTES: (i64, i64) = (0, 16_777_216);

/// All of them, in the order in which they are explained.
pub(super) const KEYS: &[Key] = &[
    key(
        "name",
        Kind::Name,
        Fallback::Required,
        "What the extension is called; among the extensions of a server its folder has the same name.",
    ),
    key("version", Kind::Text, Fallback::Required, "The extension's own version."),
    key("component", Kind::FileName, Fallback::Required, "The file with the component."),
    key("sha256", Kind::Digest, Fallback::Absent, "The SHA-256 of the component (`sha256sum` prints it)."),
    key(
        "publisher",
        Kind::Publisher,
        Fallback::Absent,
        "Whose signature it is, by a name of `[extensions.publishers]`.",
    ),
    key("signature", Kind::Signature, Fallback::Absent, "The publisher's signature over the component's bytes."),
    key("world", Kind::World, Fallback::Required, "What the extension is, a world of wit/extensions.wit."),
    key("api", Kind::Version, Fallback::Required, "The version of the WIT package obp:onboarding it was built for."),
    key("banks", Kind::Banks, Fallback::Required, "For which banks it is asked."),
    of(
        World::Screening,
        "order",
        Kind::Count(0, 1_000_000),
        Fallback::Count(100),
        "Screeners are asked from the least to the greatest, equal ones by name.",
    ),
    of(
        World::Screening,
        "on_failure",
        Kind::OnFailure,
        Fallback::Required,
        "What becomes of a request whose screener fails.",
    ),
    of(
        World::MeetingProvider,
        "provider_ids",
        Kind::ProviderIds,
        Fallback::Required,
        "The `provider_id` of the meetings it serves.",
    ),
    limit("limits.memory_bytes_max", MEMORY, 16_777_216, "All memories of one instance together."),
    limit("limits.running_ms_max", (1, 10_000), 100, "Milliseconds that it may run in one call."),
    limit(
        "limits.waiting_ms_max",
        (0, 30_000),
        2000,
        "Milliseconds that it may wait for its outbound calls in one call.",
    ),
    limit("limits.outbound_calls_max", (0, 100), 4, "Outbound calls in one call."),
    limit("limits.outbound_request_bytes_max", BYTES, 65_536, "The bodies of all its outbound calls in one call."),
    limit("limits.outbound_reply_bytes_max", BYTES, 1_048_576, "The bodies of all replies to it in one call."),
    limit("limits.log_lines_max", (0, 1000), 100, "Lines that it may log in one call."),
    key("outbound.hosts", Kind::Hosts, Fallback::Absent, "Where it may call; nowhere if absent."),
    key(
        "outbound.private_addresses",
        Kind::Switch,
        Fallback::No,
        "Whether a host may have a loopback, link-local or private address.",
    ),
    key("settings.NAME", Kind::Setting, Fallback::Absent, "A setting, which the extension gets as text."),
    key(
        "secrets.NAME.environment",
        Kind::Variable,
        Fallback::Absent,
        "The environment variable that holds the secret.",
    ),
    key("secrets.NAME.file", Kind::Path, Fallback::Absent, "The file that holds the secret."),
];

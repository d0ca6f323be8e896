//! Trusted publishers and their signatures.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use settings::PublicKey;

/// The trusted publishers by name: `[extensions.publishers]` of the server's configuration.
pub type Publishers = BTreeMap<String, PublicKey>;

/// Whether this is the publisher's signature (Ed25519, RFC 8032) over all of these bytes.
pub(super) fn is_signed(key: &PublicKey, signature: &[u8; 64], bytes: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key.0).verify(bytes, signature).is_ok()
}

/// The names that a publisher can have.
pub const PUBLISHER_NAME: &str = "1 to 64 lower-case letters, digits, `-` or `_`";

/// Whether a publisher can have that name: [`PUBLISHER_NAME`].
#[must_use]
pub fn is_publisher_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

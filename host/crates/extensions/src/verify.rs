//! Whether a component's bytes are those that the manifest means. Asked before anything else looks at them.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

use super::load_error::LoadError;
use super::manifest::{Manifest, Proof};
use settings::PublicKey;

/// Whose signature is trusted: `[extensions.publishers]` of the server's configuration.
pub type Publishers = BTreeMap<String, PublicKey>;

/// Checks the bytes against the digest, or the signature over all of them (Ed25519, RFC 8032) against a trusted publisher's key.
///
/// # Errors
/// If they are others, or the publisher is not trusted.
pub fn verify(manifest: &Manifest, component: &[u8], publishers: &Publishers) -> Result<(), LoadError> {
    let file = manifest.component.display();
    match &manifest.proof {
        Proof::Digest(meant) => {
            let found: [u8; 32] = Sha256::digest(component).into();
            if found == *meant {
                return Ok(());
            }
            let reason = format!("{file} has the SHA-256 {}, not the one that `sha256` names", hex::encode(found));
            let hint =
                "put the component there that the manifest was written for, or, if this one is meant, correct `sha256`";
            Err(manifest.refuse("sha256", reason, hint.to_owned()))
        }
        Proof::Signature { publisher, signature } => {
            let Some(key) = publishers.get(publisher) else {
                let reason = format!("the publisher `{publisher}` is not one of `[extensions.publishers]`");
                let hint =
                    format!("if `{publisher}` is to be trusted, put its public key into the server's configuration");
                return Err(manifest.refuse("publisher", reason, hint));
            };
            UnparsedPublicKey::new(&ED25519, key.0).verify(component, signature.as_slice()).map_err(|_| {
                let reason = format!("`signature` is not one of `{publisher}` over {file}");
                let hint = format!("get the component and its signature again, and check the key of `{publisher}`");
                manifest.refuse("signature", reason, hint)
            })
        }
    }
}

/// Whether a publisher can have that name: 1 to 64 lower-case letters, digits, `-` and `_`.
#[must_use]
pub fn is_publisher_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

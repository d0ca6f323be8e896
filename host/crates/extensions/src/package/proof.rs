//! Checks that a component is the one that its manifest names.

use sha2::{Digest as _, Sha256};

use crate::load_error::LoadError;
use crate::manifest::{Manifest, Proof};
use crate::verify::{Publishers, is_signed};

/// Checks the component against the manifest's digest, or against the signature of a trusted publisher.
///
/// # Errors
/// If digest or signature do not fit, or the publisher is not trusted.
pub(super) fn check(manifest: &Manifest, component: &[u8], publishers: &Publishers) -> Result<(), LoadError> {
    match &manifest.proof {
        Proof::Digest(expected) => check_digest(manifest, expected, component),
        Proof::Signature { publisher, signature } => {
            check_signature(manifest, publisher, signature, component, publishers)
        }
    }
}

fn check_digest(manifest: &Manifest, expected: &[u8; 32], component: &[u8]) -> Result<(), LoadError> {
    let found: [u8; 32] = Sha256::digest(component).into();
    if found == *expected {
        return Ok(());
    }
    let file = manifest.component.display();
    let reason = format!("{file} has the SHA-256 {}, not the one that `sha256` names", hex::encode(found));
    let hint = "put the component there that the manifest was written for, or, if this one is meant, correct `sha256`";
    Err(manifest.refuse("sha256", reason, hint.to_owned()))
}

fn check_signature(
    manifest: &Manifest,
    publisher: &str,
    signature: &[u8; 64],
    component: &[u8],
    publishers: &Publishers,
) -> Result<(), LoadError> {
    let Some(key) = publishers.get(publisher) else {
        let reason = format!("the publisher `{publisher}` is not one of `[extensions.publishers]`");
        let hint = format!("if `{publisher}` is to be trusted, put its public key into the server's configuration");
        return Err(manifest.refuse("publisher", reason, hint));
    };
    if is_signed(key, signature, component) {
        return Ok(());
    }
    let reason = format!("`signature` is not one of `{publisher}` over {}", manifest.component.display());
    let hint = format!("get the component and its signature again, and check the key of `{publisher}`");
    Err(manifest.refuse("signature", reason, hint))
}

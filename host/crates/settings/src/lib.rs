//! Settings: TOML with the line of each value, secrets, public keys. Knows no key of any file.

mod public_key;
mod secret;
pub mod toml_file;

pub use public_key::{NotAPublicKey, PublicKey};
pub use secret::Secret;

//! Settings from a TOML file and the environment, described by a table of keys. This crate contains no table: the server's
//! configuration and the manifests of extensions each have their own [`Schema`].
//!
//! [`Entries`] holds the values as written, each with its [`Origin`]. [`Entries::checked`] compares them with the table, adds
//! the defaults and returns one TOML table, which the caller deserializes. A new key is one row in a table and one field in the
//! structure.

mod entries;
mod error;
mod key;
mod kind;
mod nearest;
mod public_key;
mod public_url;
mod schema;
mod secret;
#[cfg(test)]
mod tests;
pub mod toml_file;
pub mod visible;

pub use entries::Entries;
pub use error::{Origin, SettingError};
pub use key::{Fallback, Key, key, remark};
pub use kind::{Kind, List, Text, cannot_be};
pub use public_key::{NotAPublicKey, PublicKey};
pub use public_url::{NotAPublicUrl, PublicUrl};
pub use schema::{NameRule, Schema};
pub use secret::Secret;
pub use toml_file::NotToml;

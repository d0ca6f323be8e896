//! Extensions: third-party components. Each call runs in a sandbox with the rights that the manifest grants.
//!
//! An extension exports an interface that the rules import. The manifests decide which extension is called for which bank, in
//! which order, and the effect of a failure. Knows no route and no rule.

pub mod authority;
pub mod call_context;
pub mod compiler;
pub mod extension;
pub mod extension_sandbox;
pub mod failure;
mod files;
#[cfg(test)]
mod fixtures;
pub mod grant;
pub mod inspect;
pub mod limit_violation;
pub mod load_error;
pub mod manifest;
pub mod metrics;
pub mod outbound;
pub mod package;
pub mod record_kind;
pub mod registry;
pub mod set;
pub mod state;
pub mod verify;
pub mod version;

pub use self::registry::Extensions;
pub use self::set::Set;

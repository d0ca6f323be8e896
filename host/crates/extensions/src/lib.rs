//! Extensions: components of third parties, each in a sandbox of its own with what its manifest grants and nothing else.
//!
//! Knows no route and no rule. An extension exports an interface that the domain's component imports; who is asked, in which
//! order, and what its failure means is decided here, by the manifests.

pub mod authority;
pub mod compiler;
pub mod extension;
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
pub mod registry;
pub mod sandbox;
pub mod set;
pub mod state;
pub mod verify;
pub mod version;

/// The former name of [`load_error`], which the manifest's files still use.
mod refused {
    pub(crate) use crate::load_error::LoadError as Refused;
}

pub use self::registry::Extensions;
pub use self::set::Set;

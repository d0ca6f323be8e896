//! Runs the rules of onboarding: the embedded component, the host's side of its imports, and the calls of a request. Each call
//! runs in a fresh instance.
//!
//! Knows no route, no JSON and no rule.

pub mod applications;
pub mod credentials;
mod imports;
mod limits;
mod onboarding;
mod runtime;
pub mod session;
mod state;
#[cfg(test)]
mod tests;

pub use self::limits::{Bounds, CallLimits};
pub use self::onboarding::Onboarding;
pub use self::runtime::{CallError, Held, Runtime};
pub use self::session::Session;
pub use self::state::{CallInputs, RequestScope, RulesState, Services};
pub use sandbox::RunError;

/// The component that the server embeds.
pub const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/onboarding.wasm"));

/// The WIT package of the component, with its documentation and the packages that it depends on.
pub const WIT: &str = include_str!(concat!(env!("OUT_DIR"), "/onboarding.wit"));

//! The rules: the component that decides, and the host's side of its imports. Each call runs in a fresh instance.
//!
//! Knows no route, no JSON and no rule.

mod imports;
mod limits;
mod runtime;
mod state;
#[cfg(test)]
mod tests;

pub use self::limits::{Bounds, Limits};
pub use self::runtime::{CallError, CallInputs, Held, Runtime};
pub use self::state::{RequestScope, Services, State};
pub use bindings::{self, timestamp};
pub use sandbox::{about, cache};

/// The component that the server embeds.
pub const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/onboarding.wasm"));

/// The WIT package of the component, with its documentation and the packages that it depends on.
pub const WIT: &str = include_str!(concat!(env!("OUT_DIR"), "/onboarding.wit"));

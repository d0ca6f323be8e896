//! Open Bank Project onboarding server. This crate composes the server from its crates, and re-exports them for programs
//! that embed it.
//!
//! A request takes this way:
//!
//! 1. [`server`]: the socket.
//! 2. [`api`]: route, login and JSON.
//! 3. [`rules`]: a fresh instance and one call, which reads its inputs from [`storage`].
//! 4. [`storage`]: the changes, in one durable commit.
//! 5. [`api`]: the answer as JSON.

pub mod app;
pub mod config;
pub mod server;

pub use rules::{credentials, session as calls};
pub use {ambient, api, extensions, pages, providers, rules, storage};

/// The OBP API.
pub mod obp {
    pub use api::error_help as explain;
    pub use api::*;
}

/// The component, its sandbox, and the types of its WIT package.
pub mod component {
    pub use bindings::{self, samples, timestamp};
    pub use rules::{
        Bounds, CallError, CallInputs, CallLimits, EMBEDDED, Held, Onboarding, RequestScope, RulesState, RunError,
        Runtime, Services, WIT,
    };
    pub use sandbox::{about, cache};
}

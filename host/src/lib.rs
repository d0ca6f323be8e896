//! Open Bank Project onboarding server: everything around the sandboxed rules.

pub mod config;
pub mod providers;

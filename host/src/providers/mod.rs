//! placeholder
/// Placeholder.
pub struct Providers;

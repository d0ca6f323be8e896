//! Set-up: a server over the real component, in this process or as the binary, with data to work on.

pub mod app;
pub mod world;

pub use app::TestApp;

//! The host.
pub mod ambient;
pub mod component;
pub mod config;
pub mod passwords;
pub mod providers;
pub mod storage;

//! Open Bank Project onboarding server: everything around the sandboxed rules.
//!
//! The way of a request: [`server`] (socket) → [`obp`] (route, login, JSON) → [`component`] (a fresh instance, one call,
//! which reads its facts through [`storage`]) → [`storage`] (the changes, in one durable commit) → [`obp`] (JSON).

pub mod app;
pub mod calls;
pub mod component;
pub mod config;
pub mod credentials;
pub mod obp;
pub mod pages;
pub mod server;

pub use {ambient, extensions, providers, storage};

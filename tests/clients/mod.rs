//! Unmodified third-party clients, the printed commands of README and manuals, the library in other programs, a stub of a meeting
//! provider, and TLS.

mod embedding;
mod library;
mod obp_python;
mod passwords;
mod readme;
mod sdks;
mod tls;
mod tokbox;

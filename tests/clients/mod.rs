//! Clients that other people wrote, unmodified; the README's own lines; a provider's stand-in; TLS.

mod obp_python;
mod readme;
mod tls;
mod tokbox;

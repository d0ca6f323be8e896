//! Clients that other people wrote, unmodified; the README's and the manuals' own lines; the library in other programs; a provider's
//! stand-in; TLS.

mod embedding;
mod library;
mod obp_python;
mod readme;
mod tls;
mod tokbox;

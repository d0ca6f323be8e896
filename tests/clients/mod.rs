//! Clients that other people wrote, unmodified; the README's own lines; a provider's stand-in.

mod obp_python;
mod readme;
mod tokbox;

//! Clients that other people wrote, unmodified, and the README's own lines.

mod obp_python;
mod readme;

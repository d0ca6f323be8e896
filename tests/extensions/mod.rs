//! Third parties' extensions: what they do for a request and a server, and what they cannot do to anything else.

mod bounds;
mod deployed;
mod failures;
mod hostile;
mod lifecycle;
mod screening;

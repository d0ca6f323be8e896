//! Third-party extensions: their effect on requests, and the limits that protect everything else.

mod bounds;
mod deployed;
mod failures;
mod hostile;
mod javascript;
mod lifecycle;
mod screening;

//! The edge of HTTP: messages as bytes on a socket, and the end of connections.

mod idle;
mod raw;

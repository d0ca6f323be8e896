//! The edge of HTTP: messages as bytes on a socket, the end of connections, and a proxy before the server.

mod forwarded;
mod idle;
mod nginx;
mod raw;

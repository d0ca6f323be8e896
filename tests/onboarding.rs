//! The promises of the product. All tests are one binary, because linking wasmtime takes long.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unreachable_pub,
    reason = "tests fail by panicking, and are documented by their names"
)]

mod browser;
mod cli;
mod clients;
mod conformance;
mod documents;
mod edge;
mod extensions;
mod faults;
mod house;
mod support;
mod timeline;
mod wit;

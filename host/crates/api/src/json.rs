//! JSON in and out, with OBP's leniencies in one place (decision 4). The only JSON of the API's records.
//!
//! - In: a number is accepted in place of a text. Unknown keys are ignored. A key may be written in camel case. A byte
//!   order mark is ignored. A key that is missing, null, doubled or of another type is an error that names the key.
//! - Out: every key, in the order of the record's fields.
//! - From v4.0.0 on, the table in `keys.rs` has further keys for both.

mod extending;
mod keys;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use self::keys::has_later_keys;
pub use self::reader::read;
pub(crate) use self::reader::{optional_text, read_as};
pub use self::writer::{write, write_to};

/// The JSON key of a record's field: `type` is a keyword in Rust, so the field of that key is `type_`.
fn key_of(field: &str) -> &str {
    field.strip_suffix('_').unwrap_or(field)
}

//! The writer: turns a record into compact JSON.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::extending::Extended;
use super::key_of;
use super::keys::has_later_keys;
use crate::versions::DOCUMENTED;

/// Writes a record as compact JSON: every key of the documented version, in the order of the record's fields.
///
/// # Errors
/// If the value has no JSON form, such as a map whose keys are records. The API's records all have one.
pub fn write<T: Serialize + ?Sized>(answer: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    write_to(&mut bytes, answer, DOCUMENTED)?;
    Ok(bytes)
}

/// Writes a record as [`write()`] does, to that writer, with the keys of a version.
///
/// # Errors
/// The errors of [`write()`], and those of the writer.
pub fn write_to<T: Serialize + ?Sized>(writer: impl io::Write, answer: &T, version: &str) -> serde_json::Result<()> {
    let extended = Extended { value: answer, later: has_later_keys(version) };
    extended.serialize(&mut serde_json::Serializer::with_formatter(writer, Keys::default()))
}

/// Writes compact JSON, with the contract's keys for the names of fields.
#[derive(Default)]
struct Keys {
    in_key: bool,
}

impl Formatter for Keys {
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.in_key = true;
        CompactFormatter.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        CompactFormatter.end_object_key(writer)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let fragment = if self.in_key { key_of(fragment) } else { fragment };
        CompactFormatter.write_string_fragment(writer, fragment)
    }
}

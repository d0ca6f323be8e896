//! JSON in and out, with OBP's leniencies in one place (decision 4).
//!
//! In: a number is accepted where a text is expected; unknown keys are ignored; a key may be written in camel case; a
//! key that is missing, null, doubled or of another type is an error that names it. Out: every key, in the order of
//! the record's fields. Nothing behind `obp/` sees JSON.

use std::borrow::Cow;
use std::fmt;
use std::io;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use serde_json::ser::{CompactFormatter, Formatter};
use serde_json::value::RawValue;

/// Reads a body.
///
/// # Errors
/// A sentence that says which key is wrong, and how.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| format!("The body is not JSON: {error}."))?;
    T::deserialize(Lenient(raw)).map_err(|error| error.to_string())
}

/// Writes an answer.
///
/// # Errors
/// If a record has no JSON form; none of ours.
pub(super) fn write<T: Serialize + ?Sized>(answer: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    answer.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Keys::default()))?;
    Ok(bytes)
}

/// The JSON key of a record's field: `type` is a word of Rust, so its field is `type_`.
fn key_of(field: &'static str) -> &'static str {
    field.strip_suffix('_').unwrap_or(field)
}

/// Writes compact JSON with fields' keys.
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
        let fragment = if self.in_key { fragment.strip_suffix('_').unwrap_or(fragment) } else { fragment };
        CompactFormatter.write_string_fragment(writer, fragment)
    }
}

/// What is wrong, and at which key.
#[derive(Debug)]
struct Wrong {
    path: String,
    what: Cow<'static, str>,
}

impl Wrong {
    fn new(what: &'static str) -> Self {
        Self { path: String::new(), what: Cow::Borrowed(what) }
    }

    fn inside(mut self, key: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{key}{separator}{}", self.path);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(formatter, "The body {}.", self.what),
            path => write!(formatter, "The value of {path} {}.", self.what),
        }
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    /// Reached only by the types that read themselves, such as dates.
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { path: String::new(), what: Cow::Owned(message.to_string()) }
    }

    fn invalid_type(_found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format_args!("must be {expected}"))
    }

    fn invalid_value(_found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format_args!("must be {expected}"))
    }
}

/// A value that has been recognised as JSON, and not yet looked into.
#[derive(Clone, Copy)]
struct Lenient<'de>(&'de RawValue);

impl<'de> Lenient<'de> {
    fn is_null(self) -> bool {
        self.0.get() == "null"
    }

    fn text(self) -> Result<Cow<'de, str>, Wrong> {
        let json = self.0.get();
        let text = match json.as_bytes().first() {
            Some(b'"') => {
                let text: BorrowedText<'de> =
                    serde_json::from_str(json).map_err(|_| Wrong::new("is no valid Unicode text"))?;
                text.0
            }
            Some(b'-' | b'0'..=b'9') => Cow::Borrowed(json),
            _ => return Err(Wrong::new("must be a text")),
        };
        // Not every store can hold it.
        if text.contains('\0') {
            return Err(Wrong::new("must not contain the character U+0000"));
        }
        Ok(text)
    }

    fn integer<T: std::str::FromStr>(self) -> Result<T, Wrong> {
        self.0.get().parse().map_err(|_| Wrong::new("must be a whole number, not too large"))
    }
}

#[derive(Deserialize)]
struct BorrowedText<'a>(#[serde(borrow)] Cow<'a, str>);

macro_rules! integers {
    ($($method:ident => $visit:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.$visit(self.integer()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient<'de> {
    type Error = Wrong;

    integers! { deserialize_i32 => visit_i32, deserialize_i64 => visit_i64, deserialize_u32 => visit_u32, deserialize_u64 => visit_u64 }

    /// For types that read themselves: a text is a text here, and nothing else passes for one.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0.get().as_bytes().first() {
            Some(b'"') => visitor.visit_str(&self.text()?),
            _ => visitor.visit_unit(),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.text()?.into_owned())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0.get() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Wrong::new("must be true or false")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let items: Vec<&RawValue> = serde_json::from_str(self.0.get()).map_err(|_| Wrong::new("must be a list"))?;
        visitor.visit_seq(Items { items: items.into_iter().enumerate() })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let object: Object<'de> = serde_json::from_str(self.0.get()).map_err(|_| Wrong::new("must be an object"))?;
        visitor.visit_map(Fields { object, fields: fields.iter(), value: None })
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map enum
        identifier ignored_any
    }
}

/// An object's keys and values, as they stand.
struct Object<'de>(Vec<(Cow<'de, str>, &'de RawValue)>);

impl<'de> Object<'de> {
    /// A field's key as it is written, which may be in snake case or camel case, and its value.
    fn entry(&self, key: &str) -> Result<(Cow<'de, str>, Lenient<'de>), Wrong> {
        let is_key = |name: &str| name == key || is_camel_case_of(name, key) || is_camel_case_of(key, name);
        let mut found = self.0.iter().filter(|(name, _)| is_key(name));
        match (found.next(), found.next()) {
            (Some((name, value)), None) => Ok((name.clone(), Lenient(value))),
            (Some(_), Some(_)) => Err(Wrong::new("is given twice").inside(key)),
            (None, _) => Err(Wrong::new("is missing").inside(key)),
        }
    }
}

fn is_camel_case_of(name: &str, key: &str) -> bool {
    let mut name = name.bytes();
    let mut key = key.bytes();
    while let Some(wanted) = key.next() {
        let wanted = if wanted == b'_' { key.next().map(|next| next.to_ascii_uppercase()) } else { Some(wanted) };
        if name.next() != wanted {
            return false;
        }
    }
    name.next().is_none()
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut entries = Vec::with_capacity(16);
                while let Some((BorrowedText(key), value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Gives a record its fields, in their order.
struct Fields<'de> {
    object: Object<'de>,
    fields: std::slice::Iter<'static, &'static str>,
    value: Option<(Cow<'de, str>, Lenient<'de>)>,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some(field) = self.fields.next() else { return Ok(None) };
        self.value = Some(self.object.entry(key_of(field))?);
        seed.deserialize(StrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let (key, value) = self.value.take().ok_or_else(|| Wrong::new("has a value without a key"))?;
        seed.deserialize(value).map_err(|wrong| wrong.inside(&key))
    }
}

struct Items<'de> {
    items: std::iter::Enumerate<std::vec::IntoIter<&'de RawValue>>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((index, item)) = self.items.next() else { return Ok(None) };
        seed.deserialize(Lenient(item)).map(Some).map_err(|wrong| wrong.inside(&format!("[{index}]")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bindings::timestamp::Timestamp;

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    struct Inner {
        amount: String,
    }

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    struct Sample {
        type_: String,
        branch_id: String,
        ok: bool,
        count: i32,
        date: Timestamp,
        days: Vec<Timestamp>,
        inner: Option<Inner>,
    }

    const GOOD: &str = r#"{"type":"t","branch_id":"b","ok":true,"count":2,"date":"2017-09-19T00:00:00Z","days":["2017-09-20T00:00:00Z"],"inner":{"amount":"0"}}"#;

    fn text_of(json: &str) -> Result<String, String> {
        read::<Inner>(format!("{{\"amount\":{json}}}").as_bytes()).map(|inner| inner.amount)
    }

    #[test]
    fn what_is_read_is_written_again_key_by_key() {
        let sample: Sample = read(GOOD.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(write(&sample).unwrap()).unwrap(), GOOD);
    }

    #[test]
    fn a_number_passes_for_a_text_exactly_as_it_is_written() {
        for (json, text) in [
            ("0", "0"),
            ("1.50", "1.50"),
            ("-3", "-3"),
            ("1e400", "1e400"),
            ("123456789012345678901", "123456789012345678901"),
            (r#""\u00fc\n""#, "ü\n"),
        ] {
            assert_eq!(text_of(json).as_deref(), Ok(text));
        }
        for json in ["true", "null", "[]", "{}", r#"["a"]"#] {
            assert_eq!(text_of(json), Err("The value of amount must be a text.".to_owned()), "{json}");
        }
        assert_eq!(
            text_of(r#""a\u0000b""#),
            Err("The value of amount must not contain the character U+0000.".to_owned())
        );
        assert_eq!(text_of(r#""\ud800""#), Err("The value of amount is no valid Unicode text.".to_owned()));
    }

    #[test]
    fn unknown_keys_are_ignored_and_camel_case_is_read() {
        let json = GOOD.replace("branch_id", "branchId").replace("\"ok\"", "\"okay\":{\"a\":[1]},\"ok\"");
        assert_eq!(read::<Sample>(json.as_bytes()).unwrap().branch_id, "b");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (GOOD.replace("\"ok\":true,", ""), "The value of ok is missing."),
            (GOOD.replace("\"ok\":true", "\"ok\":\"true\""), "The value of ok must be true or false."),
            (GOOD.replace("\"ok\":true", "\"ok\":null"), "The value of ok must be true or false."),
            (GOOD.replace("\"ok\":true", "\"ok\":true,\"ok\":true"), "The value of ok is given twice."),
            (GOOD.replace("\"type\":\"t\"", "\"type\":null"), "The value of type must be a text."),
            (GOOD.replace(":2,", ":2.5,"), "The value of count must be a whole number, not too large."),
            (GOOD.replace(":2,", ":99999999999,"), "The value of count must be a whole number, not too large."),
            (
                GOOD.replace("\"2017-09-19T00:00:00Z\"", "20170919"),
                "The value of date must be a date such as 2017-09-19T00:00:00Z.",
            ),
            (GOOD.replace("09-19", "02-30"), "The value of date must be a date such as 2017-09-19T00:00:00Z."),
            (
                GOOD.replace("\"2017-09-20T00:00:00Z\"", "\"x\""),
                "The value of days[0] must be a date such as 2017-09-19T00:00:00Z.",
            ),
            (GOOD.replace("[\"2017-09-20T00:00:00Z\"]", "{}"), "The value of days must be a list."),
            (GOOD.replace("\"amount\":\"0\"", ""), "The value of inner.amount is missing."),
            (GOOD.replace(",\"inner\":{\"amount\":\"0\"}", ""), "The value of inner is missing."),
            ("[]".to_owned(), "The body must be an object."),
            ("null".to_owned(), "The body must be an object."),
            (String::new(), "The body is not JSON: EOF while parsing a value at line 1 column 0."),
            ("{bad".to_owned(), "The body is not JSON: key must be a string at line 1 column 2."),
        ];
        for (json, message) in cases {
            assert_eq!(read::<Sample>(json.as_bytes()), Err(message.to_owned()), "{json}");
        }
        let null_is_none = GOOD.replace("{\"amount\":\"0\"}", "null");
        assert_eq!(read::<Sample>(null_is_none.as_bytes()).unwrap().inner, None);
    }

    #[test]
    fn nesting_cannot_exhaust_the_stack() {
        let deep = format!("{{\"x\":{}{},\"amount\":\"0\"}}", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(read::<Inner>(deep.as_bytes()).unwrap().amount, "0");
    }
}

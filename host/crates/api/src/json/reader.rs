//! The reader: turns a body into a record.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::value::RawValue;

use super::key_of;
use super::keys::{Instead, instead};
use crate::versions::DOCUMENTED;

/// The byte order mark in UTF-8, which some editors and clients write before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads JSON of the documented version. A byte order mark before it is ignored.
///
/// # Errors
/// A sentence that names the wrong key and the reason.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    read_as(body, DOCUMENTED)
}

/// Reads JSON of a version.
///
/// # Errors
/// The errors of [`read`].
pub(crate) fn read_as<T: DeserializeOwned>(body: &[u8], version: &'static str) -> Result<T, String> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| format!("The body is not JSON: {error}."))?;
    T::deserialize(Lenient { raw, version }).map_err(|error| error.to_string())
}

/// Reads one text of a body that may lack it.
///
/// # Errors
/// A sentence that names the key and the reason.
pub(crate) fn optional_text(body: &[u8], key: &str) -> Result<Option<String>, String> {
    let object: Object<'_> = serde_json::from_slice(body).map_err(|error| format!("The body is not JSON: {error}."))?;
    let found = object.find(key).map_err(|wrong| wrong.to_string())?;
    let Some((_, raw)) = found.filter(|(_, raw)| !is_null(raw)) else { return Ok(None) };
    let value = Lenient { raw, version: DOCUMENTED };
    value.text().map(|text| Some(text.into_owned())).map_err(|wrong| wrong.inside(key).to_string())
}

/// An error in a body: the place of the value and the reason.
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
    /// Called only by types with a reader of their own, such as dates.
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

/// A value whose JSON is valid and whose content is not read yet.
#[derive(Clone, Copy)]
struct Lenient<'de> {
    raw: &'de RawValue,
    /// The version of the body.
    version: &'static str,
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

impl<'de> Lenient<'de> {
    fn text(self) -> Result<Cow<'de, str>, Wrong> {
        let json = self.raw.get();
        let text = match json.as_bytes().first() {
            Some(b'"') => {
                let text: BorrowedText<'de> =
                    serde_json::from_str(json).map_err(|_| Wrong::new("is no valid Unicode text"))?;
                text.0
            }
            Some(b'-' | b'0'..=b'9') => Cow::Borrowed(json),
            _ => return Err(Wrong::new("must be a text")),
        };
        // PostgreSQL cannot store it.
        if text.contains('\0') {
            return Err(Wrong::new("must not contain the character U+0000"));
        }
        Ok(text)
    }

    fn integer<T: std::str::FromStr>(self) -> Result<T, Wrong> {
        self.raw.get().parse().map_err(|_| Wrong::new("must be a whole number, not too large"))
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for Lenient<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
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

    /// Called by types with a reader of their own: they accept a text only, no number instead of it.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.raw.get().as_bytes().first() {
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
        match self.raw.get() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Wrong::new("must be true or false")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if is_null(self.raw) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let items: Vec<&RawValue> = serde_json::from_str(self.raw.get()).map_err(|_| Wrong::new("must be a list"))?;
        visitor.visit_seq(Items { items: items.into_iter().enumerate(), version: self.version })
    }

    /// Several records that are written flat into one object: each reads its own keys of it.
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(SeqDeserializer::new(std::iter::repeat_n(self, len)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        record: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let object: Object<'de> = serde_json::from_str(self.raw.get()).map_err(|_| Wrong::new("must be an object"))?;
        visitor.visit_map(Fields { object, record, version: self.version, fields: fields.iter(), value: None })
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct map enum
        identifier ignored_any
    }
}

/// An object's keys and values, in the order of the body.
struct Object<'de>(Vec<(Cow<'de, str>, &'de RawValue)>);

impl<'de> Object<'de> {
    /// The value of a key, and the key as the body writes it: in snake case or camel case.
    fn find(&self, key: &str) -> Result<Option<(Cow<'de, str>, &'de RawValue)>, Wrong> {
        let mut found = self.0.iter().filter(|(name, _)| is_same_key(name, key));
        let first = found.next();
        if found.next().is_some() {
            return Err(Wrong::new("is given twice").inside(key));
        }
        Ok(first.map(|(name, value)| (name.clone(), *value)))
    }

    /// The value of a record's key, or what stands for it in that version. A null counts as left out if anything stands for it.
    fn entry(&self, record: &str, key: &str, version: &str) -> Result<(Cow<'de, str>, &'de RawValue), Wrong> {
        let own = self.find(key)?;
        if let Some(own) = own.as_ref().filter(|(_, value)| !is_null(value)) {
            return Ok(own.clone());
        }
        for instead in instead(version, record, key) {
            let found = match instead {
                Instead::Key(other) => self.find(other)?.filter(|(_, value)| !is_null(value)),
                Instead::OnlyItem(list) => self.only_item(list)?,
                Instead::Default(json) => {
                    serde_json::from_str(json).ok().map(|value| (Cow::Owned(key.to_owned()), value))
                }
            };
            if let Some(found) = found {
                return Ok(found);
            }
        }
        own.ok_or_else(|| Wrong::new("is missing").inside(key))
    }

    /// The item of a list that has at most one. The server stores one only, and must not lose others silently.
    fn only_item(&self, key: &str) -> Result<Option<(Cow<'de, str>, &'de RawValue)>, Wrong> {
        let Some((name, list)) = self.find(key)?.filter(|(_, list)| !is_null(list)) else { return Ok(None) };
        let items: Vec<&RawValue> =
            serde_json::from_str(list.get()).map_err(|_| Wrong::new("must be a list").inside(&name))?;
        match items.as_slice() {
            [] => Ok(None),
            [item] => Ok(Some((Cow::Owned(format!("{name}[0]")), item))),
            _ => Err(Wrong::new("must have at most one item").inside(&name)),
        }
    }
}

fn is_same_key(name: &str, key: &str) -> bool {
    name == key || is_camel_case_of(name, key) || is_camel_case_of(key, name)
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

/// Passes an object's values to a record, in the order of the record's fields.
struct Fields<'de> {
    object: Object<'de>,
    record: &'static str,
    version: &'static str,
    fields: std::slice::Iter<'static, &'static str>,
    value: Option<(Cow<'de, str>, &'de RawValue)>,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some(field) = self.fields.next() else { return Ok(None) };
        self.value = Some(self.object.entry(self.record, key_of(field), self.version)?);
        seed.deserialize(StrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let (key, raw) = self.value.take().ok_or_else(|| Wrong::new("has a value without a key"))?;
        seed.deserialize(Lenient { raw, version: self.version }).map_err(|wrong| wrong.inside(&key))
    }
}

struct Items<'de> {
    items: std::iter::Enumerate<std::vec::IntoIter<&'de RawValue>>,
    version: &'static str,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((index, raw)) = self.items.next() else { return Ok(None) };
        seed.deserialize(Lenient { raw, version: self.version })
            .map(Some)
            .map_err(|wrong| wrong.inside(&format!("[{index}]")))
    }
}

//! A serialiser that shows records in the form of a version: it adds the keys of [`super::keys`], and leaves out those that the
//! version does not have. Everything else goes to another serialiser.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use super::key_of;
use super::keys::{Added, Source, added, has_later_keys};

/// A value whose records are shown in the form of a version.
pub(super) struct Extended<'a, T: ?Sized>(pub(super) &'a T, pub(super) &'a str);

impl<T: Serialize + ?Sized> Serialize for Extended<'_, T> {
    fn serialize<S: Serializer>(&self, inner: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Extending { inner, version: self.1 })
    }
}

/// The serialiser, and those of lists, maps and records.
struct Extending<'a, S> {
    inner: S,
    version: &'a str,
}

/// The serialiser of a record.
struct Record<'a, S> {
    inner: S,
    added: &'static [Added],
    version: &'a str,
}

macro_rules! scalars {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        }
    )*};
}

impl<'a, S: Serializer> Serializer for Extending<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Extending<'a, S::SerializeSeq>;
    type SerializeTuple = S::SerializeTuple;
    type SerializeTupleStruct = S::SerializeTupleStruct;
    type SerializeTupleVariant = S::SerializeTupleVariant;
    type SerializeMap = Extending<'a, S::SerializeMap>;
    type SerializeStruct = Record<'a, S::SerializeStruct>;
    type SerializeStructVariant = S::SerializeStructVariant;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&Extended(value, self.version))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_variant(self, name: &'static str, at: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, at, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_struct(name, &Extended(value, self.version))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_variant(name, at, variant, &Extended(value, self.version))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Extending { inner: self.inner.serialize_seq(len)?, version: self.version })
    }

    fn serialize_tuple(self, len: usize) -> Result<S::SerializeTuple, S::Error> {
        self.inner.serialize_tuple(len)
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<S::SerializeTupleStruct, S::Error> {
        self.inner.serialize_tuple_struct(name, len)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<S::SerializeTupleVariant, S::Error> {
        self.inner.serialize_tuple_variant(name, at, variant, len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(Extending { inner: self.inner.serialize_map(len)?, version: self.version })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        let added = added(name);
        let inner = self.inner.serialize_struct(name, len + added.len())?;
        Ok(Record { inner, added, version: self.version })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<S::SerializeStructVariant, S::Error> {
        self.inner.serialize_struct_variant(name, at, variant, len)
    }
}

impl<S: SerializeSeq> SerializeSeq for Extending<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_element(&Extended(value, self.version))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeMap> SerializeMap for Extending<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_value(&Extended(value, self.version))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeStruct> SerializeStruct for Record<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    /// Writes a key, and after it the keys that have their value from it.
    fn serialize_field<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Result<(), S::Error> {
        let value = Extended(value, self.version);
        let later = has_later_keys(self.version);
        if later || !self.added.iter().any(|(key, source)| *key == field && matches!(source, Source::Own)) {
            self.inner.serialize_field(field, &value)?;
        }
        for (key, source) in self.added.iter().filter(|_| later) {
            match source {
                Source::Same(of) if *of == key_of(field) => self.inner.serialize_field(key, &value)?,
                Source::Listed(of) if *of == key_of(field) => self.inner.serialize_field(key, &[&value])?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes the keys that have the same JSON in every record.
    fn end(mut self) -> Result<S::Ok, S::Error> {
        for (key, source) in self.added.iter().filter(|_| has_later_keys(self.version)) {
            if let Source::Json(json) = source {
                let json: &RawValue = serde_json::from_str(json).map_err(serde::ser::Error::custom)?;
                self.inner.serialize_field(key, json)?;
            }
        }
        self.inner.end()
    }
}

//! A serialiser that shows records in the form of a version: it adds the keys of [`super::keys`], and leaves out those that the
//! version does not have. Everything else goes to another serialiser.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use super::key_of;
use super::keys::{Added, Source, added};

/// A value whose records are shown in the form of a version: `later` says whether it has the later keys.
pub(super) struct Extended<'a, T: ?Sized> {
    pub(super) value: &'a T,
    pub(super) later: bool,
}

impl<T: Serialize + ?Sized> Serialize for Extended<'_, T> {
    fn serialize<S: Serializer>(&self, inner: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Extending { inner, later: self.later })
    }
}

/// The serialiser, and those of lists, maps and records.
struct Extending<S> {
    inner: S,
    later: bool,
}

/// The serialiser of a record.
struct Record<S> {
    inner: S,
    added: &'static [Added],
    later: bool,
}

macro_rules! scalars {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        }
    )*};
}

impl<S: Serializer> Serializer for Extending<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Extending<S::SerializeSeq>;
    type SerializeTuple = S::SerializeTuple;
    type SerializeTupleStruct = S::SerializeTupleStruct;
    type SerializeTupleVariant = S::SerializeTupleVariant;
    type SerializeMap = Extending<S::SerializeMap>;
    type SerializeStruct = Record<S::SerializeStruct>;
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
        self.inner.serialize_some(&Extended { value, later: self.later })
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_variant(self, name: &'static str, at: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, at, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_struct(name, &Extended { value, later: self.later })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_variant(name, at, variant, &Extended { value, later: self.later })
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Extending { inner: self.inner.serialize_seq(len)?, later: self.later })
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
        Ok(Extending { inner: self.inner.serialize_map(len)?, later: self.later })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        let added = added(name);
        let inner = self.inner.serialize_struct(name, len + added.len())?;
        Ok(Record { inner, added, later: self.later })
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

impl<S: SerializeSeq> SerializeSeq for Extending<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_element(&Extended { value, later: self.later })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeMap> SerializeMap for Extending<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_value(&Extended { value, later: self.later })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeStruct> SerializeStruct for Record<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    /// Writes a key, and after it the keys that have their value from it.
    fn serialize_field<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Result<(), S::Error> {
        let value = Extended { value, later: self.later };
        if self.later || !self.added.iter().any(|(key, source)| *key == field && matches!(source, Source::Own)) {
            self.inner.serialize_field(field, &value)?;
        }
        for (key, source) in self.added.iter().filter(|_| self.later) {
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
        for (key, source) in self.added.iter().filter(|_| self.later) {
            if let Source::Json(json) = source {
                let json: &RawValue = serde_json::from_str(json).map_err(serde::ser::Error::custom)?;
                self.inner.serialize_field(key, json)?;
            }
        }
        self.inner.end()
    }
}

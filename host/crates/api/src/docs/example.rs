//! The JSON of examples, made from typed values. The server's own serialiser writes it, so an example has the keys of an answer.

use bindings::samples;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};
use serde::{Serialize, forward_to_deserialize_any};

use crate::json;
use crate::versions::{DOCUMENTED, NEWEST};

/// The JSON of an example.
pub struct Sample {
    documented: String,
    /// The JSON of the versions that have more keys.
    newest: String,
}

impl Sample {
    /// The JSON of a version.
    pub(crate) fn under(self, version: &str) -> String {
        if json::has_later_keys(version) { self.newest } else { self.documented }
    }
}

/// The JSON of a value, and an empty text if the value has no JSON form. A test finds an empty example.
pub(crate) fn example<T: Serialize + ?Sized>(value: &T) -> Sample {
    Sample { documented: written(value, DOCUMENTED), newest: written(value, NEWEST) }
}

fn written<T: Serialize + ?Sized>(value: &T, version: &str) -> String {
    let mut json = Vec::new();
    json::write_to(&mut json, value, version).ok().and_then(|()| String::from_utf8(json).ok()).unwrap_or_default()
}

/// The JSON of a record with the seed page's placeholders: every text is `PlaceholderString`, every truth value is true, every
/// list has one item, and every date is [`samples::DATE`].
pub(crate) fn placeholder<T: Serialize + DeserializeOwned>() -> Sample {
    let record = T::deserialize(Placeholder);
    record.map_or(Sample { documented: String::new(), newest: String::new() }, |record| example(&record))
}

/// Gives every field of a record its placeholder.
struct Placeholder;

impl<'de> Deserializer<'de> for Placeholder {
    type Error = Error;

    /// Called by dates only: they have a reader of their own.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(samples::DATE.format())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str("PlaceholderString")
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(true)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(OneItem(Some(self)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields(fields.iter()))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map enum identifier ignored_any
    }
}

/// A list of one item.
struct OneItem(Option<Placeholder>);

impl<'de> SeqAccess<'de> for OneItem {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.take().map(|item| seed.deserialize(item)).transpose()
    }
}

/// The fields of a record, in their order.
struct Fields(std::slice::Iter<'static, &'static str>);

impl<'de> MapAccess<'de> for Fields {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let key = |field: &&'static str| -> StrDeserializer<'static, Error> { (*field).into_deserializer() };
        self.0.next().map(|field| seed.deserialize(key(field))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Placeholder)
    }
}

#[cfg(test)]
mod tests {
    use bindings::kyc_types::KycStatus;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Deserialize, Serialize)]
    struct List {
        list: Vec<KycStatus>,
    }

    #[derive(Deserialize, Serialize)]
    struct Counted {
        count: u32,
    }

    #[test]
    fn a_placeholder_has_every_key_of_the_record() {
        let expected = r#"{"list":[{"customer_id":"PlaceholderString","customer_number":"PlaceholderString","ok":true,"date":"2017-09-19T00:00:00Z"}]}"#;
        assert_eq!(placeholder::<List>().under(DOCUMENTED), expected);
    }

    #[test]
    fn a_record_with_a_value_that_the_seed_page_has_no_placeholder_for_gets_no_example() {
        assert_eq!(placeholder::<Counted>().under(DOCUMENTED), "");
    }
}

//! A point in time: `obp:onboarding/timestamp` in the WIT, a text in OBP's JSON.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use wasmtime::component::{ComponentType, HasData, Lift, Linker, Lower};

/// A point in time between the years 0000 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ComponentType, Lift, Lower)]
#[component(record)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub milliseconds: i64,
}

/// The interface has no functions, but the generated bindings need this trait of each interface.
pub trait Host {}
impl<T> Host for T {}

/// The generated bindings need this trait, too.
pub trait HostWithStore<T>: HasData {}
impl<T, D: HasData + ?Sized> HostWithStore<T> for D {}

/// Defines the interface, which has types only.
///
/// # Errors
/// If it is defined already.
pub fn add_to_linker<T, D>(linker: &mut Linker<T>, _host: fn(&mut T) -> D::Data<'_>) -> wasmtime::Result<()>
where
    T: 'static,
    D: HasData,
{
    linker.instance("obp:onboarding/timestamp@0.1.0").map(|_| ())
}

impl Timestamp {
    /// The years 0000 to 9999, in milliseconds since 1970-01-01T00:00:00Z.
    pub const RANGE_MS: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

    /// Reads `yyyy-MM-dd'T'HH:mm:ss'Z'`, to the millisecond. Converts a numeric offset to UTC (decision 5). `None` for any other
    /// text, and for a date that does not exist.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // chrono accepts more than the contract: lower-case letters, a space for the T, and 60 seconds.
        let bytes = text.as_bytes();
        let strict = matches!(bytes, [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', s, ..] if (b'0'..=b'5').contains(s));
        if !strict || !(text.ends_with('Z') || bytes.last().is_some_and(u8::is_ascii_digit)) {
            return None;
        }
        let time: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(text).ok()?;
        let utc = time.with_timezone(&Utc);
        (0..=9999).contains(&utc.year()).then(|| Self { milliseconds: utc.timestamp_millis() })
    }

    /// Writes whole seconds in UTC, such as `2017-09-19T00:00:00Z`. Writes digit by digit: a format string would be parsed each
    /// time.
    #[must_use]
    pub fn format(self) -> String {
        let time = DateTime::from_timestamp_millis(self.milliseconds).unwrap_or(DateTime::UNIX_EPOCH);
        let year = time.year().unsigned_abs();
        let mut text = String::with_capacity(20);
        for (number, after) in [
            (year / 100, None),
            (year % 100, Some('-')),
            (time.month(), Some('-')),
            (time.day(), Some('T')),
            (time.hour(), Some(':')),
            (time.minute(), Some(':')),
            (time.second(), Some('Z')),
        ] {
            text.extend([number / 10 % 10, number % 10].into_iter().filter_map(|digit| char::from_digit(digit, 10)));
            text.extend(after);
        }
        text
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.format())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a date such as 2017-09-19T00:00:00Z")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("this text"), &self))
            }
        }
        // `deserialize_str` would also accept a number, which is no date.
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn dates_are_read_strictly_and_normalised_to_utc_seconds() {
        let cases = [
            ("2017-09-19T00:00:00Z", Some("2017-09-19T00:00:00Z")),
            ("2016-02-29T23:59:59Z", Some("2016-02-29T23:59:59Z")),
            ("2017-09-19T00:00:00.000Z", Some("2017-09-19T00:00:00Z")),
            ("2017-09-19T00:00:00.999Z", Some("2017-09-19T00:00:00Z")),
            ("2017-09-19T01:00:00+01:00", Some("2017-09-19T00:00:00Z")),
            ("2017-09-18T19:30:00.5-04:30", Some("2017-09-19T00:00:00Z")),
            ("0000-01-01T00:00:00Z", Some("0000-01-01T00:00:00Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
            ("1969-12-31T23:59:59.5Z", Some("1969-12-31T23:59:59Z")),
            ("9999-12-31T23:59:59-01:00", None),
            ("2017-02-30T00:00:00Z", None),
            ("2017-13-45T25:61:61Z", None),
            ("2017-09-19T00:00:60Z", None),
            ("2017-9-1T1:2:3Z", None),
            ("17-09-19T00:00:00Z", None),
            ("12017-09-19T00:00:00Z", None),
            ("2017-09-19", None),
            ("2017-09-19T00:00:00", None),
            ("2017-09-19T00:00:00z", None),
            ("2017-09-19t00:00:00Z", None),
            ("2017-09-19 00:00:00Z", None),
            ("2017-09-19T00:00:00Zjunk", None),
            (" 2017-09-19T00:00:00Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Timestamp::parse(text).map(Timestamp::format).as_deref(), expected, "{text:?}");
        }
    }
}

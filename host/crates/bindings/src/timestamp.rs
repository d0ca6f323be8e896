//! A point in time: `obp:onboarding/timestamp` in the WIT, a text in OBP's JSON.

use std::fmt;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use wasmtime::component::{ComponentType, HasData, Lift, Linker, Lower};

/// A point in time between the years 0000 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ComponentType, Lift, Lower)]
#[component(record)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub milliseconds: i64,
}

/// How a text differs from a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// It has another form.
    Malformed,
    /// The calendar does not have the day, or the year in UTC is not one of 0000 to 9999.
    DayUnknown,
    /// The clock does not have the time.
    TimeUnknown,
    /// It has a time, and no time zone.
    ZoneMissing,
}

/// The bytes of a day, such as `2017-09-19`.
const DAY_BYTES: usize = 10;

/// The part of a text that is not read yet. Each function reads one piece, and returns `None` if the text has another one here.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a [u8]);

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

    /// Reads a date of decision 5, to the millisecond: `2017-09-19T00:00:00Z`, also with a fraction, without seconds, with an
    /// offset in place of the `Z` (`+01:00`, `+0100` or `+01`), or the day alone, which is its midnight.
    ///
    /// # Errors
    /// [`DateError`] says how the text differs.
    pub fn read(text: &str) -> Result<Self, DateError> {
        let mut rest = Rest(text.as_bytes());
        let (year, month, day) = rest.date().ok_or(DateError::Malformed)?;
        let (hour, minute, second, ms) = match rest {
            Rest([]) => (0, 0, 0, 0),
            _ => rest.time().ok_or(DateError::Malformed)?,
        };
        let has_time = text.len() > DAY_BYTES;
        if has_time && rest.0.is_empty() {
            return Err(DateError::ZoneMissing);
        }
        let offset_minutes = if has_time { rest.offset_minutes().ok_or(DateError::Malformed)? } else { 0 };
        let day = NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::DayUnknown)?;
        let time = day.and_hms_milli_opt(hour, minute, second, ms).ok_or(DateError::TimeUnknown)?;
        let milliseconds = time.and_utc().timestamp_millis() - i64::from(offset_minutes) * 60_000;
        Self::RANGE_MS.contains(&milliseconds).then_some(Self { milliseconds }).ok_or(DateError::DayUnknown)
    }

    /// The date in a text, if [`Timestamp::read`] accepts it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
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

impl Rest<'_> {
    /// `yyyy-MM-dd`.
    fn date(&mut self) -> Option<(i32, u32, u32)> {
        let year = i32::try_from(self.number(4)?).ok()?;
        Some((year, self.after(b'-')?, self.after(b'-')?))
    }

    /// `'T'HH:mm`, and `:ss` with a fraction if they are there: hour, minute, second and millisecond. No minute has 61 seconds.
    fn time(&mut self) -> Option<(u32, u32, u32, u32)> {
        let (hour, minute) = (self.after(b'T')?, self.after(b':')?);
        let mut second_and_ms = (0, 0);
        if self.0.first() == Some(&b':') {
            second_and_ms = (self.after(b':')?, if self.skip(b'.') { self.thousandths()? } else { 0 });
        }
        Some((hour, minute, second_and_ms.0, second_and_ms.1))
    }

    /// `Z` or an offset, and the end of the text.
    fn offset_minutes(&mut self) -> Option<i32> {
        let sign = match self.0.first()? {
            b'Z' => 0,
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.0 = self.0.get(1..)?;
        let mut minutes = 0;
        if sign != 0 {
            minutes = self.number(2).filter(|hours| *hours < 24)? * 60;
            let has_minutes = self.skip(b':') || !self.0.is_empty();
            minutes += if has_minutes { self.number(2).filter(|minutes| *minutes < 60)? } else { 0 };
        }
        self.0.is_empty().then_some(sign * i32::try_from(minutes).ok()?)
    }

    /// The digits of a fraction, to the millisecond.
    fn thousandths(&mut self) -> Option<u32> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let digit = |index| fraction.get(index).map_or(0, |byte: &u8| u32::from(byte - b'0'));
        (digits > 0).then(|| digit(0) * 100 + digit(1) * 10 + digit(2))
    }

    /// Two digits after this byte.
    fn after(&mut self, byte: u8) -> Option<u32> {
        if self.skip(byte) { self.number(2) } else { None }
    }

    /// A number of so many ASCII digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    }

    /// Whether the next byte is this one, which is then read.
    fn skip(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

impl fmt::Display for DateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a date such as 2017-09-19T00:00:00Z")?;
        formatter.write_str(match self {
            Self::Malformed => "",
            Self::DayUnknown => "; this day does not exist",
            Self::TimeUnknown => "; this time of day does not exist",
            Self::ZoneMissing => "; the time zone is missing, which is Z for UTC",
        })
    }
}

impl de::Expected for DateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
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

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}", DateError::Malformed)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::read(text).map_err(|error| E::invalid_value(de::Unexpected::Other("this text"), &error))
            }
        }
        // `deserialize_str` would also accept a number, which is no date.
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::{DateError, Timestamp};

    #[test]
    fn dates_are_read_strictly_and_normalised_to_utc_seconds() {
        let cases = [
            ("2017-09-19T00:00:00Z", Ok("2017-09-19T00:00:00Z")),
            ("2016-02-29T23:59:59Z", Ok("2016-02-29T23:59:59Z")),
            ("2017-09-19T00:00:00.000Z", Ok("2017-09-19T00:00:00Z")),
            ("2017-09-19T00:00:00.999Z", Ok("2017-09-19T00:00:00Z")),
            ("2017-09-19T01:00:00+01:00", Ok("2017-09-19T00:00:00Z")),
            ("2017-09-18T19:30:00.5-04:30", Ok("2017-09-19T00:00:00Z")),
            ("0000-01-01T00:00:00Z", Ok("0000-01-01T00:00:00Z")),
            ("9999-12-31T23:59:59Z", Ok("9999-12-31T23:59:59Z")),
            ("1969-12-31T23:59:59.5Z", Ok("1969-12-31T23:59:59Z")),
            ("2017-09-19", Ok("2017-09-19T00:00:00Z")),
            ("2017-09-19T10:30Z", Ok("2017-09-19T10:30:00Z")),
            ("2017-09-19T10:30+02:00", Ok("2017-09-19T08:30:00Z")),
            ("2020-01-02T00:00:00+0100", Ok("2020-01-01T23:00:00Z")),
            ("2020-01-02T00:00:00-0130", Ok("2020-01-02T01:30:00Z")),
            ("2020-01-02T00:00:00+01", Ok("2020-01-01T23:00:00Z")),
            ("2020-01-02T00:00:00-00:00", Ok("2020-01-02T00:00:00Z")),
            ("2020-01-02T00:00:00.123456789123Z", Ok("2020-01-02T00:00:00Z")),
            ("9999-12-31T23:59:59-01:00", Err(DateError::DayUnknown)),
            ("0000-01-01T00:00:00+00:01", Err(DateError::DayUnknown)),
            ("2017-02-30T00:00:00Z", Err(DateError::DayUnknown)),
            ("2017-02-29", Err(DateError::DayUnknown)),
            ("2017-13-01", Err(DateError::DayUnknown)),
            ("2017-00-10T00:00Z", Err(DateError::DayUnknown)),
            ("2017-09-19T24:00:00Z", Err(DateError::TimeUnknown)),
            ("2017-09-19T00:60Z", Err(DateError::TimeUnknown)),
            ("2017-09-19T00:00:60Z", Err(DateError::TimeUnknown)),
            ("2017-09-19T00:00:00", Err(DateError::ZoneMissing)),
            ("2017-09-19T00:00", Err(DateError::ZoneMissing)),
            ("2017-09-19T00:00:00.5", Err(DateError::ZoneMissing)),
            ("2017-9-1T1:2:3Z", Err(DateError::Malformed)),
            ("17-09-19T00:00:00Z", Err(DateError::Malformed)),
            ("12017-09-19T00:00:00Z", Err(DateError::Malformed)),
            ("+2017-09-19", Err(DateError::Malformed)),
            ("2017-09-19Z", Err(DateError::Malformed)),
            ("2017-09-19T", Err(DateError::Malformed)),
            ("2017-09-19T10Z", Err(DateError::Malformed)),
            ("2017-09-19T00:00:Z", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00.Z", Err(DateError::Malformed)),
            ("2017-09-19T00:00.5Z", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00z", Err(DateError::Malformed)),
            ("2017-09-19t00:00:00Z", Err(DateError::Malformed)),
            ("2017-09-19 00:00:00Z", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00Zjunk", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00+24:00", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00+01:60", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00+1", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00+010", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00+01:", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00\u{2212}01:00", Err(DateError::Malformed)),
            ("2017-09-19T00:00:00\u{ff0b}01", Err(DateError::Malformed)),
            ("\u{ff12}017-09-19T00:00:00Z", Err(DateError::Malformed)),
            ("2017-09-1\u{669}", Err(DateError::Malformed)),
            (" 2017-09-19T00:00:00Z", Err(DateError::Malformed)),
            ("2017-09-19\n", Err(DateError::Malformed)),
            ("", Err(DateError::Malformed)),
        ];
        for (text, expected) in cases {
            assert_eq!(Timestamp::read(text).map(Timestamp::format).as_deref(), expected.as_ref().copied(), "{text:?}");
        }
    }
}

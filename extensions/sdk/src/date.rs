//! Days of the Gregorian calendar in UTC, for dates of expiry and birth.

use std::fmt;
use std::str::FromStr;

use crate::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A day, written `yyyy-mm-dd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
}

impl Date {
    /// The day of a point in time.
    #[must_use]
    pub fn of(time: Timestamp) -> Self {
        // Howard Hinnant's `civil_from_days`: eras of 400 years that begin on the first of March, so that a leap day comes last.
        let days = time.milliseconds.div_euclid(DAY_MS) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
        }
    }

    /// The whole years from this day to the later day: the age of a person born on this day.
    #[must_use]
    pub fn years_until(self, later: Self) -> i64 {
        later.year - self.year - i64::from((later.month, later.day) < (self.month, self.day))
    }
}

/// The error for a text that is not a date: it is not written `yyyy-mm-dd`, or the day does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDate;

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let mut numbers = text.split('-').map(|part| {
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse::<u16>().ok()).flatten().map(i64::from)
        });
        let mut next = || numbers.next().flatten().ok_or(NoDate);
        let date = Self { year: next()?, month: next()?, day: next()? };
        let leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
        let days = match date.month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + i64::from(leap),
            _ => 31,
        };
        let exists = (1..=12).contains(&date.month) && (1..=days).contains(&date.day);
        // Compare with the written form, so that no digit is missing or extra.
        if exists && date.to_string() == text { Ok(date) } else { Err(NoDate) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(milliseconds: i64) -> String {
        Date::of(Timestamp { milliseconds }).to_string()
    }

    #[test]
    fn a_time_is_on_its_day_of_the_calendar() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(951_782_400_000), "2000-02-29");
        assert_eq!(day(951_868_800_000 - 1), "2000-02-29");
        assert_eq!(day(951_868_800_000), "2000-03-01");
        assert_eq!(day(1_556_668_800_000), "2019-05-01");
        assert_eq!(day(-62_167_219_200_000), "0000-01-01");
        assert_eq!(day(253_402_300_799_999), "9999-12-31");
    }

    #[test]
    fn a_text_is_a_date_if_the_day_exists() {
        for text in ["1970-01-01", "2000-02-29", "2024-02-29", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in
            ["", "2023-02-29", "1900-02-29", "2020-13-01", "2020-04-31", "2020-4-1", "+200-01-01", "2020-01-01-01", "x"]
        {
            assert_eq!(text.parse::<Date>(), Err(NoDate), "{text}");
        }
    }

    #[test]
    fn a_person_is_a_year_older_on_the_birthday() {
        let date = |year, month, day| Date { year, month, day };
        let born = date(2008, 2, 29);
        assert_eq!(born.years_until(date(2026, 2, 28)), 17);
        assert_eq!(born.years_until(date(2026, 3, 1)), 18);
        assert_eq!(date(2008, 11, 22).years_until(date(2026, 11, 22)), 18);
        assert_eq!(date(2008, 11, 23).years_until(date(2026, 11, 22)), 17);
    }
}

//! Dates and times in forms and on pages. All are UTC, as in the API.

use bindings::timestamp::Timestamp;
use chrono::{DateTime, Timelike as _, Utc};

/// The value of a date or time field as the API writes dates. Any other text stays as the user typed it.
pub(crate) fn as_api_date(typed: &str) -> String {
    match typed.len() {
        10 => format!("{typed}T00:00:00Z"),
        16 => format!("{typed}:00Z"),
        19 => format!("{typed}Z"),
        _ => typed.to_owned(),
    }
}

/// The date for readers. Midnight shows no time of day, and a whole minute shows no seconds.
pub(crate) fn readable(time: Timestamp) -> String {
    let time = utc(time.milliseconds);
    let format = match (time.num_seconds_from_midnight(), time.second()) {
        (0, _) => "%F",
        (_, 0) => "%F %R",
        _ => "%F %T",
    };
    time.format(format).to_string()
}

/// The value of an input of the type `datetime-local`.
pub(crate) fn as_field(milliseconds: i64) -> String {
    utc(milliseconds).format("%FT%R").to_string()
}

/// Month and year, such as `Sep 2017`.
pub(crate) fn month_of(milliseconds: i64) -> String {
    utc(milliseconds).format("%b %Y").to_string()
}

/// The day for a sentence, such as `19 Sep 2017`.
pub(crate) fn day_in_words(milliseconds: i64) -> String {
    utc(milliseconds).format("%-d %b %Y").to_string()
}

/// The day, such as `2017-09-19`.
pub(crate) fn day_of(milliseconds: i64) -> String {
    utc(milliseconds).format("%F").to_string()
}

fn utc(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_dates_and_dates_become_readable() {
        for (typed, date, read) in [
            ("2017-09-19", "2017-09-19T00:00:00Z", "2017-09-19"),
            ("2017-09-19T10:30", "2017-09-19T10:30:00Z", "2017-09-19 10:30"),
            ("2017-09-19T10:30:15", "2017-09-19T10:30:15Z", "2017-09-19 10:30:15"),
            ("2017-09-19T00:00:15", "2017-09-19T00:00:15Z", "2017-09-19 00:00:15"),
            ("0999-01-02", "0999-01-02T00:00:00Z", "0999-01-02"),
        ] {
            let time = Timestamp::parse(&as_api_date(typed)).unwrap();
            assert_eq!((as_api_date(typed).as_str(), readable(time).as_str()), (date, read));
        }
        assert_eq!(as_api_date("soon"), "soon");
        assert_eq!(month_of(1_505_779_200_000), "Sep 2017");
        assert_eq!(day_of(1_505_779_200_000), "2017-09-19");
        assert_eq!(day_in_words(1_504_310_400_000), "2 Sep 2017");
        assert_eq!(as_field(1_505_779_200_000), "2017-09-19T00:00");
    }
}

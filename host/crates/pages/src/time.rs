//! Points in time as pages ask for them and show them. All are UTC, as the API's are.

use chrono::{DateTime, Datelike as _};

use bindings::timestamp::Timestamp;

/// What a date or time field holds, as the API wants it. What is none stays as it was typed, for the API to say so.
pub(super) fn from_field(typed: &str) -> String {
    match typed.len() {
        10 => format!("{typed}T00:00:00Z"),
        16 => format!("{typed}:00Z"),
        19 => format!("{typed}Z"),
        _ => typed.to_owned(),
    }
}

/// The API's date as people read it: the time of day only if there is one.
pub(super) fn shown(date: &str) -> String {
    let Some((day, time)) = date.split_once('T') else { return date.to_owned() };
    match time.strip_suffix(":00Z") {
        Some("00:00") => day.to_owned(),
        Some(time) => format!("{day} {time}"),
        None => format!("{day} {}", time.trim_end_matches('Z')),
    }
}

/// The API's date in milliseconds since 1970.
pub(super) fn milliseconds(date: &str) -> Option<i64> {
    Timestamp::parse(date).map(|time| time.milliseconds)
}

/// A time for a field of kind `datetime-local`.
pub(super) fn field_of(milliseconds: i64) -> String {
    Timestamp { milliseconds }.format().chars().take(16).collect()
}

/// Month and year, such as `Sep 2017`.
pub(super) fn month_of(milliseconds: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let time = DateTime::from_timestamp_millis(milliseconds).unwrap_or(DateTime::UNIX_EPOCH);
    format!("{} {}", MONTHS.get(time.month0() as usize).copied().unwrap_or_default(), time.year())
}

/// The day, such as `2017-09-19`.
pub(super) fn day_of(milliseconds: i64) -> String {
    Timestamp { milliseconds }.format().chars().take(10).collect()
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
            ("soon", "soon", "soon"),
        ] {
            assert_eq!((from_field(typed).as_str(), shown(date).as_str()), (date, read));
        }
        assert_eq!(month_of(1_505_779_200_000), "Sep 2017");
        assert_eq!(day_of(1_505_779_200_000), "2017-09-19");
        assert_eq!(field_of(1_505_779_200_000), "2017-09-19T00:00");
    }
}

//! The status timeline as a picture of time, drawn here as SVG, and the same as a table.
//!
//! Positions are shares of the width and heights are pixels, so that the picture fits a phone without its letters shrinking.

use maud::{Markup, html};
use serde_json::Value;

use crate::client::{self, Refused};
use crate::parts;
use crate::time::{day_of, milliseconds, month_of};

/// An entry of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    at_ms: i64,
    ok: bool,
}

/// Where the line is, and how high the picture.
const LINE_Y: u32 = 44;
const HEIGHT: u32 = 96;
/// The share of the width that stays free on either side, in percent.
const MARGIN: f64 = 3.0;
/// Below so many milliseconds a tick is a day, above it a month.
const DAYS_MS: i64 = 90 * 24 * 60 * 60 * 1000;
const TICKS: i64 = 3;

/// The picture and the table, newest first as the API has it.
pub(super) fn picture(read: &Result<Value, Refused>, now_ms: i64) -> Markup {
    let statuses = match read {
        Ok(read) => client::list(read, "statuses"),
        Err(refused) => return parts::refusal(refused),
    };
    if statuses.is_empty() {
        return html! { p.empty { "Nothing is known yet." } };
    }
    let row = |status: &Value| {
        let ok = is_ok(status);
        vec![
            parts::date(client::text(status, "date")),
            html! { @if ok { span.state.good { "All well" } } @else { span.state.bad { "Not well" } } },
            parts::exact(client::text(status, "customer_number")),
        ]
    };
    html! {
        (drawn(&entries(statuses), now_ms))
        (parts::table("The same as a table", &["Since", "Status", "Customer number"], &statuses.iter().map(row).collect::<Vec<_>>()))
    }
}

fn is_ok(status: &Value) -> bool {
    status.get("ok").and_then(Value::as_bool).unwrap_or_default()
}

/// The entries, oldest first.
fn entries(statuses: &[Value]) -> Vec<Entry> {
    let entry = |status: &Value| Some(Entry { at_ms: milliseconds(client::text(status, "date"))?, ok: is_ok(status) });
    let mut entries: Vec<_> = statuses.iter().rev().filter_map(entry).collect();
    entries.sort_by_key(|entry| entry.at_ms);
    entries
}

/// From the first entry to now, or to the last one if that is later.
struct Scale {
    from_ms: i64,
    to_ms: i64,
}

impl Scale {
    fn of(entries: &[Entry], now_ms: i64) -> Self {
        let from_ms = entries.first().map_or(now_ms, |entry| entry.at_ms);
        let last_ms = entries.last().map_or(now_ms, |entry| entry.at_ms);
        Self { from_ms: from_ms.min(now_ms), to_ms: last_ms.max(now_ms) }
    }

    /// The share of the width at which that time is, in percent.
    #[expect(clippy::cast_precision_loss, reason = "a picture is drawn, nothing is counted")]
    fn x(&self, at_ms: i64) -> f64 {
        let span = self.to_ms.saturating_sub(self.from_ms).max(1) as f64;
        let share = at_ms.saturating_sub(self.from_ms) as f64 / span;
        MARGIN + share.clamp(0.0, 1.0) * (100.0 - 2.0 * MARGIN)
    }

    /// Times that are written below the line, and what is written.
    fn ticks(&self) -> Vec<(i64, String)> {
        let span = self.to_ms.saturating_sub(self.from_ms);
        if span == 0 {
            return vec![(self.from_ms, day_of(self.from_ms))];
        }
        let name = if span < DAYS_MS { day_of } else { month_of };
        let mut ticks: Vec<(i64, String)> = Vec::new();
        for step in 0..TICKS {
            let at_ms = self.from_ms.saturating_add(span / (TICKS - 1) * step).min(self.to_ms);
            let name = name(at_ms);
            if ticks.last().is_none_or(|(_, last)| *last != name) {
                ticks.push((at_ms, name));
            }
        }
        ticks
    }
}

fn drawn(entries: &[Entry], now_ms: i64) -> Markup {
    let scale = Scale::of(entries, now_ms);
    let percent = |at_ms| format!("{:.2}%", scale.x(at_ms));
    let ends = entries.iter().skip(1).map(|entry| entry.at_ms).chain([scale.to_ms]);
    html! {
        svg.timeline role="img" aria-labelledby="timeline-title timeline-words" width="100%" height=(HEIGHT) {
            title #timeline-title { "Status over time" }
            desc #timeline-words { (in_words(entries)) }
            @for (entry, end_ms) in entries.iter().zip(ends) {
                line class=(class("span", entry.ok)) x1=(percent(entry.at_ms)) x2=(percent(end_ms)) y1=(LINE_Y) y2=(LINE_Y) {}
            }
            @for entry in entries {
                g {
                    title { (sentence(entry)) }
                    (mark(entry, &percent(entry.at_ms)))
                }
            }
            @let ticks = scale.ticks();
            @for (index, (at_ms, name)) in ticks.iter().enumerate() {
                @let anchor = if index == 0 { "start" } else if index + 1 == ticks.len() { "end" } else { "middle" };
                @let x = match anchor { "start" => "0.5%".to_owned(), "end" => "99.5%".to_owned(), _ => percent(*at_ms) };
                line.tick x1=(percent(*at_ms)) x2=(percent(*at_ms)) y1=(LINE_Y + 16) y2=(LINE_Y + 22) {}
                text x=(x) y=(LINE_Y + 40) text-anchor=(anchor) { (name) }
            }
        }
        p.legend aria-hidden="true" {
            span.key.good { "All well" } span.key.bad { "Not well" }
        }
    }
}

/// A disc where all is well, a diamond where it is not: the two are told apart without colours.
fn mark(entry: &Entry, x: &str) -> Markup {
    html! {
        @if entry.ok {
            circle class=(class("point", true)) cx=(x) cy=(LINE_Y) r="8" {}
        } @else {
            svg x=(x) y=(LINE_Y) overflow="visible" { rect class=(class("point", false)) x="-7" y="-7" width="14" height="14" transform="rotate(45)" {} }
        }
    }
}

fn class(what: &str, ok: bool) -> String {
    format!("{what} {}", if ok { "good" } else { "bad" })
}

fn sentence(entry: &Entry) -> String {
    format!("{}: {}", day_of(entry.at_ms), if entry.ok { "all well" } else { "not well" })
}

fn in_words(entries: &[Entry]) -> String {
    let sentences: Vec<_> = entries.iter().map(sentence).collect();
    format!("{}.", sentences.join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn entries_lie_in_the_order_of_time_within_the_picture() {
        let read = json!({"statuses": [
            {"date": "2020-01-01T00:00:00Z", "ok": false},
            {"date": "2021-01-01T00:00:00Z", "ok": true},
            {"date": "2019-01-01T00:00:00Z", "ok": true},
        ]});
        let entries = entries(client::list(&read, "statuses"));
        assert_eq!(in_words(&entries), "2019-01-01: all well; 2020-01-01: not well; 2021-01-01: all well.");
        let scale = Scale::of(&entries, entries[2].at_ms + 365 * DAY_MS);
        let at: Vec<_> = entries.iter().map(|entry| scale.x(entry.at_ms).round()).collect();
        assert_eq!((at, scale.x(scale.to_ms)), (vec![3.0, 34.0, 66.0], 97.0));
        let ticks: Vec<_> = scale.ticks().into_iter().map(|(_, name)| name).collect();
        assert_eq!(ticks, ["Jan 2019", "Jul 2020", "Jan 2022"]);
    }

    #[test]
    fn one_entry_or_one_to_come_is_drawn_too() {
        let entry = Entry { at_ms: 10 * DAY_MS, ok: true };
        for now_ms in [0, 10 * DAY_MS, 11 * DAY_MS] {
            let scale = Scale::of(&[entry], now_ms);
            assert!((MARGIN..=100.0 - MARGIN).contains(&scale.x(entry.at_ms)), "{now_ms}");
            assert!(!scale.ticks().is_empty());
        }
    }
}

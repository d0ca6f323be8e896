//! The status timeline as an SVG image.
//!
//! Horizontal positions are percentages and heights are pixels, so that the image fits a phone and its text keeps its size.

use bindings::kyc_types::KycStatus;
use maud::{Markup, html};

use crate::time::{day_of, month_of};

/// An entry of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
struct TimelineEntry {
    at_ms: i64,
    ok: bool,
}

/// The line's distance from the top, in pixels.
const LINE_Y: u32 = 44;
/// The image's height, in pixels.
const HEIGHT: u32 = 96;
/// The free width on each side, in percent.
const MARGIN: f64 = 3.0;
/// A shorter timeline labels its ticks with days, a longer one with months.
const DAYS_MS: i64 = 90 * 24 * 60 * 60 * 1000;
const TICKS: i64 = 3;

/// The smallest distance between two marks, in percent. On a narrow phone it is the width of a mark.
const MARK_DISTANCE: f64 = 5.0;

/// The statuses in the order of time: the reverse of the API's order.
fn entries(statuses: &[KycStatus]) -> Vec<TimelineEntry> {
    statuses.iter().rev().map(|status| TimelineEntry { at_ms: status.date.milliseconds, ok: status.ok }).collect()
}

/// Entries that are too close together for marks of their own. They have one mark, at the place of the first.
#[derive(Clone, Debug, PartialEq)]
struct Group {
    first_ms: i64,
    last: TimelineEntry,
    count: usize,
}

fn groups(entries: &[TimelineEntry], scale: &Scale) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in entries {
        match groups.last_mut() {
            Some(group) if scale.x(entry.at_ms) - scale.x(group.first_ms) < MARK_DISTANCE => {
                group.last = *entry;
                group.count += 1;
            }
            _ => groups.push(Group { first_ms: entry.at_ms, last: *entry, count: 1 }),
        }
    }
    groups
}

/// The time from the first entry to now, or to the last entry if that is later.
struct Scale {
    from_ms: i64,
    to_ms: i64,
}

impl Scale {
    fn of(entries: &[TimelineEntry], now_ms: i64) -> Self {
        let from_ms = entries.first().map_or(now_ms, |entry| entry.at_ms);
        let last_ms = entries.last().map_or(now_ms, |entry| entry.at_ms);
        Self { from_ms: from_ms.min(now_ms), to_ms: last_ms.max(now_ms) }
    }

    /// The horizontal position of a time, in percent.
    #[expect(clippy::cast_precision_loss, reason = "a rounded position is exact enough for an image")]
    fn x(&self, at_ms: i64) -> f64 {
        let span = self.to_ms.saturating_sub(self.from_ms).max(1) as f64;
        let share = at_ms.saturating_sub(self.from_ms) as f64 / span;
        MARGIN + share.clamp(0.0, 1.0) * (100.0 - 2.0 * MARGIN)
    }

    fn percent(&self, at_ms: i64) -> String {
        format!("{:.2}%", self.x(at_ms))
    }

    /// The ticks below the line: times and labels.
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

/// The image. `statuses` have the order of the API and are not empty.
pub(super) fn picture(statuses: &[KycStatus], now_ms: i64) -> Markup {
    let entries = &entries(statuses);
    let scale = Scale::of(entries, now_ms);
    let groups = &groups(entries, &scale);
    let ends = groups.iter().skip(1).map(|group| group.first_ms).chain([scale.to_ms]);
    html! {
        svg.timeline role="img" aria-labelledby="timeline-title timeline-words" width="100%" height=(HEIGHT) {
            title #timeline-title { "Status over time" }
            desc #timeline-words { (in_words(groups)) }
            @for (group, end_ms) in groups.iter().zip(ends) {
                line class=(class("span", group.last.ok)) x1=(scale.percent(group.first_ms)) x2=(scale.percent(end_ms)) y1=(LINE_Y) y2=(LINE_Y) {}
            }
            @for group in groups {
                g {
                    title { (sentence(group)) }
                    (mark(group, &scale.percent(group.first_ms)))
                }
            }
            (ticks(&scale))
        }
        p.legend aria-hidden="true" {
            span.key.good { "Verified" } span.key.bad { "Not verified" }
            @if groups.iter().any(|group| group.count > 1) { span { "A number counts the entries of a mark" } }
        }
    }
}

fn ticks(scale: &Scale) -> Markup {
    let ticks = scale.ticks();
    html! {
        @for (index, (at_ms, name)) in ticks.iter().enumerate() {
            @let anchor = if index == 0 { "start" } else if index + 1 == ticks.len() { "end" } else { "middle" };
            @let x = match anchor { "start" => "0.5%".to_owned(), "end" => "99.5%".to_owned(), _ => scale.percent(*at_ms) };
            line.tick x1=(scale.percent(*at_ms)) x2=(scale.percent(*at_ms)) y1=(LINE_Y + 16) y2=(LINE_Y + 22) {}
            text x=(x) y=(LINE_Y + 40) text-anchor=(anchor) { (name) }
        }
    }
}

/// A disc for a verified customer and a diamond for one who is not verified, to differ by more than colour. The number of
/// entries stands above it, if there are several.
fn mark(group: &Group, x: &str) -> Markup {
    html! {
        @if group.last.ok {
            circle class=(class("point", true)) cx=(x) cy=(LINE_Y) r="8" {}
        } @else {
            svg x=(x) y=(LINE_Y) overflow="visible" { rect class=(class("point", false)) x="-7" y="-7" width="14" height="14" transform="rotate(45)" {} }
        }
        @if group.count > 1 { text.count x=(x) y=(LINE_Y - 16) text-anchor="middle" { (group.count) } }
    }
}

fn class(part: &str, ok: bool) -> String {
    format!("{part} {}", if ok { "good" } else { "bad" })
}

fn sentence(group: &Group) -> String {
    let Group { first_ms, last, count } = group;
    let status = if last.ok { "verified" } else { "not verified" };
    match count {
        1 => format!("{}: {status}", day_of(last.at_ms)),
        _ => format!("{} to {}: {count} entries, the last says {status}", day_of(*first_ms), day_of(last.at_ms)),
    }
}

fn in_words(groups: &[Group]) -> String {
    let sentences: Vec<_> = groups.iter().map(sentence).collect();
    format!("{}.", sentences.join("; "))
}

#[cfg(test)]
mod tests {
    use bindings::samples;
    use bindings::timestamp::Timestamp;

    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    /// Entries in the order of time, these days apart, with alternating verdicts.
    fn every(days: impl Iterator<Item = i64>) -> Vec<TimelineEntry> {
        let ok = [true, false].into_iter().cycle();
        let mut at_ms = 0;
        days.zip(ok)
            .map(|(days, ok)| {
                at_ms += days * DAY_MS;
                TimelineEntry { at_ms, ok }
            })
            .collect()
    }

    #[test]
    fn entries_are_in_the_order_of_time_and_within_the_image() {
        let status = |date, ok| KycStatus {
            date: Timestamp::parse(date).unwrap(),
            ok,
            ..samples::kyc_status("c-1", samples::kyc_status_draft())
        };
        let entries = entries(&[
            status("2021-01-01T00:00:00Z", true),
            status("2020-01-01T00:00:00Z", false),
            status("2019-01-01T00:00:00Z", true),
        ]);
        let scale = Scale::of(&entries, entries[2].at_ms + 365 * DAY_MS);
        let words = "2019-01-01: verified; 2020-01-01: not verified; 2021-01-01: verified.";
        assert_eq!(in_words(&groups(&entries, &scale)), words);
        let at: Vec<_> = entries.iter().map(|entry| scale.x(entry.at_ms).round()).collect();
        assert_eq!((at, scale.x(scale.to_ms)), (vec![3.0, 34.0, 66.0], 97.0));
        let ticks: Vec<_> = scale.ticks().into_iter().map(|(_, name)| name).collect();
        assert_eq!(ticks, ["Jan 2019", "Jul 2020", "Jan 2022"]);
    }

    #[test]
    fn marks_do_not_overlap_and_count_all_entries() {
        let uneven = (0..300).map(|number| 1 + (number * number) % 17);
        for (entries, marks) in [
            (every([100, 100, 100].into_iter()), 3),
            (every([1, 300, 300].into_iter()), 3),
            (every(std::iter::repeat_n(1, 300)), 19),
            (every(std::iter::repeat_n(0, 300)), 1),
            (every(uneven), 18),
        ] {
            let last = *entries.last().unwrap();
            let scale = Scale::of(&entries, last.at_ms);
            let groups = groups(&entries, &scale);
            let gaps = groups.windows(2).map(|pair| scale.x(pair[1].first_ms) - scale.x(pair[0].first_ms));
            assert_eq!(gaps.filter(|gap| *gap < MARK_DISTANCE).count(), 0);
            assert_eq!(groups.iter().map(|group| group.count).sum::<usize>(), entries.len());
            assert_eq!((groups.len(), groups.last().unwrap().last), (marks, last));
        }
    }

    #[test]
    fn one_entry_or_a_future_entry_is_drawn() {
        let entry = TimelineEntry { at_ms: 10 * DAY_MS, ok: true };
        for now_ms in [0, 10 * DAY_MS, 11 * DAY_MS] {
            let scale = Scale::of(&[entry], now_ms);
            assert!((MARGIN..=100.0 - MARGIN).contains(&scale.x(entry.at_ms)), "{now_ms}");
            assert!(!scale.ticks().is_empty());
        }
    }
}

//! The statuses of a KYC file: draft, form, timeline and table.

use bindings::kyc_types::{KycStatus, KycStatusDraft};
use maud::{Markup, html};

use super::add_form::KycFile;
use super::timeline;
use crate::draft::{DraftBody, FormDates};
use crate::inputs::InputField;
use crate::parts::{self, saved_mark};
use crate::time::day_in_words;
use crate::visit::Visit;

pub(super) fn draft(visit: &Visit<'_>) -> DraftBody<KycStatusDraft> {
    let form = &visit.form;
    let mut dates = FormDates::default();
    let draft = KycStatusDraft {
        customer_number: form.owned("customer_number"),
        ok: form.text("ok") == "true",
        date: dates.read(form, "date"),
    };
    dates.body(draft)
}

/// The text that finds the sent entry in the timeline, which has no ids: its date, as the API writes it.
pub(super) fn key(visit: &Visit<'_>) -> String {
    FormDates::default().read(&visit.form, "date").format()
}

pub(super) fn form(file: &KycFile<'_>) -> Markup {
    let form = file.add_form("status", "Add a status");
    let choices = [("true", "Verified"), ("false", "Not verified")];
    let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned()));
    form.markup(&html! {
        div.pair { (form.field(InputField::select("ok", "Status", &choices, ""))) (form.date("Since, UTC")) }
    })
}

/// The status of today in one sentence. `statuses` have the order of the API: newest first.
pub(super) fn in_words(statuses: &[KycStatus], now_ms: i64) -> Markup {
    let Some(newest) = statuses.first() else { return html! {} };
    // The status began with the oldest entry that has no different one after it.
    let same = statuses.iter().take_while(|status| status.ok == newest.ok);
    let since_ms = same.last().unwrap_or(newest).date.milliseconds;
    let word = if since_ms > now_ms { "from" } else { "since" };
    let sentence = |status: &str| format!("{status} {word} {}", day_in_words(since_ms));
    html! { p.now { (parts::state(newest.ok, &sentence("Verified"), &sentence("Not verified"))) } }
}

/// The timeline and the same statuses as a table, newest first as in the API.
pub(super) fn list(visit: &Visit<'_>, statuses: &[KycStatus], now_ms: i64) -> Markup {
    if statuses.is_empty() {
        return html! { p.empty { "No status recorded yet." } };
    }
    // The entry that was written last is the first of its date.
    let saved = statuses.iter().position(|status| visit.has_saved("status", &status.date.format()));
    let row = |(index, status): (usize, &KycStatus)| {
        vec![
            html! { (saved_mark(saved == Some(index))) (parts::date(status.date)) },
            parts::state(status.ok, "Verified", "Not verified"),
            parts::exact(&status.customer_number),
        ]
    };
    let rows: Vec<_> = statuses.iter().enumerate().map(row).collect();
    html! {
        (timeline::picture(statuses, now_ms))
        (parts::table("Status over time, as a table", &["Since", "Status", "Customer number"], &rows))
    }
}

#[cfg(test)]
mod tests {
    use bindings::samples;
    use bindings::timestamp::Timestamp;

    use super::*;

    #[test]
    fn the_status_of_today_is_said_in_words_with_the_day_since_which_it_holds() {
        let day = |text: &str| Timestamp::parse(&format!("{text}T00:00:00Z")).unwrap();
        let now_ms = day("2026-11-28").milliseconds;
        for (statuses, words) in [
            (&[][..], None),
            (&[("2026-11-27", false)], Some("Not verified since 27 Nov 2026")),
            (&[("2026-11-27", false), ("2025-01-01", true)], Some("Not verified since 27 Nov 2026")),
            (&[("2026-11-27", true), ("2025-01-02", true), ("2024-03-09", false)], Some("Verified since 2 Jan 2025")),
            (&[("2027-01-01", true), ("2024-03-09", false)], Some("Verified from 1 Jan 2027")),
        ] {
            let status = |(date, ok): &(&str, bool)| KycStatus {
                date: day(date),
                ok: *ok,
                ..samples::kyc_status("c-1", samples::kyc_status_draft())
            };
            let shown = in_words(&statuses.iter().map(status).collect::<Vec<_>>(), now_ms).into_string();
            assert_eq!(shown.split(['<', '>']).find(|part| part.contains("erified")), words, "{shown}");
        }
    }
}

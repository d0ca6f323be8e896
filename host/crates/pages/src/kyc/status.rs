//! The statuses of a KYC file: draft, form, timeline and table.

use bindings::kyc_types::{KycStatus, KycStatusDraft};
use maud::{Markup, html};

use super::add_form::KycFile;
use super::timeline;
use crate::draft::{DraftBody, FormDates};
use crate::parts;
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

pub(super) fn form(file: &KycFile<'_>) -> Markup {
    let form = file.add_form("status", "Add a status");
    let choices = [("true", "Verified"), ("false", "Not verified")];
    let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned()));
    form.markup(&html! {
        div.pair { (form.select("ok", "Status", &choices)) (form.date("Since, UTC")) }
    })
}

/// The timeline and the same statuses as a table, newest first as in the API.
pub(super) fn list(statuses: &[KycStatus], now_ms: i64) -> Markup {
    if statuses.is_empty() {
        return html! { p.empty { "No status recorded yet." } };
    }
    let row = |status: &KycStatus| {
        vec![
            parts::date(status.date),
            parts::state(status.ok, "Verified", "Not verified"),
            parts::exact(&status.customer_number),
        ]
    };
    let rows: Vec<_> = statuses.iter().map(row).collect();
    html! {
        (timeline::picture(statuses, now_ms))
        (parts::table("Status over time, as a table", &["Since", "Status", "Customer number"], &rows))
    }
}

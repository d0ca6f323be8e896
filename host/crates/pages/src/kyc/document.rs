//! The documents of a KYC file: draft, form and table.

use bindings::kyc_types::{KycDocument, KycDocumentDraft};
use maud::{Markup, html};

use super::add_form::KycFile;
use crate::draft::{DraftBody, FormDates};
use crate::inputs::InputField;
use crate::parts::{self, ListResult, cell, date, exact, saved_mark};
use crate::visit::Visit;

pub(super) fn draft(visit: &Visit<'_>) -> DraftBody<KycDocumentDraft> {
    let form = &visit.form;
    let mut dates = FormDates::default();
    let draft = KycDocumentDraft {
        customer_number: form.owned("customer_number"),
        type_: form.owned("type"),
        number: form.owned("number"),
        issue_date: dates.read(form, "issue_date"),
        issue_place: form.owned("issue_place"),
        expiry_date: dates.read_optional(form, "expiry_date"),
    };
    dates.body(draft)
}

pub(super) fn form(file: &KycFile<'_>) -> Markup {
    let form = file.add_form("document", "Add a document");
    form.markup(&html! {
        div.pair {
            (form.id())
            (form.field(InputField::text("type", "Type", "").with_hint("For example passport")))
        }
        div.pair {
            (form.field(InputField::text("number", "Number", "")))
            (form.field(InputField::text("issue_place", "Place of issue", "").optional()))
        }
        div.pair {
            (form.field(InputField::date("issue_date", "Issued on")))
            (form.field(InputField::date("expiry_date", "Expires on").optional()))
        }
    })
}

pub(super) fn table(visit: &Visit<'_>, documents: &ListResult<KycDocument>, now_ms: i64) -> Markup {
    let heads = ["Type", "Number", "Issued", "Expires", "Id"];
    parts::record_table(documents, "None yet.", "Documents", &heads, |document| {
        let expired = document.expiry_date.is_some_and(|date| date.milliseconds < now_ms);
        let expiry = document.expiry_date.map_or_else(|| html! { span.muted { "never" } }, date);
        let mark = saved_mark(visit.has_saved("document", &document.id));
        vec![
            html! { (mark) (cell(&document.type_)) },
            exact(&document.number),
            html! { (date(document.issue_date)) " " span.muted { (document.issue_place) } },
            html! { (expiry) @if expired { " " span.state.bad { "Expired" } } },
            exact(&document.id),
        ]
    })
}

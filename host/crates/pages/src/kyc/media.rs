//! The images and scans of a KYC file: draft, form and table.

use bindings::kyc_types::{KycMedia, KycMediaDraft};
use maud::{Markup, html};

use super::add_form::KycFile;
use crate::draft::{DraftBody, FormDates};
use crate::inputs::InputField;
use crate::parts::{self, ListResult, cell, date, exact, saved_mark};
use crate::visit::Visit;

pub(super) fn draft(visit: &Visit<'_>) -> DraftBody<KycMediaDraft> {
    let form = &visit.form;
    let mut dates = FormDates::default();
    let draft = KycMediaDraft {
        customer_number: form.owned("customer_number"),
        type_: form.owned("type"),
        url: form.owned("url"),
        date: dates.read(form, "date"),
        relates_to_kyc_document_id: form.owned("relates_to_kyc_document_id"),
        relates_to_kyc_check_id: form.owned("relates_to_kyc_check_id"),
    };
    dates.body(draft)
}

pub(super) fn form(file: &KycFile<'_>) -> Markup {
    let form = file.add_form("media", "Add an image or scan");
    let url = InputField::text("url", "URL", "").of_kind("url");
    form.markup(&html! {
        div.pair {
            (form.id())
            (form.field(InputField::text("type", "Type", "").with_hint("For example image")))
        }
        div.pair {
            (form.field(url.with_hint("The server stores the URL and never opens it.")))
            (form.date("Date, UTC"))
        }
        div.pair {
            (form.field(InputField::text("relates_to_kyc_document_id", "Document's id", "").optional()))
            (form.field(InputField::text("relates_to_kyc_check_id", "Check's id", "").optional()))
        }
    })
}

pub(super) fn table(visit: &Visit<'_>, medias: &ListResult<KycMedia>) -> Markup {
    let heads = ["Date", "Type", "URL", "Relates to", "Id"];
    parts::record_table(medias, "None yet.", "Images and scans", &heads, |media| {
        let url = &media.url;
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let related = [("document", &media.relates_to_kyc_document_id), ("check", &media.relates_to_kyc_check_id)];
        let mark = saved_mark(visit.has_saved("media", &media.id));
        vec![
            html! { (mark) (date(media.date)) },
            cell(&media.type_),
            html! { @if is_web { a.url href=(url) rel="noopener noreferrer" { (url) } } @else { code { (url) } } },
            html! {
                @for (kind, id) in related {
                    @if !id.is_empty() { span.relation { (kind) " " code { (id) } } " " }
                }
            },
            exact(&media.id),
        ]
    })
}

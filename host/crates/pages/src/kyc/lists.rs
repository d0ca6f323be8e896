//! What is in a KYC file, as tables.

use maud::{Markup, html};
use serde_json::Value;

use crate::client::{self, Refused};
use crate::parts::{self, cell, date, exact};
use crate::time::milliseconds;

type Read = Result<Value, Refused>;

pub(super) fn documents(read: &Read, now_ms: i64) -> Markup {
    records(read, "documents", &["Type", "Number", "Issued", "Expires", "Id"], |document| {
        let text = |key| client::text(document, key);
        let expired = milliseconds(text("expiry_date")).is_some_and(|expiry| expiry < now_ms);
        vec![
            cell(text("type")),
            exact(text("number")),
            html! { (date(text("issue_date"))) " " span.muted { (text("issue_place")) } },
            html! { (date(text("expiry_date"))) @if expired { " " span.state.bad { "Expired" } } },
            exact(text("id")),
        ]
    })
}

pub(super) fn checks(read: &Read) -> Markup {
    records(read, "checks", &["Date", "How", "Result", "By", "Comments", "Id"], |check| {
        let text = |key| client::text(check, key);
        let satisfied = check.get("satisfied").and_then(Value::as_bool).unwrap_or_default();
        vec![
            date(text("date")),
            cell(text("how")),
            html! { @if satisfied { span.state.good { "Satisfied" } } @else { span.state.bad { "Not satisfied" } } },
            cell(text("staff_name")),
            cell(text("comments")),
            exact(text("id")),
        ]
    })
}

pub(super) fn media(read: &Read) -> Markup {
    records(read, "medias", &["Date", "Type", "URL", "Relates to", "Id"], |medium| {
        let text = |key| client::text(medium, key);
        let url = text("url");
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        vec![
            date(text("date")),
            cell(text("type")),
            html! { @if is_web { a.url href=(url) rel="noopener noreferrer" { (url) } } @else { code { (url) } } },
            html! {
                @for (kind, id) in [("document", text("relates_to_kyc_document_id")), ("check", text("relates_to_kyc_check_id"))] {
                    @if !id.is_empty() { span.relation { (kind) " " code { (id) } } " " }
                }
            },
            exact(text("id")),
        ]
    })
}

fn records(read: &Read, key: &str, heads: &[&str], row: impl Fn(&Value) -> Vec<Markup>) -> Markup {
    let rows: Vec<_> = read.as_ref().map(|read| client::list(read, key).iter().map(row).collect()).unwrap_or_default();
    let label = if key == "medias" { "Media" } else { key };
    html! {
        @match read {
            Err(refused) => (parts::refusal(refused)),
            Ok(_) if rows.is_empty() => p.empty { "None yet." },
            Ok(_) => (parts::table(label, heads, &rows)),
        }
    }
}

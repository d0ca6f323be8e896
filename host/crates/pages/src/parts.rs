//! The elements of pages.

use bindings::timestamp::Timestamp;
use hyper::StatusCode;
use maud::{Markup, PreEscaped, html};

use crate::form::encoded;
use crate::refusal::{PageRefusal, split_code};
use crate::time::readable;

/// Rows of a table. More would not help a reader, and would make a page of many megabytes.
const ROWS_MAX: usize = 500;

/// A list as the API answers it.
pub(crate) type ListResult<T> = Result<Vec<T>, PageRefusal>;

/// A refusal with a link to the explanation of its code.
pub(crate) fn refusal(refusal: &PageRefusal) -> Markup {
    let (code, text) = refusal.parts();
    html! {
        div.notice.bad role="alert" {
            p {
                @if let Some(code) = code { strong { (code) ":" } " " }
                (text)
            }
            @if let Some(code) = code {
                p.more { a href={ "/explain/" (code) } { "What " (code) " means, and what to do" } }
            }
        }
    }
}

/// A message of success. It gets the focus, so that screen readers announce it.
pub(crate) fn done(text: &str) -> Markup {
    html! { div.notice.good role="status" tabindex="-1" autofocus { p { (text) } } }
}

/// A message of success, with a link to the row that has the [mark](saved_mark).
pub(crate) fn saved(text: &str) -> Markup {
    html! { div.notice.good role="status" tabindex="-1" autofocus { p { span { (text) } " " a href="#saved" { "Show it" } } } }
}

/// The mark of the row that a form has just saved, for the row's first cell.
pub(crate) fn saved_mark(is_saved: bool) -> Markup {
    html! { @if is_saved { strong.saved #saved { "Saved" } " " } }
}

/// A neutral message.
pub(crate) fn notice(text: &Markup) -> Markup {
    html! { div.notice { (text) } }
}

/// JSON, or another text with lines.
pub(crate) fn code(label: &str, text: &str) -> Markup {
    html! { pre.code tabindex="0" role="region" aria-label=(label) { code { (text) } } }
}

/// A text with a button that copies it. The script adds the button.
pub(crate) fn copyable(label: &str, text: &str) -> Markup {
    html! { div.copyable data-copy { (code(label, text)) } }
}

/// An HTTP method as a badge.
pub(crate) fn method_badge(method: &str) -> Markup {
    html! { span class={ "verb " (method.to_ascii_lowercase()) } { (method) } }
}

/// A good or bad state, such as `Enabled`.
pub(crate) fn state(good: bool, if_good: &str, if_bad: &str) -> Markup {
    html! { @if good { span.state.good { (if_good) } } @else { span.state.bad { (if_bad) } } }
}

/// The records that a table shows, and one more if there are more.
pub(crate) fn first_rows<T>(mut records: Vec<T>) -> Vec<T> {
    records.truncate(ROWS_MAX + 1);
    records.shrink_to_fit();
    records
}

/// A table, which scrolls by itself if it is too wide. It says if it does not show all rows.
pub(crate) fn table(label: &str, heads: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows.iter().take(ROWS_MAX) { tr { @for (index, cell) in row.iter().enumerate() {
                    td data-head=[heads.get(index)] { div { (cell) } }
                } } } }
            }
        }
        @if rows.len() > ROWS_MAX {
            p.note { "Only the first " (ROWS_MAX) " are shown. The API lists all." }
        }
    }
}

/// A table of records. It shows `empty` instead if there are none, or the refusal of the API.
pub(crate) fn record_table<T>(
    records: &ListResult<T>,
    empty: &str,
    label: &str,
    heads: &[&str],
    row: impl Fn(&T) -> Vec<Markup>,
) -> Markup {
    match records {
        Err(refused) => refusal(refused),
        Ok(records) if records.is_empty() => html! { p.empty { (empty) } },
        Ok(records) => table(label, heads, &records.iter().take(ROWS_MAX + 1).map(row).collect::<Vec<_>>()),
    }
}

/// A cell with a text.
pub(crate) fn cell(text: &str) -> Markup {
    html! { (text) }
}

/// A cell with a date.
pub(crate) fn date(date: Timestamp) -> Markup {
    html! { span.date { (readable(date)) } }
}

/// A cell with an id, or another text of which each character counts.
pub(crate) fn exact(text: &str) -> Markup {
    html! { code { (text) } }
}

/// The bank of a role; an empty id stands for all banks.
pub(crate) fn role_bank(bank_id: &str) -> Markup {
    html! { @if bank_id.is_empty() { span.muted { "everywhere" } } @else { code { (bank_id) } } }
}

/// A message of the API, linked to its explanation.
pub(crate) fn explained(message: &str) -> Markup {
    let (code, text) = split_code(message);
    html! {
        @match code {
            Some(code) => { a href={ "/explain/" (code) } { (code) } ": " (text) }
            None => a href={ "/explain/" (encoded(message)) } { (message) },
        }
    }
}

/// A status with its reason, such as `404 Not Found`.
pub(crate) fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    format!("{status} {}", reason.unwrap_or_default()).trim_end().to_owned()
}

/// XHTML that is known to be well-formed and to have no attributes.
pub(crate) fn trusted(xhtml: String) -> Markup {
    PreEscaped(xhtml)
}

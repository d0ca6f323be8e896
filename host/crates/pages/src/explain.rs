//! The errors of the API: the meaning of each, when it occurs and what to do.

use api::error_help::{self, Explanation};
use hyper::StatusCode;
use maud::{Markup, html};

use crate::layout::page;
use crate::parts::{self, status_line};
use crate::response::PageResponse;
use crate::visit::Visit;

const PATH: &str = "/explain/";

/// `GET /explain`: all errors.
pub(crate) async fn all(visit: &Visit<'_>) -> PageResponse {
    let body = html! {
        h1 { "Errors explained" }
        p.lead { "Every error the API can return." }
        ul.errors {
            @for explanation in error_help::all() {
                li { (parts::explained(&explanation.text)) }
            }
        }
    };
    page(visit, "Errors explained", &body)
}

/// `GET /explain/CODE`.
pub(crate) async fn one(visit: &Visit<'_>) -> PageResponse {
    // The path is shortened, so that the search for similar codes is.
    let code = visit.path.strip_prefix(PATH).unwrap_or_default();
    let code = percent_encoding::percent_decode_str(code).decode_utf8_lossy();
    match error_help::find(&code) {
        Some(explanation) => page(visit, title(&explanation), &explained(&explanation)),
        None => page(visit, "Unknown error code", &unknown(&code)).with_status(StatusCode::NOT_FOUND),
    }
}

fn title(explanation: &Explanation) -> &'static str {
    if explanation.code.is_empty() { "An error without a code" } else { explanation.code }
}

fn explained(explanation: &Explanation) -> Markup {
    let statuses: Vec<_> = explanation.statuses.iter().map(|status| status_line(*status)).collect();
    html! {
        p.eyebrow { a href="/explain" { "Errors explained" } }
        h1 { (title(explanation)) }
        (parts::code("The message", &explanation.text))
        dl.explained {
            dt { "What it means" } dd { (explanation.meaning) }
            dt { "When it occurs" } dd { (explanation.when) }
            dt { "What to do" } dd { (explanation.what_to_do) }
            dt { "HTTP status" } dd { (statuses.join(", ")) }
        }
        p { a href="/" { "Back to the Explorer" } }
    }
}

fn unknown(code: &str) -> Markup {
    let near = error_help::near(code);
    html! {
        h1 { "Unknown error code" }
        p.lead { "The API has no error " code { (code) } "." @if !near.is_empty() { " Similar errors are:" } }
        ul.errors { @for explanation in near { li { (parts::explained(&explanation.text)) } } }
        p { a href="/explain" { "All errors" } }
    }
}

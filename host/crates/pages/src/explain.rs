//! What an error means, when it occurs and what to do.

use hyper::StatusCode;
use maud::{Markup, html};

use super::layout::{Answer, page};
use super::parts;
use super::visit::Visit;
use api::error_help::{self, Explanation};

/// `GET /explain`: every error there is.
pub(super) async fn all(visit: &Visit<'_>) -> Answer {
    let body = html! {
        h1 { "Errors explained" }
        p.lead { "What an answer of the API says when it is not as wished for." }
        ul.errors {
            @for explanation in error_help::all() {
                li { (line(&explanation)) }
            }
        }
    };
    page(visit, "Errors explained", &body)
}

/// `GET /explain/CODE`.
pub(super) async fn one(visit: &Visit<'_>) -> Answer {
    let code = visit.path.strip_prefix("/explain/").unwrap_or_default();
    let code = percent_encoding::percent_decode_str(code).decode_utf8_lossy();
    match error_help::find(&code) {
        Some(explanation) => explained(visit, &explanation),
        None => unknown(visit, &code),
    }
}

fn explained(visit: &Visit<'_>, explanation: &Explanation) -> Answer {
    let statuses: Vec<_> = explanation.statuses.iter().map(|status| status_line(*status)).collect();
    let title = if explanation.code.is_empty() { "An error without a code" } else { explanation.code };
    let body = html! {
        p.eyebrow { a href="/explain" { "Errors explained" } }
        h1 { (title) }
        (parts::code("The message", &explanation.text))
        dl.explained {
            dt { "What it means" } dd { (explanation.meaning) }
            dt { "When it occurs" } dd { (explanation.when) }
            dt { "What to do" } dd { (explanation.what_to_do) }
            dt { "HTTP status" } dd { (statuses.join(", ")) }
        }
        p { a href="/" { "Back to the Explorer" } }
    };
    page(visit, title, &body)
}

fn unknown(visit: &Visit<'_>, code: &str) -> Answer {
    let body = html! {
        h1 { "No such code" }
        p.lead { "This server answers no error " code { (code) } ". These look most like it:" }
        ul.errors { @for explanation in error_help::near(code) { li { (line(&explanation)) } } }
        p { a href="/explain" { "Every error" } }
    };
    page(visit, "No such code", &body).with_status(StatusCode::NOT_FOUND)
}

/// An error in one line, linked to its page.
fn line(explanation: &Explanation) -> Markup {
    message(&explanation.text)
}

/// A message of the API, its code linked to what it means.
pub(super) fn message(text: &str) -> Markup {
    let (code, words) = super::client::split_code(text);
    html! {
        @match code {
            Some(code) => { a href={ "/explain/" (code) } { (code) } ": " (words) }
            None => a href={ "/explain/" (super::form::encoded(text)) } { (text) },
        }
    }
}

/// `404 Not Found`.
pub(super) fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    format!("{status} {}", reason.unwrap_or_default()).trim_end().to_owned()
}

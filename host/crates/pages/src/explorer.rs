//! The Explorer: all operations of the API with their documentation, and a form to try each.

mod operation;
mod selection;

use api::routes::Route;
use maud::{Markup, html};

use self::operation::operation;
use self::selection::{ExplorerSelection, anchor, first_tag};
use crate::layout::framed;
use crate::parts;
use crate::response::PageResponse;
use crate::roles::OwnRoles;
use crate::visit::Visit;

/// `GET /`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    let selection = ExplorerSelection::read(visit);
    let own = OwnRoles::read(visit).await;
    let shown = selection.shown();
    let headline = selection.headline(shown.len());
    let body = html! {
        main.explorer #content tabindex="-1" {
            div.intro {
                h1 { (headline) }
                @if visit.query.text("done") == "user" {
                    (parts::done("The user is created, and you are signed in."))
                }
                (selection.selectors(visit).await)
                (selection.tags())
            }
            (index(&shown, selection.words()))
            div.operations {
                @if shown.is_empty() { p.empty { "No operation matches." } }
                @for route in &shown { (operation(visit, &selection, &own, route)) }
            }
        }
    };
    framed(visit, &headline, &body)
}

fn index(shown: &[&Route], words: &str) -> Markup {
    let groups: Vec<_> = shown.chunk_by(|a, b| first_tag(a) == first_tag(b)).collect();
    html! {
        nav.index aria-label="Operations" {
            div.filter {
                label for="filter" { "Filter" }
                input type="search" id="filter" data-filter form="selectors" name="q" value=(words) placeholder="Search all operations" autocomplete="off";
            }
            div.groups { @for group in groups {
                div.group {
                    p.eyebrow { (group.first().map(|route| first_tag(route)).unwrap_or_default()) }
                    ul {
                        @for route in group {
                            li data-operation=(anchor(route)) {
                                a href={ "#" (anchor(route)) } {
                                    span.title { (route.doc.summary) } " " (parts::method_badge(route.method.as_str()))
                                }
                            }
                        }
                    }
                }
            } }
        }
    }
}

//! The Explorer: every operation of the API, as its documents describe it, and a way to try each.

mod operation;
mod selection;

use maud::{Markup, html};

use self::operation::operation;
use self::selection::Selection;
use super::layout::{Answer, framed};
use super::parts;
use super::roles::Standings;
use super::visit::Visit;
use api::routes::{ROUTES, Route};

/// `GET /`.
pub(super) async fn show(visit: &Visit<'_>) -> Answer {
    let selection = Selection::of(visit);
    let standings = Standings::of(visit).await;
    let shown: Vec<&Route> = sorted().into_iter().filter(|route| selection.shows(route)).collect();
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
                p.empty #nothing hidden[!shown.is_empty()] { "No operation is like that." }
                @for route in &shown { (operation(visit, &selection, &standings, route)) }
            }
        }
    };
    framed(visit, &headline, &body)
}

/// As the seed page has them: by the first tag, then by title.
fn sorted() -> Vec<&'static Route> {
    let mut routes: Vec<_> = ROUTES.iter().collect();
    routes.sort_by_key(|route| (first_tag(route), route.doc.summary));
    routes
}

fn first_tag(route: &Route) -> &'static str {
    route.doc.tags.first().copied().unwrap_or("Other")
}

/// The anchor of an operation, such as `OBPv2_0_0-addKycCheck`.
fn anchor(route: &Route) -> String {
    route.doc.operation_id(route.operation).replace('.', "_")
}

fn index(shown: &[&Route], words: &str) -> Markup {
    let groups: Vec<_> = shown.chunk_by(|a, b| first_tag(a) == first_tag(b)).collect();
    html! {
        nav.index aria-label="Operations" {
            div.filter {
                label for="filter" { "Filter" }
                input type="search" id="filter" data-filter form="selectors" name="q" value=(words) placeholder="Filter operations" autocomplete="off";
            }
            @for group in groups {
                div.group {
                    p.eyebrow { (group.first().map(|route| first_tag(route)).unwrap_or_default()) }
                    ul {
                        @for route in group {
                            li data-operation=(anchor(route)) {
                                a href={ "#" (anchor(route)) } {
                                    span.title { (route.doc.summary) } " " (parts::verb(route.method.as_str()))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

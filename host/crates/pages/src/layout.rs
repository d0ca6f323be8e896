//! The common frame of all pages.

use hyper::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::assets::{ICON, SCRIPT, STYLE};
use crate::inputs;
use crate::parts;
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::user::SignedInUser;
use crate::visit::Visit;

/// A page of ordinary width.
pub(crate) fn page(visit: &Visit<'_>, title: &str, body: &Markup) -> PageResponse {
    framed(visit, title, &html! { main.page #content tabindex="-1" { (body) } })
}

/// A page whose `main` element the caller brings.
pub(crate) fn framed(visit: &Visit<'_>, title: &str, main: &Markup) -> PageResponse {
    PageResponse::html(html! {
        (DOCTYPE)
        html lang="en" {
            (head(title))
            body {
                a.skip href="#content" { "Skip to content" }
                header.top {
                    a.brand href="/" { span.mark aria-hidden="true" {} span { "API Explorer" } }
                    (navigation(visit))
                    (account(visit))
                }
                (main)
                (footer(visit))
            }
        }
    })
}

/// A page that shows a refusal, for a request without a page of its own to show it on.
pub(crate) fn refused(visit: &Visit<'_>, refusal: &PageRefusal) -> PageResponse {
    let title = match refusal.status {
        StatusCode::NOT_FOUND => "Page not found",
        StatusCode::FORBIDDEN => "Request refused",
        _ => "Request failed",
    };
    let body = html! {
        h1 { (title) }
        (parts::refusal(refusal))
        p { a href="/" { "Back to the Explorer" } }
    };
    page(visit, title, &body).with_status(refusal.status)
}

/// A page that asks the user to sign in.
pub(crate) fn sign_in_first(visit: &Visit<'_>, title: &str, reason: &str) -> PageResponse {
    let body = html! {
        h1 { (title) }
        p.lead { (reason) }
        p { a.button href=(visit.sign_in_link()) { "Sign in" } " " a href=(visit.sign_up_link()) { "or sign up" } }
    };
    page(visit, title, &body)
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            // A browser that sends no referrer hides the `Origin` of a form too. Other hosts still get no referrer.
            meta name="referrer" content="same-origin";
            title { (title) " · API Explorer" }
            link rel="icon" type="image/svg+xml" href=(ICON.url());
            link rel="stylesheet" href=(STYLE.url());
            script src=(SCRIPT.url()) defer {}
        }
    }
}

fn navigation(visit: &Visit<'_>) -> Markup {
    let administers = visit.user.as_ref().is_some_and(SignedInUser::may_administer);
    let pages = [
        ("/", "Explorer", true),
        ("/kyc", "KYC file", true),
        ("/meetings", "Meetings", true),
        ("/applications", "Applications", true),
        ("/roles", "Roles", true),
        ("/administration", "Administration", administers),
    ];
    let is_here = |path: &str| visit.path == path || (path != "/" && visit.path.starts_with(&format!("{path}/")));
    html! {
        nav.main aria-label="Pages" {
            @for (path, name, _) in pages.iter().filter(|(_, _, shown)| *shown) {
                a href=(path) aria-current=[is_here(path).then_some("page")] { (name) }
            }
        }
    }
}

/// The signed-in user with a way to sign out, or the ways to sign in.
fn account(visit: &Visit<'_>) -> Markup {
    html! {
        div.who {
            @if let Some(user) = &visit.user {
                a.name href="/password" title="Change password" { span.unseen { "Signed in as " } (user.username) }
                (inputs::form(visit, "/sign-out", &html! { button.quiet type="submit" { "Sign out" } }))
            } @else {
                a href=(visit.sign_in_link()) { "Sign in" }
                a.button.small href=(visit.sign_up_link()) { "Sign up" }
            }
        }
    }
}

fn footer(visit: &Visit<'_>) -> Markup {
    let organisation = &visit.settings.organisation;
    let owner = if organisation.is_empty() { "Open Bank Project" } else { organisation };
    html! {
        footer.bottom {
            p { (owner) " · OBP v3.1.0" }
            p {
                a href="/obp/v3.1.0/resource-docs/v3.1.0/obp" { "Resource docs" } " · "
                a href="/obp/v3.1.0/resource-docs/v3.1.0/swagger" { "Swagger" } " · "
                a href="/openapi.json" { "OpenAPI" } " · "
                a href="/explain" { "Errors explained" }
            }
        }
    }
}

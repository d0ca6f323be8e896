//! One operation: description, example, roles, errors, and a form to try it.

use api::field_tables::{self, FieldRow};
use api::routes::{Body, Login, Route};
use guest::roles::Scope;
use maud::{Markup, html};

use super::selection::{ExplorerSelection, anchor};
use crate::curl::curl;
use crate::inputs::form_token;
use crate::parts;
use crate::roles::{OwnRoles, role_line};
use crate::visit::Visit;

/// The header of a login, which has no body.
const LOGIN: &str = "username=\"…\", password=\"…\", consumer_key=\"…\"";

pub(super) fn operation(visit: &Visit<'_>, selection: &ExplorerSelection, own: &OwnRoles<'_>, route: &Route) -> Markup {
    let (doc, anchor) = (route.doc, anchor(route));
    let heading = format!("{anchor}-heading");
    html! {
        article.operation id=(anchor) aria-labelledby=(heading) {
            header {
                h2 id=(heading) { a href={ "#" (anchor) } { (doc.summary) } }
                p.route { (parts::method_badge(route.method.as_str())) " " code { (selection.url(route)) } }
            }
            div.description {
                @if !doc.special_instructions.is_empty() { p.special { (doc.special_instructions) } }
                (parts::trusted(doc.description_html()))
            }
            div.call {
                (try_it(visit, selection, route, &anchor))
                @if let Some(response) = doc.response_pretty() {
                    h3 { "Typical Successful Response:" }
                    (parts::code(&format!("Typical response of {}", doc.summary), &response))
                }
            }
            div.more {
                (fields(route))
                (roles(visit, selection, own, route, &anchor))
                h3 { "Possible Errors:" }
                ul.errors { @for error in route.errors() { li { (parts::explained(&error.message())) } } }
                p.implemented { "Implemented in " (doc.implemented_in) " by " code { (route.operation) } }
            }
        }
    }
}

/// The tables of the fields: those of path and query, of the body, and of the answer, which is folded.
fn fields(route: &Route) -> Markup {
    let summary = route.doc.summary;
    let (parameters, request) = (field_tables::parameters(route), field_tables::request(route));
    let response = field_tables::response(route);
    html! {
        @if !parameters.is_empty() {
            h3 { "Path and query:" }
            (field_table(&format!("Parameters of {summary}"), &parameters))
        }
        @if !request.is_empty() {
            h3 { "Fields of the body:" }
            (field_table(&format!("Fields of the body of {summary}"), &request))
        }
        @if !response.is_empty() {
            details.fields {
                summary { "Fields of the answer" }
                (field_table(&format!("Fields of the answer of {summary}"), &response))
            }
        }
    }
}

fn field_table(label: &str, fields: &[FieldRow]) -> Markup {
    let has_limits = fields.iter().any(|field| !field.limit.is_empty());
    let row = |field: &FieldRow| {
        let limit = has_limits.then(|| parts::trusted(field.limit_html()));
        let named = [parts::exact(&field.name), parts::cell(field.kind)];
        named.into_iter().chain(limit).chain([parts::trusted(field.meaning_html())]).collect()
    };
    let limit = has_limits.then_some("Limit");
    let heads: Vec<_> = ["Field", "Type"].into_iter().chain(limit).chain(["Meaning"]).collect();
    parts::table(label, &heads, &fields.iter().map(row).collect::<Vec<_>>())
}

fn roles(visit: &Visit<'_>, selection: &ExplorerSelection, own: &OwnRoles<'_>, route: &Route, anchor: &str) -> Markup {
    let roles = route.doc.roles();
    let sign_in = selection.sign_in_link(anchor);
    html! {
        @if !roles.is_empty() {
            h3 { "Required Roles:" }
            ul.roles {
                @for role in roles {
                    li { (role_line(visit, own, role.name(), role.scope() == Scope::Bank, &selection.bank_id, anchor, &sign_in)) }
                }
            }
        }
    }
}

fn try_it(visit: &Visit<'_>, selection: &ExplorerSelection, route: &Route, anchor: &str) -> Markup {
    let url = selection.url(route);
    let body = route.doc.request_pretty().unwrap_or_default();
    let login = route.path.starts_with("/my/logins/").then_some(LOGIN);
    let line = curl(&visit.origin(), &route.method, &url, &body, login, visit.user.is_some());
    html! {
        form.try method="post" action="/try" data-try {
            (form_token(visit))
            input type="hidden" name="method" value=(route.method.as_str());
            input type="hidden" name="back" value=(selection.address(anchor));
            div.target {
                (parts::method_badge(route.method.as_str()))
                label.unseen for={ (anchor) "-url" } { "URL of " (route.doc.summary) }
                input type="text" id={ (anchor) "-url" } name="url" value=(url) autocomplete="off" autocapitalize="off" spellcheck="false";
            }
            @if login.is_some() {
                label for={ (anchor) "-login" } { "DirectLogin header" }
                input.exact type="text" id={ (anchor) "-login" } name="direct_login" autocomplete="off" spellcheck="false" placeholder=(LOGIN);
            }
            @if route.body == Body::Json {
                label for={ (anchor) "-body" } { "Body" }
                textarea id={ (anchor) "-body" } name="body" rows=(body.lines().count().clamp(3, 18)) spellcheck="false" autocomplete="off" { (body) }
            }
            div.send {
                button type="submit" aria-label={ "Try it: " (route.doc.summary) } { "Try it" }
                @if visit.user.is_none() && route.login == Login::Needed {
                    p.note { "Login needed: " a href=(selection.sign_in_link(anchor)) { "sign in" } }
                }
            }
        }
        div.result data-result aria-live="polite" {}
        details.curl {
            summary { "As curl" }
            div data-curl { (parts::copyable(&format!("{} as a curl command", route.doc.summary), &line)) }
        }
    }
}

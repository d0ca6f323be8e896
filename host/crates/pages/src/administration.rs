//! The page for administrators: requests to decide on, and users' roles. The API decides what a user can do here.

use api::EntitlementRequests;
use bindings::entitlements_types::{EntitlementDraft, EntitlementRequest, Role, RoleList};
use bindings::users_types::{Entitlement, UserDetails};
use guest::refusals::RefusalCode;
use hyper::StatusCode;
use maud::{Markup, html};

use crate::form::link;
use crate::inputs::{self, InputField, form_token};
use crate::layout::{page, sign_in_first};
use crate::parts::{self, ListResult, date, exact, role_bank};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::user::{ADMINISTRATION, SignedInUser};
use crate::visit::Visit;

const TITLE: &str = "Administration";
const PATH: &str = "/administration";

/// `GET /administration`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    overview(visit, None).await
}

/// `POST /administration/requests`. Grant is addEntitlement and then deleteEntitlementRequest; dismiss is the latter alone.
pub(crate) async fn decide(visit: &Visit<'_>) -> PageResponse {
    let form = &visit.form;
    let decision = form.text("decision");
    if !["grant", "dismiss"].contains(&decision) {
        let message = "A request can be granted or dismissed. This form says neither. Nothing was changed.";
        return refused(visit, &PageRefusal::bad_request(message)).await;
    }
    if decision == "grant" {
        match add_entitlement(visit).await {
            // The user has the role already: an earlier attempt granted it and could not close the request.
            Err(refusal) if refusal.parts().0 != Some(RefusalCode::EntitlementTaken.number()) => {
                return refused(visit, &refusal).await;
            }
            _ => {}
        }
    }
    match visit.client().delete(&["entitlement-requests", form.text("request_id")]).await {
        Ok(()) => PageResponse::redirect(link(PATH, &[("done", decision)])),
        Err(refusal) => refused(visit, &refusal).await,
    }
}

/// `POST /administration/grant`: addEntitlement.
pub(crate) async fn grant(visit: &Visit<'_>) -> PageResponse {
    let granted = add_entitlement(visit).await;
    changed(visit, granted, "granted").await
}

/// `POST /administration/revoke`: deleteEntitlement.
pub(crate) async fn revoke(visit: &Visit<'_>) -> PageResponse {
    let (user_id, id) = (visit.form.text("user_id"), visit.form.text("entitlement_id"));
    let revoked = visit.client().delete(&["users", user_id, "entitlement", id]).await;
    changed(visit, revoked, "revoked").await
}

async fn add_entitlement(visit: &Visit<'_>) -> Result<(), PageRefusal> {
    let form = &visit.form;
    let draft = EntitlementDraft { bank_id: form.owned("bank_id"), role_name: form.owned("role_name") };
    let path = ["users", form.text("user_id"), "entitlements"];
    visit.client().post::<Entitlement>(&path, &draft).await.map(drop)
}

async fn changed(visit: &Visit<'_>, result: Result<(), PageRefusal>, done: &str) -> PageResponse {
    match result {
        Ok(()) => PageResponse::redirect(link(PATH, &[("username", visit.form.text("username")), ("done", done)])),
        Err(refusal) => refused(visit, &refusal).await,
    }
}

async fn refused(visit: &Visit<'_>, refusal: &PageRefusal) -> PageResponse {
    overview(visit, Some(refusal)).await.with_status(refusal.status)
}

async fn overview(visit: &Visit<'_>, refusal: Option<&PageRefusal>) -> PageResponse {
    let Some(user) = &visit.user else {
        return sign_in_first(visit, TITLE, "Sign in to decide on requests and manage users' roles.");
    };
    let requests = visit.client().get(&["entitlement-requests"]).await;
    let done = match visit.query.text("done") {
        "grant" => "The role is granted, and the request is closed.",
        "dismiss" => "The request is closed. No role was granted.",
        "granted" => "The role is granted.",
        "revoked" => "The role is revoked.",
        _ => "",
    };
    let body = html! {
        h1 { (TITLE) }
        @if !done.is_empty() { (parts::done(done)) }
        @if let Some(refusal) = refusal { (parts::refusal(refusal)) }
        @if user.super_admin { (own_roles(visit, user)) }
        section aria-labelledby="requests" {
            h2 #requests { "Requests to decide on" }
            (request_table(visit, &requests.map(|EntitlementRequests { entitlement_requests }| entitlement_requests)))
        }
        section aria-labelledby="users" {
            h2 #users { "Users' roles" }
            (users(visit, user).await)
        }
    };
    page(visit, TITLE, &body)
}

/// The roles of this page that a super admin lacks: a super admin can grant, and everything else on this page needs roles.
fn own_roles(visit: &Visit<'_>, user: &SignedInUser) -> Markup {
    let missing: Vec<_> = ADMINISTRATION.into_iter().filter(|(role, _)| !user.holds(*role)).collect();
    html! {
        @if !missing.is_empty() {
            section.card aria-labelledby="myself" {
                h2 #myself { "Roles for yourself" }
                p { "A super admin can only grant roles. To use the rest of this page, grant yourself these roles:" }
                ul.roles {
                    @for (role, purpose) in missing {
                        li {
                            code.role { (role.name()) } " to " (purpose)
                            form.inline method="post" action="/administration/grant" {
                                (form_token(visit))
                                input type="hidden" name="user_id" value=(user.user_id);
                                input type="hidden" name="role_name" value=(role.name());
                                button.small type="submit" aria-label={ "Grant to me: " (role.name()) } { "Grant to me" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn request_table(visit: &Visit<'_>, requests: &ListResult<EntitlementRequest>) -> Markup {
    let heads = ["User", "Role", "Bank", "Requested", "Decision"];
    parts::record_table(requests, "No pending requests.", "Requests to decide on", &heads, |request| {
        vec![
            html! { strong { (request.user.username) } },
            exact(&request.role_name),
            role_bank(&request.bank_id),
            date(request.created),
            decision_form(visit, request),
        ]
    })
}

fn decision_form(visit: &Visit<'_>, request: &EntitlementRequest) -> Markup {
    let EntitlementRequest { entitlement_request_id, user, role_name, bank_id, .. } = request;
    let decision = |value: &str, label: &str, class: &str| {
        let name = format!("{label} {role_name} for {}", user.username);
        html! { button class=(class) type="submit" name="decision" value=(value) aria-label=(name) { (label) } }
    };
    html! {
        form.inline method="post" action="/administration/requests" {
            (form_token(visit))
            input type="hidden" name="request_id" value=(entitlement_request_id);
            input type="hidden" name="user_id" value=(user.user_id);
            input type="hidden" name="role_name" value=(role_name);
            input type="hidden" name="bank_id" value=(bank_id);
            (decision("grant", "Grant", "small")) (decision("dismiss", "Dismiss", "small quiet"))
        }
    }
}

async fn users(visit: &Visit<'_>, me: &SignedInUser) -> Markup {
    let username = visit.query.find("username").unwrap_or(visit.form.text("username")).trim();
    let roles = visit.client().get(&["roles"]).await.map(|RoleList { roles }| roles).unwrap_or_default();
    html! {
        form.inline.find method="get" action=(PATH) {
            label for="find-username" { "User name" }
            input type="text" id="find-username" name="username" value=(username) required autocomplete="off" autocapitalize="off";
            button type="submit" { "Find" }
        }
        @if !username.is_empty() {
            @match find_user(visit, me, username).await {
                Err(refusal) => (parts::refusal(&refusal)),
                Ok(user) => (user_card(visit, &user, &roles)),
            }
        }
    }
}

/// The user of that name. Users who can grant roles but not find other users still find themselves.
async fn find_user(visit: &Visit<'_>, me: &SignedInUser, username: &str) -> Result<UserDetails, PageRefusal> {
    match visit.client().get(&["users", "username", username]).await {
        Err(refusal) if refusal.status == StatusCode::FORBIDDEN && me.username == username => {
            visit.client().get(&["users", "current"]).await
        }
        found => found,
    }
}

fn user_card(visit: &Visit<'_>, user: &UserDetails, roles: &[Role]) -> Markup {
    let UserDetails { user_id, username, email, entitlements, .. } = user;
    let target = html! {
        (form_token(visit))
        input type="hidden" name="user_id" value=(user_id);
        input type="hidden" name="username" value=(username);
    };
    let row = |held: &Entitlement| vec![exact(&held.role_name), role_bank(&held.bank_id), revoke_form(&target, held)];
    let rows: Vec<_> = entitlements.list.iter().map(row).collect();
    let bank = InputField::text("bank_id", "Bank id, for roles at a bank", "").optional();
    html! {
        div.card {
            h3 { (username) " " span.muted { (email) } }
            @if rows.is_empty() { p.empty { "No roles." } } @else {
                (parts::table(&format!("Roles of {username}"), &["Role", "Bank", "Change"], &rows))
            }
            form.row method="post" action="/administration/grant" {
                (target)
                (inputs::select("grant", "role_name", "Role to grant", &role_choices(roles), visit.form.text("role_name")))
                (bank.with_sent(&visit.form).markup("grant"))
                button type="submit" { "Grant" }
            }
        }
    }
}

fn revoke_form(target: &Markup, held: &Entitlement) -> Markup {
    html! {
        form.inline method="post" action="/administration/revoke" {
            (target)
            input type="hidden" name="entitlement_id" value=(held.entitlement_id);
            button.small.quiet type="submit" aria-label={ "Revoke " (held.role_name) } { "Revoke" }
        }
    }
}

fn role_choices(roles: &[Role]) -> Vec<inputs::Choice> {
    let choice = |Role { role, requires_bank_id }: &Role| {
        let place = if *requires_bank_id { " (at a bank)" } else { "" };
        (role.clone(), format!("{role}{place}"))
    };
    roles.iter().map(choice).collect()
}

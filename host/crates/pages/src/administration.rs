//! The page for administrators: requests to decide on, and users with their roles and locks. The API decides what a user can do
//! here.

mod users;

use api::EntitlementRequests;
use bindings::entitlements_types::{EntitlementDraft, EntitlementRequest};
use bindings::users_types::{Entitlement, LockStatus};
use guest::refusals::RefusalCode;
use guest::roles::Role;
use maud::{Markup, html};

use crate::form::link;
use crate::inputs::form_token;
use crate::layout::{page, sign_in_first};
use crate::parts::{self, ListResult, date, exact, role_bank};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::sent::with_refusal;
use crate::user::{ADMINISTRATION, SignedInUser};
use crate::visit::Visit;

const TITLE: &str = "Administration";
const PATH: &str = "/administration";
const GRANT_PATH: &str = "/administration/grant";

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
            Err(refusal) if !refusal.has_code(RefusalCode::EntitlementTaken) => {
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
    changed(visit, granted.map(|Entitlement { entitlement_id, .. }| entitlement_id), "granted").await
}

/// `POST /administration/revoke`: deleteEntitlement.
pub(crate) async fn revoke(visit: &Visit<'_>) -> PageResponse {
    let (user_id, id) = (visit.form.text("user_id"), visit.form.text("entitlement_id"));
    let revoked = visit.client().delete(&["users", user_id, "entitlement", id]).await;
    changed(visit, revoked.map(|()| String::new()), "revoked").await
}

/// `POST /administration/unlock`: unlockUser.
pub(crate) async fn unlock(visit: &Visit<'_>) -> PageResponse {
    let unlocked = visit.client().put_for::<LockStatus>(&["users", visit.form.text("username"), "lock-status"]).await;
    changed(visit, unlocked.map(|_| String::new()), "unlocked").await
}

async fn add_entitlement(visit: &Visit<'_>) -> Result<Entitlement, PageRefusal> {
    let form = &visit.form;
    let draft = EntitlementDraft { bank_id: form.owned("bank_id"), role_name: form.owned("role_name") };
    visit.client().post(&["users", form.text("user_id"), "entitlements"], &draft).await
}

/// Shows the user again after a change. A change that makes a record returns its id.
async fn changed(visit: &Visit<'_>, result: Result<String, PageRefusal>, done: &str) -> PageResponse {
    let username = visit.form.text("username");
    match result {
        Ok(id) => PageResponse::redirect(link(PATH, &[("username", username), ("done", done), ("id", &id)])),
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
    let rest = html! {
        @if user.super_admin { (own_roles(visit, user)) }
        section aria-labelledby="requests" {
            h2 #requests { "Requests to decide on" }
            (requests(visit, user).await)
        }
        section aria-labelledby="users" {
            h2 #users { "Users" }
            (users::find(visit, user, refusal).await)
        }
    };
    let body = html! {
        h1 { (TITLE) }
        (done(visit.query.text("done")))
        (with_refusal(refusal, &rest))
    };
    page(visit, TITLE, &body)
}

fn done(what: &str) -> Markup {
    match what {
        "grant" => parts::done("The role is granted, and the request is closed."),
        "dismiss" => parts::done("The request is closed. No role was granted."),
        "granted" => parts::saved("The role is granted."),
        "revoked" => parts::done("The role is revoked."),
        "unlocked" => parts::done("The user is unlocked."),
        _ => html! {},
    }
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
                            form.inline method="post" action=(GRANT_PATH) {
                                (form_token(visit))
                                input type="hidden" name="user_id" value=(user.user_id);
                                input type="hidden" name="username" value=(user.username);
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

/// The requests of all users. A user who lacks the role to see them has done nothing wrong, so that the page shows no error.
async fn requests(visit: &Visit<'_>, user: &SignedInUser) -> Markup {
    let needed = Role::CanGetEntitlementRequestsAtAnyBank;
    if !user.holds(needed) {
        return html! { p.empty { "You need the role " code { (needed.name()) } " to see requests." } };
    }
    let requests = visit.client().get(&["entitlement-requests"]).await;
    request_table(visit, &requests.map(|EntitlementRequests { entitlement_requests }| entitlement_requests))
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

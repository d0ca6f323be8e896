//! For those who hold the right: requests to decide on, and users' roles. Who holds it is for the API to say; what it refuses is shown.

use guest::refusals::RefusalCode;
use hyper::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::client::{self, Refused};
use super::form::link;
use super::layout::{Answer, page};
use super::parts::{self, Field, date, exact};
use super::roles::bank;
use super::visit::{User, Visit};

const TITLE: &str = "Administration";

/// The roles that the page has a use for, each for what.
const USED: [(&str, &str); 5] = [
    ("CanGetAnyUser", "find users"),
    ("CanGetEntitlementsForAnyUserAtAnyBank", "see users' roles"),
    ("CanGetEntitlementRequestsAtAnyBank", "see requests"),
    ("CanDeleteEntitlementRequestsAtAnyBank", "clear requests that are decided on"),
    ("CanDeleteEntitlementAtAnyBank", "revoke roles"),
];

/// Whether the page is of use to who is signed in. It only decides what is linked.
pub(super) fn may(visit: &Visit<'_>) -> bool {
    let granting = ["CanCreateEntitlementAtAnyBank", "CanCreateEntitlementAtOneBank"];
    visit.user.as_ref().is_some_and(|user| user.super_admin)
        || visit.holds(&USED.map(|(role, _)| role))
        || visit.holds(&granting)
}

/// `GET /administration`.
pub(super) async fn show(visit: &Visit<'_>) -> Answer {
    overview(visit, None).await
}

/// `POST /administration/requests`: grant is addEntitlement and then deleteEntitlementRequest; dismiss is the latter alone.
pub(super) async fn decide(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let (api, decision) = (visit.api(), form.text("decision"));
    if !["grant", "dismiss"].contains(&decision) {
        let refused = Refused::ours("A request is granted or dismissed; this form says neither, so nothing was done.");
        return overview(visit, Some(&refused)).await.with_status(refused.status);
    }
    if decision == "grant" {
        let granted = api.post(&client::path(&["users", form.text("user_id"), "entitlements"]), &draft(visit)).await;
        match granted {
            // Who holds the role already, since an earlier try could not close the request, is not in the way of closing it.
            Err(refused) if refused.parts().0 != Some(RefusalCode::EntitlementTaken.number()) => {
                return overview(visit, Some(&refused)).await.with_status(refused.status);
            }
            _ => {}
        }
    }
    match api.delete(&client::path(&["entitlement-requests", form.text("request_id")])).await {
        Ok(_) => Answer::see(link("/administration", &[("done", decision)])),
        Err(refused) => overview(visit, Some(&refused)).await.with_status(refused.status),
    }
}

/// `POST /administration/grant`: addEntitlement.
pub(super) async fn grant(visit: &Visit<'_>) -> Answer {
    let user_id = visit.form.text("user_id");
    let granted = visit.api().post(&client::path(&["users", user_id, "entitlements"]), &draft(visit)).await;
    changed(visit, granted, "granted").await
}

/// `POST /administration/revoke`: deleteEntitlement.
pub(super) async fn revoke(visit: &Visit<'_>) -> Answer {
    let (user_id, id) = (visit.form.text("user_id"), visit.form.text("entitlement_id"));
    let revoked = visit.api().delete(&client::path(&["users", user_id, "entitlement", id])).await;
    changed(visit, revoked, "revoked").await
}

fn draft(visit: &Visit<'_>) -> Value {
    json!({"bank_id": visit.form.text("bank_id"), "role_name": visit.form.text("role_name")})
}

async fn changed(visit: &Visit<'_>, result: Result<Value, Refused>, done: &str) -> Answer {
    match result {
        Ok(_) => Answer::see(link("/administration", &[("username", visit.form.text("username")), ("done", done)])),
        Err(refused) => overview(visit, Some(&refused)).await.with_status(refused.status),
    }
}

async fn overview(visit: &Visit<'_>, refused: Option<&Refused>) -> Answer {
    let Some(user) = &visit.user else {
        return visit.sign_in_first(TITLE, "Sign in to decide on requests and to see to users' roles.");
    };
    let api = visit.api();
    let requests = api.get(&client::path(&["entitlement-requests"])).await;
    let roles = api.get(&client::path(&["roles"])).await.unwrap_or_default();
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
        @if let Some(refused) = refused { (parts::refusal(refused)) }
        @if user.super_admin { (to_myself(visit, user)) }
        section aria-labelledby="requests" {
            h2 #requests { "Requests to decide on" }
            (requested(visit, &requests))
        }
        section aria-labelledby="users" {
            h2 #users { "Users' roles" }
            (users(visit, &roles).await)
        }
    };
    page(visit, TITLE, &body)
}

/// A super admin may grant, and nothing else: what else this page does takes roles.
fn to_myself(visit: &Visit<'_>, user: &User) -> Markup {
    let missing: Vec<_> = USED.into_iter().filter(|(role, _)| !visit.holds(&[role])).collect();
    html! {
        @if !missing.is_empty() {
            section.card aria-labelledby="myself" {
                h2 #myself { "Roles for yourself" }
                p { "As a super admin you may grant roles, and nothing else. This page can do more with these:" }
                ul.roles {
                    @for (role, purpose) in missing {
                        li {
                            code.role { (role) } " to " (purpose)
                            form.inline method="post" action="/administration/grant" {
                                (visit.form_token())
                                input type="hidden" name="user_id" value=(user.user_id);
                                input type="hidden" name="role_name" value=(role);
                                button.small type="submit" aria-label={ "Take " (role) } { "Take" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn requested(visit: &Visit<'_>, requests: &Result<Value, Refused>) -> Markup {
    let row = |request: &Value| {
        let user = request.get("user").unwrap_or(&Value::Null);
        let text = |key| client::text(request, key);
        let decision = |value: &str, label: &str, class: &str| {
            let name = format!("{label} {} for {}", text("role_name"), client::text(user, "username"));
            html! { button class=(class) type="submit" name="decision" value=(value) aria-label=(name) { (label) } }
        };
        vec![
            html! { strong { (client::text(user, "username")) } },
            exact(text("role_name")),
            bank(text("bank_id")),
            date(text("created")),
            html! {
                form.inline method="post" action="/administration/requests" {
                    (visit.form_token())
                    input type="hidden" name="request_id" value=(text("entitlement_request_id"));
                    input type="hidden" name="user_id" value=(client::text(user, "user_id"));
                    input type="hidden" name="role_name" value=(text("role_name"));
                    input type="hidden" name="bank_id" value=(text("bank_id"));
                    (decision("grant", "Grant", "small")) (decision("dismiss", "Dismiss", "small quiet"))
                }
            },
        ]
    };
    let items = requests.as_ref().map(|requests| client::list(requests, "entitlement_requests")).unwrap_or_default();
    let rows: Vec<_> = items.iter().map(row).collect();
    html! {
        @match requests {
            Err(refused) => (parts::refusal(refused)),
            Ok(_) if rows.is_empty() => p.empty { "No request waits." },
            Ok(_) => (parts::table("Requests to decide on", &["User", "Role", "Bank", "Requested", "Decision"], &rows)),
        }
    }
}

async fn users(visit: &Visit<'_>, roles: &Value) -> Markup {
    let username = visit.query.find("username").unwrap_or(visit.form.text("username")).trim();
    let found = match username {
        "" => None,
        name => Some(visit.api().get(&client::path(&["users", "username", name])).await),
    };
    let found = match found {
        // Who may grant but not find users can see to their own.
        Some(Err(refused)) if refused.status == StatusCode::FORBIDDEN && is_me(visit, username) => {
            Some(visit.api().get(&client::path(&["users", "current"])).await)
        }
        found => found,
    };
    html! {
        form.inline.find method="get" action="/administration" {
            label for="find-username" { "User name" }
            input type="text" id="find-username" name="username" value=(username) required autocomplete="off" autocapitalize="off";
            button type="submit" { "Find" }
        }
        @match &found {
            None => {},
            Some(Err(refused)) => (parts::refusal(refused)),
            Some(Ok(user)) => (of_user(visit, user, roles)),
        }
    }
}

fn is_me(visit: &Visit<'_>, username: &str) -> bool {
    visit.user.as_ref().is_some_and(|user| user.username == username)
}

fn of_user(visit: &Visit<'_>, user: &Value, roles: &Value) -> Markup {
    let (user_id, username) = (client::text(user, "user_id"), client::text(user, "username"));
    let whose = html! {
        (visit.form_token())
        input type="hidden" name="user_id" value=(user_id);
        input type="hidden" name="username" value=(username);
    };
    let row = |role: &Value| {
        let name = client::text(role, "role_name");
        let revoke = html! {
            form.inline method="post" action="/administration/revoke" {
                (whose)
                input type="hidden" name="entitlement_id" value=(client::text(role, "entitlement_id"));
                button.small.quiet type="submit" aria-label={ "Revoke " (name) } { "Revoke" }
            }
        };
        vec![exact(name), bank(client::text(role, "bank_id")), revoke]
    };
    let held = user.get("entitlements").unwrap_or(&Value::Null);
    let rows: Vec<_> = client::list(held, "list").iter().map(row).collect();
    let option = |role: &Value| {
        let name = client::text(role, "role");
        let at = if role.get("requires_bank_id").and_then(Value::as_bool) == Some(true) { " (at a bank)" } else { "" };
        (name.to_owned(), format!("{name}{at}"))
    };
    let options: Vec<_> = client::list(roles, "roles").iter().map(option).collect();
    let at = Field::text("bank_id", "Bank id, for roles at a bank", "").optional();
    html! {
        div.card {
            h3 { (username) " " span.muted { (client::text(user, "email")) } }
            @if rows.is_empty() { p.empty { "No roles." } } @else {
                (parts::table(&format!("Roles of {username}"), &["Role", "Bank", "Change"], &rows))
            }
            form.row method="post" action="/administration/grant" {
                (whose)
                (parts::choice("grant", "role_name", "Role to grant", &options, visit.form.text("role_name")))
                (at.typed(&visit.form).markup("grant"))
                button type="submit" { "Grant" }
            }
        }
    }
}

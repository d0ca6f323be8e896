//! One user on the page for administrators: roles to grant and revoke, and failed logins.

use bindings::entitlements_types::{Role as KnownRole, RoleList};
use bindings::users_types::{Entitlement, LockStatus, UserDetails};
use guest::roles::Role;
use hyper::StatusCode;
use maud::{Markup, html};

use super::{GRANT_PATH, PATH};
use crate::inputs::{self, InputField, form_token};
use crate::parts::{self, exact, role_bank, saved_mark};
use crate::refusal::PageRefusal;
use crate::sent::SentForm;
use crate::time::readable;
use crate::user::SignedInUser;
use crate::visit::Visit;

/// The form to find a user, and the user that it has found. `refusal` is that of the form that was sent.
pub(super) async fn find(visit: &Visit<'_>, me: &SignedInUser, refusal: Option<&PageRefusal>) -> Markup {
    let username = visit.query.find("username").unwrap_or(visit.form.text("username")).trim();
    let (card, unknown) = match named(visit, me, username).await {
        Ok(None) => (html! {}, None),
        Ok(Some(user)) => (card(visit, me, &user, SentForm::posted(visit, GRANT_PATH, refusal)).await, None),
        Err(unknown) => (html! {}, Some(unknown)),
    };
    let sent = SentForm::queried(visit, unknown.as_ref());
    html! {
        form.row method="get" action=(PATH) {
            (InputField::text("username", "User name", username).with_sent(sent).markup("find"))
            button type="submit" { "Find" }
        }
        @if let Some(refusal) = unknown.filter(|refusal| !refusal.is_about("username")) { (parts::refusal(&refusal)) }
        (card)
    }
}

/// The user of that name, if there is one. Users who can grant roles but not find other users still find themselves.
async fn named(visit: &Visit<'_>, me: &SignedInUser, username: &str) -> Result<Option<UserDetails>, PageRefusal> {
    if username.is_empty() {
        return Ok(None);
    }
    match visit.client().get(&["users", "username", username]).await {
        Err(refusal) if refusal.status == StatusCode::FORBIDDEN && me.username == username => {
            visit.client().get(&["users", "current"]).await.map(Some)
        }
        found => found.map(Some),
    }
}

async fn card(visit: &Visit<'_>, me: &SignedInUser, user: &UserDetails, sent: SentForm<'_>) -> Markup {
    let UserDetails { user_id, username, email, entitlements, .. } = user;
    let roles = visit.client().get(&["roles"]).await.map(|RoleList { roles }| roles).unwrap_or_default();
    let choices = role_choices(&roles);
    let target = html! {
        (form_token(visit))
        input type="hidden" name="user_id" value=(user_id);
        input type="hidden" name="username" value=(username);
    };
    let row = |held: &Entitlement| {
        let mark = saved_mark(visit.has_saved("granted", &held.entitlement_id));
        vec![html! { (mark) (exact(&held.role_name)) }, role_bank(&held.bank_id), revoke_form(&target, held)]
    };
    let rows: Vec<_> = entitlements.list.iter().map(row).collect();
    let bank = InputField::text("bank_id", "Bank id, for roles at a bank", "").optional();
    html! {
        div.card {
            h3 { (username) " " span.muted { (email) } }
            @if rows.is_empty() { p.empty { "No roles." } } @else {
                (parts::table(&format!("Roles of {username}"), &["Role", "Bank", "Change"], &rows))
            }
            form.row method="post" action=(GRANT_PATH) {
                (target)
                (InputField::select("role_name", "Role to grant", &choices, "").with_sent(sent).markup("grant"))
                (bank.with_sent(sent).markup("grant"))
                button type="submit" { "Grant" }
            }
            @if me.holds(Role::CanReadUserLockedStatus) { (failed_logins(visit, me, username, &target).await) }
        }
    }
}

/// The failed logins of the user, and a button that ends the lock that they cause.
async fn failed_logins(visit: &Visit<'_>, me: &SignedInUser, username: &str, target: &Markup) -> Markup {
    let status: LockStatus = match visit.client().get(&["users", username, "lock-status"]).await {
        Ok(status) => status,
        Err(refusal) => return parts::refusal(&refusal),
    };
    let count = status.bad_attempts_since_last_success_or_reset;
    if count == 0 {
        return html! { p.muted { "No failed logins since the last successful one." } };
    }
    html! {
        form.inline method="post" action="/administration/unlock" {
            (target)
            span { "Failed logins since the last successful one: " (count) ", the last at " (readable(status.last_failure_date)) "." }
            @if me.holds(Role::CanUnlockUser) { button.small type="submit" { "Unlock" } }
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

fn role_choices(roles: &[KnownRole]) -> Vec<inputs::Choice> {
    let choice = |KnownRole { role, requires_bank_id }: &KnownRole| {
        let place = if *requires_bank_id { " (at a bank)" } else { "" };
        (role.clone(), format!("{role}{place}"))
    };
    roles.iter().map(choice).collect()
}

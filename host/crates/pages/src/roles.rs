//! My roles and requests: what I hold, what I have asked for, and every role there is.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::client::{self, Refused};
use super::form::link;
use super::layout::{Answer, page};
use super::parts::{self, date, exact};
use super::visit::Visit;

const TITLE: &str = "Roles";

/// Where somebody stands with a role.
pub(super) enum Standing {
    /// Nobody is signed in.
    SignedOut,
    /// Held: at these banks, or, without any, everywhere.
    Held(Vec<String>),
    /// Asked for.
    Requested,
    /// Neither.
    None,
}

/// What the person signed in holds and has asked for.
pub(super) struct Standings {
    signed_in: bool,
    held: Vec<(String, String)>,
    requested: Vec<(String, String)>,
}

impl Standings {
    pub(super) async fn of(visit: &Visit<'_>) -> Self {
        let Some(user) = &visit.user else {
            return Self { signed_in: false, held: Vec::new(), requested: Vec::new() };
        };
        let asked = visit.api().get(&client::path(&["my", "entitlement-requests"])).await.unwrap_or_default();
        let pair =
            |role: &Value| (client::text(role, "role_name").to_owned(), client::text(role, "bank_id").to_owned());
        let requested = client::list(&asked, "entitlement_requests").iter().map(pair).collect();
        Self { signed_in: true, held: user.roles.clone(), requested }
    }

    /// At that bank; with no bank, at any.
    pub(super) fn of_role(&self, role: &str, bank_id: &str) -> Standing {
        if !self.signed_in {
            return Standing::SignedOut;
        }
        let is_here = |(name, bank): &&(String, String)| {
            name == role && (bank_id.is_empty() || bank.is_empty() || bank == bank_id)
        };
        let banks: Vec<_> = self.held.iter().filter(is_here).map(|(_, bank)| bank.clone()).collect();
        if !banks.is_empty() {
            return Standing::Held(banks.into_iter().filter(|bank| !bank.is_empty()).collect());
        }
        if self.requested.iter().any(|pair| is_here(&pair)) { Standing::Requested } else { Standing::None }
    }
}

/// A role with its standing, and a way to ask for it.
pub(super) fn role_line(
    visit: &Visit<'_>,
    standings: &Standings,
    role: &str,
    needs_bank: bool,
    bank_id: &str,
    within: &str,
) -> Markup {
    let bank_id = if needs_bank { bank_id } else { "" };
    html! {
        code.role { (role) }
        span.standing {
            span.dash { " - " }
            @match standings.of_role(role, bank_id) {
                Standing::SignedOut => a href="/sign-in" { "Please login to request this Role" },
                Standing::Held(banks) => span.state.good {
                    "You have this Role" @if !banks.is_empty() { " at " (banks.join(", ")) }
                },
                Standing::Requested => span.state { "You have requested this Role" },
                Standing::None => { "You can request this Role" (ask(visit, role, needs_bank, bank_id, within)) }
            }
        }
    }
}

fn ask(visit: &Visit<'_>, role: &str, needs_bank: bool, bank_id: &str, within: &str) -> Markup {
    let id = format!("{within}-{role}-bank");
    html! {
        form.inline method="post" action="/roles/request" {
            (visit.form_token())
            input type="hidden" name="role_name" value=(role);
            @if needs_bank {
                label.unseen for=(id) { "Bank id for " (role) }
                input type="text" id=(id) name="bank_id" value=(bank_id) placeholder="Bank id" required autocomplete="off";
            }
            button.small.quiet type="submit" aria-label={ "Request " (role) } { "Request" }
        }
    }
}

/// `GET /roles`.
pub(super) async fn show(visit: &Visit<'_>) -> Answer {
    if visit.user.is_none() {
        return visit.sign_in_first(TITLE, "Some operations need a role. Sign in to see yours, and to ask for more.");
    }
    overview(visit, None).await
}

/// `POST /roles/request`: addEntitlementRequest.
pub(super) async fn request(visit: &Visit<'_>) -> Answer {
    if visit.user.is_none() {
        return visit.sign_in_first(TITLE, "Sign in to ask for a role.");
    }
    let draft = json!({"bank_id": visit.form.text("bank_id"), "role_name": visit.form.text("role_name")});
    match visit.api().post(&client::path(&["entitlement-requests"]), &draft).await {
        Ok(made) => {
            let id = client::text(&made, "entitlement_request_id");
            Answer::see(link("/roles", &[("done", "request"), ("id", id)]))
        }
        Err(refused) => overview(visit, Some(&refused)).await.with_status(refused.status),
    }
}

async fn overview(visit: &Visit<'_>, refused: Option<&Refused>) -> Answer {
    let api = visit.api();
    let (roles, mine) =
        (api.get(&client::path(&["roles"])).await, api.get(&client::path(&["my", "entitlements"])).await);
    let asked = api.get(&client::path(&["my", "entitlement-requests"])).await;
    let standings = Standings::of(visit).await;
    let done = visit.query.text("done") == "request" && !visit.query.text("id").is_empty();
    let body = html! {
        h1 { "My roles and requests" }
        @if done {
            (parts::done(&format!("Entitlement Request with Id {} was created. It will be reviewed shortly.", visit.query.text("id"))))
        }
        @if let Some(refused) = refused { (parts::refusal(refused)) }
        @if visit.user.as_ref().is_some_and(|user| user.super_admin) {
            (parts::hint(&html! { p { "You are a super admin: you may grant every role, to yourself too, in the "
                a href="/administration" { "administration" } "." } }))
        }
        section aria-labelledby="held" {
            h2 #held { "Roles I have" }
            (held(&mine))
        }
        section aria-labelledby="asked" {
            h2 #asked { "Roles I have requested" }
            (requested(&asked))
        }
        section aria-labelledby="all" {
            h2 #all { "All roles" }
            (parts::refusal_of(roles.as_ref()))
            ul.roles.ruled {
                @for role in roles.as_ref().map(|roles| client::list(roles, "roles")).unwrap_or_default() {
                    li { (role_line(visit, &standings, client::text(role, "role"),
                        role.get("requires_bank_id").and_then(Value::as_bool).unwrap_or_default(), "", "all")) }
                }
            }
        }
    };
    page(visit, TITLE, &body)
}

fn held(mine: &Result<Value, Refused>) -> Markup {
    let row = |role: &Value| vec![exact(client::text(role, "role_name")), bank(client::text(role, "bank_id"))];
    let rows: Vec<_> =
        mine.as_ref().map(|mine| client::list(mine, "list").iter().map(row).collect()).unwrap_or_default();
    html! {
        (parts::refusal_of(mine.as_ref()))
        @if rows.is_empty() { p.empty { "None yet." } } @else { (parts::table("Roles I have", &["Role", "Bank"], &rows)) }
    }
}

fn requested(asked: &Result<Value, Refused>) -> Markup {
    let row = |role: &Value| {
        vec![
            exact(client::text(role, "role_name")),
            bank(client::text(role, "bank_id")),
            date(client::text(role, "created")),
        ]
    };
    let items = asked.as_ref().map(|asked| client::list(asked, "entitlement_requests")).unwrap_or_default();
    let rows: Vec<_> = items.iter().map(row).collect();
    html! {
        (parts::refusal_of(asked.as_ref()))
        @if rows.is_empty() { p.empty { "None." } } @else {
            (parts::table("Roles I have requested", &["Role", "Bank", "Requested"], &rows))
        }
    }
}

/// Where a role is held.
pub(super) fn bank(bank_id: &str) -> Markup {
    html! { @if bank_id.is_empty() { span.muted { "everywhere" } } @else { code { (bank_id) } } }
}

//! The user's own roles and requests, and all roles that exist.

use api::EntitlementRequests;
use bindings::entitlements_types::{EntitlementDraft, EntitlementRequest, Role, RoleList};
use bindings::users_types::Entitlement;
use maud::{Markup, html};

use crate::form::link;
use crate::inputs::form_token;
use crate::layout::{page, sign_in_first};
use crate::parts::{self, ListResult, date, exact, role_bank, saved_mark};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::sent::{SentForm, field_error, with_refusal};
use crate::user::SignedInUser;
use crate::visit::Visit;

const TITLE: &str = "Roles";
const PATH: &str = "/roles";
const REQUEST_PATH: &str = "/roles/request";

/// The user's relation to a role.
enum RoleStatus {
    SignedOut,
    /// Held at these banks; at all banks if the list is empty.
    Held(Vec<String>),
    Requested,
    NotHeld,
}

/// The roles that the user holds and has requested.
pub(crate) struct OwnRoles<'a> {
    user: Option<&'a SignedInUser>,
    requests: Vec<EntitlementRequest>,
    /// The request for a role that was sent, if it was refused.
    sent: SentForm<'a>,
}

impl<'a> OwnRoles<'a> {
    pub(crate) async fn read(visit: &'a Visit<'_>) -> Self {
        let user = visit.user.as_ref();
        let requests = if user.is_some() { own_requests(visit).await.unwrap_or_default() } else { Vec::new() };
        Self { user, requests, sent: SentForm::default() }
    }

    /// The status of a role at that bank, or at any bank if `bank_id` is empty.
    fn status(&self, role: &str, bank_id: &str) -> RoleStatus {
        let Some(user) = self.user else { return RoleStatus::SignedOut };
        let is_here =
            |name: &str, bank: &str| name == role && (bank_id.is_empty() || bank.is_empty() || bank == bank_id);
        let held = user.entitlements.iter().filter(|held| is_here(&held.role_name, &held.bank_id));
        let banks: Vec<_> = held.map(|held| held.bank_id.clone()).collect();
        if !banks.is_empty() {
            return RoleStatus::Held(banks.into_iter().filter(|bank| !bank.is_empty()).collect());
        }
        let requested = self.requests.iter().any(|request| is_here(&request.role_name, &request.bank_id));
        if requested { RoleStatus::Requested } else { RoleStatus::NotHeld }
    }
}

async fn own_requests(visit: &Visit<'_>) -> ListResult<EntitlementRequest> {
    let requests: EntitlementRequests = visit.client().get(&["my", "entitlement-requests"]).await?;
    Ok(requests.entitlement_requests)
}

/// A role with its status, and a form to request it. `within` makes ids unique on the page. `sign_in` is the link for a user who
/// is signed out.
pub(crate) fn role_line(
    visit: &Visit<'_>,
    own: &OwnRoles<'_>,
    role: &str,
    needs_bank: bool,
    bank_id: &str,
    within: &str,
    sign_in: &str,
) -> Markup {
    let bank_id = if needs_bank { bank_id } else { "" };
    html! {
        code.role { (role) }
        span.standing {
            span.dash { " - " }
            @match own.status(role, bank_id) {
                RoleStatus::SignedOut => a href=(sign_in) { "Please login to request this Role" },
                RoleStatus::Held(banks) => span.state.good {
                    "You have this Role" @if !banks.is_empty() { " at " (banks.join(", ")) }
                },
                RoleStatus::Requested => span.state { "You have requested this Role" },
                RoleStatus::NotHeld => {
                    "You can request this Role" (request_form(visit, own.sent, role, needs_bank, bank_id, within))
                }
            }
        }
    }
}

fn request_form(
    visit: &Visit<'_>,
    sent: SentForm<'_>,
    role: &str,
    needs_bank: bool,
    bank_id: &str,
    within: &str,
) -> Markup {
    let id = format!("{within}-{role}-bank");
    let error_id = format!("{id}-error");
    let sent = if sent.value("role_name") == Some(role) { sent } else { SentForm::default() };
    let error = sent.error("bank_id");
    html! {
        form.inline method="post" action=(REQUEST_PATH) {
            (form_token(visit))
            input type="hidden" name="role_name" value=(role);
            @if needs_bank {
                label.unseen for=(id) { "Bank id for " (role) }
                input type="text" id=(id) name="bank_id" value=(sent.value("bank_id").unwrap_or(bank_id)) placeholder="Bank id"
                    required autocomplete="off" autofocus[error.is_some()] aria-invalid=[error.map(|_| "true")]
                    aria-describedby=[error.map(|_| &error_id)];
            }
            button.small.quiet type="submit" aria-label={ "Request " (role) } { "Request" }
            @if let Some(refusal) = error.filter(|_| needs_bank) { (field_error(&error_id, refusal)) }
        }
    }
}

/// `GET /roles`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    if visit.user.is_none() {
        return sign_in_first(
            visit,
            TITLE,
            "Some operations need a role. Sign in to see your roles and request others.",
        );
    }
    overview(visit, None).await
}

/// `POST /roles/request`: addEntitlementRequest.
pub(crate) async fn request(visit: &Visit<'_>) -> PageResponse {
    if visit.user.is_none() {
        return sign_in_first(visit, TITLE, "Sign in to request a role.");
    }
    let draft = EntitlementDraft { bank_id: visit.form.owned("bank_id"), role_name: visit.form.owned("role_name") };
    match visit.client().post::<EntitlementRequest>(&["entitlement-requests"], &draft).await {
        Ok(EntitlementRequest { entitlement_request_id: id, .. }) => {
            PageResponse::redirect(link(PATH, &[("done", "request"), ("id", &id)]))
        }
        Err(refusal) => overview(visit, Some(&refusal)).await.with_status(refusal.status),
    }
}

async fn overview(visit: &Visit<'_>, refusal: Option<&PageRefusal>) -> PageResponse {
    let roles = visit.client().get(&["roles"]).await.map(|RoleList { roles }| roles);
    let requests = own_requests(visit).await;
    let sent = SentForm::posted(visit, REQUEST_PATH, refusal);
    let own = OwnRoles { user: visit.user.as_ref(), requests: requests.clone().unwrap_or_default(), sent };
    let request_id = visit.query.text("id");
    let done = visit.query.text("done") == "request" && !request_id.is_empty();
    let rest = html! {
        @if let Some(user) = own.user { (held(user)) }
        section aria-labelledby="asked" {
            h2 #asked { "Roles I have requested" }
            (requested(visit, &requests))
        }
        section aria-labelledby="all" {
            h2 #all { "All roles" }
            (all(visit, &own, &roles))
        }
    };
    let body = html! {
        h1 { "My roles and requests" }
        @if done {
            (parts::saved(&format!("Entitlement Request with Id {request_id} was created. It will be reviewed shortly.")))
        }
        (with_refusal(refusal, &rest))
    };
    page(visit, TITLE, &body)
}

fn held(user: &SignedInUser) -> Markup {
    let row = |held: &Entitlement| vec![exact(&held.role_name), role_bank(&held.bank_id)];
    let rows: Vec<_> = user.entitlements.iter().map(row).collect();
    html! {
        @if user.super_admin {
            (parts::notice(&html! { p { "You are a super admin. You can grant every role, also to yourself, on the page "
                a href="/administration" { "Administration" } "." } }))
        }
        section aria-labelledby="held" {
            h2 #held { "Roles I have" }
            @if rows.is_empty() { p.empty { "None yet." } } @else { (parts::table("Roles I have", &["Role", "Bank"], &rows)) }
        }
    }
}

fn requested(visit: &Visit<'_>, requests: &ListResult<EntitlementRequest>) -> Markup {
    let heads = ["Role", "Bank", "Requested"];
    parts::record_table(requests, "None.", "Roles I have requested", &heads, |request| {
        let mark = saved_mark(visit.has_saved("request", &request.entitlement_request_id));
        vec![html! { (mark) (exact(&request.role_name)) }, role_bank(&request.bank_id), date(request.created)]
    })
}

fn all(visit: &Visit<'_>, own: &OwnRoles<'_>, roles: &ListResult<Role>) -> Markup {
    html! {
        @match roles {
            Err(refusal) => (parts::refusal(refusal)),
            Ok(roles) => ul.roles.ruled {
                @for Role { role, requires_bank_id } in roles {
                    li { (role_line(visit, own, role, *requires_bank_id, "", "all", &visit.sign_in_link())) }
                }
            },
        }
    }
}

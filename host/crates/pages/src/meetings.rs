//! Video meetings: arrange one, list them, join.

use bindings::meetings_types::{Meeting, MeetingDraft, MeetingKeys, Meetings};
use maud::{Markup, html};

use crate::form::{link, shortened};
use crate::inputs::{self, InputField};
use crate::layout::{page, sign_in_first};
use crate::parts::{self, ListResult, cell, date, exact};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::visit::Visit;

const TITLE: &str = "Meetings";

/// `GET /meetings`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    overview(visit, visit.query.text("bank_id"), None).await
}

/// `POST /meetings`: createMeeting.
pub(crate) async fn create(visit: &Visit<'_>) -> PageResponse {
    let form = &visit.form;
    let bank_id = form.text("bank_id");
    let draft = MeetingDraft { provider_id: form.owned("provider_id"), purpose_id: form.owned("purpose_id") };
    match visit.client().post::<Meeting>(&["banks", bank_id, "meetings"], &draft).await {
        Ok(_) => PageResponse::redirect(link("/meetings", &[("bank_id", bank_id), ("done", "meeting")])),
        Err(refusal) => overview(visit, bank_id, Some(&refusal)).await.with_status(refusal.status),
    }
}

async fn overview(visit: &Visit<'_>, bank_id: &str, refusal: Option<&PageRefusal>) -> PageResponse {
    let bank_id = shortened(bank_id);
    if visit.user.is_none() {
        let reason = "Customers and staff of the bank talk in video meetings. Sign in to arrange one.";
        return sign_in_first(visit, TITLE, reason);
    }
    let banks = inputs::bank_choices(visit).await;
    let body = html! {
        h1 { (TITLE) }
        p.lead { "Meetings take place at the video provider; this page keeps participants, time and purpose." }
        @if visit.query.text("done") == "meeting" { (parts::done("The meeting is arranged.")) }
        @if let Some(refusal) = refusal { (parts::refusal(refusal)) }
        form.row.selectors method="get" action="/meetings" {
            (inputs::bank_select("at", &banks, bank_id))
            button type="submit" { "Show" }
        }
        @if !bank_id.is_empty() { (at_bank(visit, bank_id).await) }
    };
    page(visit, TITLE, &body)
}

async fn at_bank(visit: &Visit<'_>, bank_id: &str) -> Markup {
    let meetings = visit.client().get(&["banks", bank_id, "meetings"]).await;
    html! {
        section aria-labelledby="list" {
            h2 #list { "Meetings at " (bank_id) }
            (list(visit, &meetings.map(|Meetings { meetings }| meetings)))
        }
        section.card aria-labelledby="new" {
            h2 #new { "Arrange a meeting" }
            (inputs::form(visit, "/meetings", &fields(visit, bank_id)))
        }
    }
}

fn fields(visit: &Visit<'_>, bank_id: &str) -> Markup {
    let form = &visit.form;
    let providers: Vec<_> = visit.settings.services.providers.ids().map(|id| (id.to_owned(), String::new())).collect();
    let purposes = ["onboarding", "mortgage", "complaint"].map(|purpose| (purpose.to_owned(), String::new()));
    let first = providers.first().map_or("", |(id, _)| id.as_str());
    let provider = InputField::text("provider_id", "Provider", first).with_suggestions(&providers);
    let purpose = InputField::text("purpose_id", "Purpose", "onboarding").with_suggestions(&purposes);
    html! {
        input type="hidden" name="bank_id" value=(bank_id);
        div.pair {
            (provider.with_hint("The id of a provider of this server.").with_sent(form).markup("meeting"))
            (purpose.with_hint("One word, e.g. onboarding").with_sent(form).markup("meeting"))
        }
        button type="submit" { "Arrange" }
    }
}

fn list(visit: &Visit<'_>, meetings: &ListResult<Meeting>) -> Markup {
    let heads = ["When", "Purpose", "Provider", "Customer", "Id", "Join"];
    parts::record_table(meetings, "None yet.", TITLE, &heads, |meeting| {
        let customer = &meeting.present.customer_user_id;
        let is_me = visit.user.as_ref().is_some_and(|user| user.user_id == *customer);
        vec![
            date(meeting.when),
            cell(&meeting.purpose_id),
            cell(&meeting.provider_id),
            html! { @if is_me { "you" } @else { code { (customer) } } },
            exact(&meeting.meeting_id),
            join(visit, meeting),
        ]
    })
}

/// A link to join. The API shows a token to participants only.
fn join(visit: &Visit<'_>, meeting: &Meeting) -> Markup {
    let MeetingKeys { session_id, customer_token, staff_token } = &meeting.keys;
    let token = if staff_token.is_empty() { customer_token } else { staff_token };
    if token.is_empty() {
        return html! { span.muted { "participants only" } };
    }
    match visit.settings.services.providers.join_url(&meeting.provider_id, session_id, token) {
        Some(url) => html! {
            a.button.small href=(url) target="_blank" rel="noopener noreferrer" {
                "Join" span.unseen { " (opens a new window)" }
            }
        },
        None => html! {
            details {
                summary { "Session and token" }
                p { "Session " code { (session_id) } } p { "Token " code { (token) } }
            }
        },
    }
}

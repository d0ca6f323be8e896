//! Meetings: create, list, join.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::client::{self, Refused};
use super::form::link;
use super::layout::{Answer, page};
use super::parts::{self, Field, cell, date, exact};
use super::visit::Visit;

const TITLE: &str = "Meetings";

/// `GET /meetings`.
pub(super) async fn show(visit: &Visit<'_>) -> Answer {
    overview(visit, visit.query.text("bank_id"), None).await
}

/// `POST /meetings`: createMeeting.
pub(super) async fn create(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let bank_id = form.text("bank_id");
    let draft = json!({"provider_id": form.text("provider_id"), "purpose_id": form.text("purpose_id")});
    match visit.api().post(&client::path(&["banks", bank_id, "meetings"]), &draft).await {
        Ok(_) => Answer::see(link("/meetings", &[("bank_id", bank_id), ("done", "meeting")])),
        Err(refused) => overview(visit, bank_id, Some(&refused)).await.with_status(refused.status),
    }
}

async fn overview(visit: &Visit<'_>, bank_id: &str, refused: Option<&Refused>) -> Answer {
    if visit.user.is_none() {
        return visit.sign_in_first(
            TITLE,
            "A customer and the bank's staff see each other in a video meeting. Sign in to arrange one.",
        );
    }
    let banks = parts::banks(visit).await;
    let meetings = match bank_id {
        "" => None,
        bank => Some(visit.api().get(&client::path(&["banks", bank, "meetings"])).await),
    };
    let body = html! {
        h1 { (TITLE) }
        p.lead { "What is kept here is who meets whom, why and where. The meeting itself is held by a provider." }
        @if visit.query.text("done") == "meeting" { (parts::done("The meeting is arranged.")) }
        @if let Some(refused) = refused { (parts::refusal(refused)) }
        form.row.selectors method="get" action="/meetings" {
            (parts::bank_choice("at", &banks, bank_id))
            button type="submit" { "Show" }
        }
        @if let Some(meetings) = &meetings {
            section aria-labelledby="list" {
                h2 #list { "Meetings at " (bank_id) }
                (list(visit, meetings))
            }
            section.card aria-labelledby="new" {
                h2 #new { "Arrange a meeting" }
                (visit.form("/meetings", &fields(visit, bank_id)))
            }
        }
    };
    page(visit, TITLE, &body)
}

fn fields(visit: &Visit<'_>, bank_id: &str) -> Markup {
    let form = &visit.form;
    let ids = visit.pages.settings.services.providers.ids();
    let providers: Vec<_> = ids.map(|id| (id.to_owned(), String::new())).collect();
    let purposes = ["onboarding", "mortgage", "complaint"].map(|purpose| (purpose.to_owned(), String::new()));
    let only = providers.first().map_or("", |(id, _)| id.as_str());
    let provider = Field::text("provider_id", "Provider", only).with_choices(&providers);
    let purpose = Field::text("purpose_id", "Purpose", "onboarding").with_choices(&purposes);
    html! {
        input type="hidden" name="bank_id" value=(bank_id);
        div.pair {
            (provider.with_hint("The id of a provider that this server has.").typed(form).markup("meeting"))
            (purpose.with_hint("What it is about, without blanks.").typed(form).markup("meeting"))
        }
        button type="submit" { "Arrange" }
    }
}

fn list(visit: &Visit<'_>, meetings: &Result<Value, Refused>) -> Markup {
    let row = |meeting: &Value| {
        let present = meeting.get("present").unwrap_or(&Value::Null);
        let customer = client::text(present, "customer_user_id");
        let is_me = visit.user.as_ref().is_some_and(|user| user.user_id == customer);
        vec![
            date(client::text(meeting, "when")),
            cell(client::text(meeting, "purpose_id")),
            cell(client::text(meeting, "provider_id")),
            html! { @if is_me { "you" } @else { code { (customer) } } },
            exact(client::text(meeting, "meeting_id")),
            join(visit, meeting),
        ]
    };
    let items = meetings.as_ref().map(|meetings| client::list(meetings, "meetings")).unwrap_or_default();
    let rows: Vec<_> = items.iter().map(row).collect();
    html! {
        @match meetings {
            Err(refused) => (parts::refusal(refused)),
            Ok(_) if rows.is_empty() => p.empty { "None yet." },
            Ok(_) => (parts::table("Meetings", &["When", "Purpose", "Provider", "Customer", "Id", "Join"], &rows)),
        }
    }
}

/// The way in, for whom the API shows a token.
fn join(visit: &Visit<'_>, meeting: &Value) -> Markup {
    let keys = meeting.get("keys").unwrap_or(&Value::Null);
    let (room, customer, staff) =
        (client::text(keys, "session_id"), client::text(keys, "customer_token"), client::text(keys, "staff_token"));
    let token = if staff.is_empty() { customer } else { staff };
    if token.is_empty() {
        return html! { span.muted { "only who takes part" } };
    }
    match visit.pages.settings.services.providers.join_url(client::text(meeting, "provider_id"), room, token) {
        Some(url) => {
            html! { a.button.small href=(url) target="_blank" rel="noopener noreferrer" { "Join" span.unseen { " (opens a new window)" } } }
        }
        None => html! {
            details {
                summary { "Session and token" }
                p { "Session " code { (room) } } p { "Token " code { (token) } }
            }
        },
    }
}

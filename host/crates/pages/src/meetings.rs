//! Video meetings: arrange one, list them, join.

use api::MeetingLink;
use bindings::meetings_types::{Meeting, MeetingDraft, Meetings};
use guest::roles::Role;
use maud::{Markup, html};
use serde::Serialize;

use crate::form::{link, shortened};
use crate::inputs::{self, InputField, form_token};
use crate::layout::{page, sign_in_first};
use crate::parts::{self, ListResult, cell, date, exact, saved_mark};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::sent::{SentForm, with_refusal};
use crate::visit::Visit;

const TITLE: &str = "Meetings";
const PATH: &str = "/meetings";

/// The body of createMeeting, with the key that only staff sends.
#[derive(Serialize)]
struct NewMeeting {
    #[serde(flatten)]
    draft: MeetingDraft,
    #[serde(skip_serializing_if = "String::is_empty")]
    customer_user_id: String,
}

/// `GET /meetings`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    overview(visit, visit.query.text("bank_id"), None).await
}

/// `POST /meetings`: createMeeting.
pub(crate) async fn create(visit: &Visit<'_>) -> PageResponse {
    let form = &visit.form;
    let bank_id = form.text("bank_id");
    let draft = MeetingDraft { provider_id: form.owned("provider_id"), purpose_id: form.owned("purpose_id") };
    let new = NewMeeting { draft, customer_user_id: form.owned("customer_user_id") };
    match visit.client().post::<Meeting>(&["banks", bank_id, "meetings"], &new).await {
        Ok(Meeting { meeting_id, .. }) => {
            let place = link(PATH, &[("bank_id", bank_id), ("done", "meeting"), ("id", &meeting_id)]);
            PageResponse::redirect(place)
        }
        Err(refusal) => overview(visit, bank_id, Some(&refusal)).await.with_status(refusal.status),
    }
}

/// `POST /meetings/join`: joinMeeting. The page shows the link, because a browser does not follow a form to another server.
pub(crate) async fn join(visit: &Visit<'_>) -> PageResponse {
    let (bank_id, meeting_id) = (visit.form.text("bank_id"), visit.form.text("meeting_id"));
    match visit.client().put_for(&["banks", bank_id, "meetings", meeting_id, "join"]).await {
        Ok(way_in) => page(visit, "Join the meeting", &way_in_page(&way_in, bank_id)),
        Err(refusal) => overview(visit, bank_id, Some(&refusal)).await.with_status(refusal.status),
    }
}

fn way_in_page(way_in: &MeetingLink, bank_id: &str) -> Markup {
    html! {
        h1 { "Join the meeting" }
        @match &way_in.url {
            Some(url) => {
                p.lead { "Your link is valid for 60 minutes. It is for you alone, so do not pass it on." }
                p { a.button #conference href=(url) target="_blank" rel="noopener noreferrer" {
                    "Open the conference" span.unseen { " (opens a new window)" }
                } }
            }
            None => {
                p.lead { "This provider has no page of its own. Join in the app of your bank, with this session and token. \
                    They are valid for 60 minutes." }
                (parts::copyable("Session", &way_in.session_id))
                (parts::copyable("Token", &way_in.token))
            }
        }
        p { a href=(link("/meetings", &[("bank_id", bank_id)])) { "Back to the meetings" } }
    }
}

async fn overview(visit: &Visit<'_>, bank_id: &str, refusal: Option<&PageRefusal>) -> PageResponse {
    let bank_id = shortened(bank_id);
    if visit.user.is_none() {
        let reason = "Customers and staff of the bank talk in video meetings. Sign in to arrange one.";
        return sign_in_first(visit, TITLE, reason);
    }
    let banks = inputs::bank_choices(visit).await;
    let (found, unknown) = match at_bank(visit, bank_id, refusal).await {
        Ok(found) => (found, None),
        Err(unknown) => (html! {}, Some(unknown)),
    };
    let rest = html! {
        form.row.selectors method="get" action=(PATH) {
            (inputs::bank_select("at", &banks, bank_id, SentForm::queried(visit, unknown.as_ref())))
            button type="submit" { "Show" }
        }
        (found)
    };
    let body = html! {
        h1 { (TITLE) }
        p.lead { "Meetings take place at the video provider; this page keeps participants, time and purpose." }
        @if visit.query.text("done") == "meeting" { (parts::saved("The meeting is arranged.")) }
        (with_refusal(refusal.or(unknown.as_ref()), &rest))
    };
    page(visit, TITLE, &body)
}

/// The meetings of the bank, and the form for a new one. Nothing if no bank is chosen.
async fn at_bank(visit: &Visit<'_>, bank_id: &str, refusal: Option<&PageRefusal>) -> Result<Markup, PageRefusal> {
    if bank_id.is_empty() {
        return Ok(html! {});
    }
    let meetings = match visit.client().get(&["banks", bank_id, "meetings"]).await {
        Err(refusal) if refusal.is_about("bank_id") => return Err(refusal),
        meetings => meetings.map(|Meetings { meetings }| meetings),
    };
    let sent = SentForm::posted(visit, PATH, refusal);
    Ok(html! {
        section aria-labelledby="list" {
            h2 #list { "Meetings at " (bank_id) }
            (list(visit, &meetings))
        }
        section.card aria-labelledby="new" {
            h2 #new { "Arrange a meeting" }
            (inputs::form(visit, PATH, &fields(visit, bank_id, sent)))
        }
    })
}

fn fields(visit: &Visit<'_>, bank_id: &str, sent: SentForm<'_>) -> Markup {
    let providers: Vec<_> = (visit.settings.provider_ids)().into_iter().map(|id| (id, String::new())).collect();
    let purposes = ["onboarding", "mortgage", "complaint"].map(|purpose| (purpose.to_owned(), String::new()));
    let first = providers.first().map_or("", |(id, _)| id.as_str());
    let provider = InputField::text("provider_id", "Provider", first).with_suggestions(&providers);
    let purpose = InputField::text("purpose_id", "Purpose", "onboarding").with_suggestions(&purposes);
    html! {
        input type="hidden" name="bank_id" value=(bank_id);
        div.pair {
            (provider.with_hint("The id of a provider of this server.").with_sent(sent).markup("meeting"))
            (purpose.with_hint("One word, e.g. onboarding").with_sent(sent).markup("meeting"))
        }
        @if is_staff(visit, bank_id) {
            (InputField::text("customer_user_id", "Customer's user id", "").optional()
                .with_hint("The user who is to join as the customer. Empty: you.").with_sent(sent).markup("meeting"))
        }
        button type="submit" { "Arrange" }
    }
}

/// Whether the user may join meetings of the bank as its staff.
fn is_staff(visit: &Visit<'_>, bank_id: &str) -> bool {
    visit.user.as_ref().is_some_and(|user| user.holds_at(Role::CanJoinMeetingAsStaff, bank_id))
}

fn list(visit: &Visit<'_>, meetings: &ListResult<Meeting>) -> Markup {
    let heads = ["When", "Purpose", "Provider", "Customer", "Staff", "Id", "Join"];
    parts::record_table(meetings, "None yet.", TITLE, &heads, |meeting| {
        vec![
            html! { (saved_mark(visit.has_saved("meeting", &meeting.meeting_id))) (date(meeting.when)) },
            cell(&meeting.purpose_id),
            cell(&meeting.provider_id),
            party(visit, &meeting.present.customer_user_id),
            party(visit, &meeting.present.staff_user_id),
            exact(&meeting.meeting_id),
            join_form(visit, meeting),
        ]
    })
}

fn is_caller(visit: &Visit<'_>, user_id: &str) -> bool {
    visit.user.as_ref().is_some_and(|user| user.user_id == user_id)
}

fn party(visit: &Visit<'_>, user_id: &str) -> Markup {
    html! {
        @if user_id.is_empty() { span.muted { "none yet" } }
        @else if is_caller(visit, user_id) { "you" }
        @else { code { (user_id) } }
    }
}

/// A button for those who may join. The link is made when the button is pressed.
fn join_form(visit: &Visit<'_>, meeting: &Meeting) -> Markup {
    let present = &meeting.present;
    let is_party = [&present.customer_user_id, &present.staff_user_id].into_iter().any(|id| is_caller(visit, id));
    let label = match (is_party, is_staff(visit, &meeting.bank_id)) {
        (true, _) => "Join",
        (false, true) => "Join as staff",
        (false, false) => return html! { span.muted { "participants only" } },
    };
    html! {
        form method="post" action="/meetings/join" {
            (form_token(visit))
            input type="hidden" name="bank_id" value=(meeting.bank_id);
            input type="hidden" name="meeting_id" value=(meeting.meeting_id);
            button.small type="submit" { (label) }
        }
    }
}

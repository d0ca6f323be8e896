//! The user's applications: a list, and a form to register another.

use api::Consumers;
use bindings::consumers_types::{Consumer, ConsumerCreated, ConsumerRegistration};
use hyper::StatusCode;
use maud::{Markup, html};

use crate::inputs::{self, InputField};
use crate::layout::{page, sign_in_first};
use crate::parts::{self, ListResult, cell, date, exact};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::sent::{SentForm, with_refusal};
use crate::visit::Visit;

const TITLE: &str = "Applications";
const PATH: &str = "/applications";

/// `GET /applications`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    if visit.user.is_none() {
        return sign_in_first(visit, TITLE, "Each application has its own consumer key. Sign in to register one.");
    }
    overview(visit, None).await
}

/// `POST /applications`: createMyConsumer. Only this response shows key and secret.
pub(crate) async fn register(visit: &Visit<'_>) -> PageResponse {
    let form = &visit.form;
    let draft = ConsumerRegistration {
        app_name: form.owned("app_name"),
        app_type: form.owned("app_type"),
        description: form.owned("description"),
        developer_email: form.owned("developer_email"),
        redirect_url: form.owned("redirect_url"),
    };
    match visit.client().post(&["my", "consumers"], &draft).await {
        Ok(created) => page(visit, "Registered", &registered(visit, &created)).with_status(StatusCode::CREATED),
        Err(refusal) => overview(visit, Some(&refusal)).await.with_status(refusal.status),
    }
}

async fn overview(visit: &Visit<'_>, refusal: Option<&PageRefusal>) -> PageResponse {
    let mine = visit.client().get(&["management", "users", "current", "consumers"]).await;
    let rest = html! {
        section aria-labelledby="mine" {
            h2 #mine { "My applications" }
            (list(&mine.map(|Consumers { consumers }| consumers)))
        }
        section.card aria-labelledby="register" {
            h2 #register { "Register an application" }
            (inputs::form(visit, PATH, &fields(SentForm::posted(visit, PATH, refusal))))
        }
    };
    let body = html! {
        h1 { (TITLE) }
        p.lead { "An application calls the API with a consumer key. Its users sign in with their own names and passwords." }
        (with_refusal(refusal, &rest))
    };
    page(visit, TITLE, &body)
}

fn list(consumers: &ListResult<Consumer>) -> Markup {
    let heads = ["Name", "Type", "Consumer id", "Registered", "State"];
    parts::record_table(consumers, "None yet.", "My applications", &heads, |consumer| {
        vec![
            html! { strong { (consumer.app_name) } br; (consumer.description) },
            cell(&consumer.app_type),
            exact(&consumer.consumer_id),
            date(consumer.created),
            parts::state(consumer.enabled, "Enabled", "Disabled"),
        ]
    })
}

fn fields(sent: SentForm<'_>) -> Markup {
    let types = ["Confidential", "Public"].map(|name| (name.to_owned(), name.to_owned()));
    let name = InputField::text("app_name", "Name", "").with_hint("At least 3 characters.");
    let description = InputField::text("description", "Description", "").optional();
    let email =
        InputField::text("developer_email", "Developer's e-mail", "").of_kind("email").autocompleted_as("email");
    let redirect = InputField::text("redirect_url", "Redirect URL", "").of_kind("url").optional();
    html! {
        div.pair {
            (name.with_sent(sent).markup("app"))
            (InputField::select("app_type", "Type", &types, "").with_sent(sent).markup("app"))
        }
        (description.with_sent(sent).markup("app"))
        div.pair { (email.with_sent(sent).markup("app")) (redirect.with_sent(sent).markup("app")) }
        button type="submit" { "Register" }
    }
}

fn registered(visit: &Visit<'_>, created: &ConsumerCreated) -> Markup {
    let ConsumerCreated { app_name, consumer_id, key, secret, .. } = created;
    let login = format!("{}/my/logins/direct", visit.origin());
    let call =
        format!("curl -X POST {login} \\\n  -H 'DirectLogin: username=\"…\", password=\"…\", consumer_key=\"{key}\"'");
    html! {
        h1 { (app_name) " is registered" }
        (parts::notice(&html! { p { "Key and secret are shown " strong { "only once" } ". Store them in a safe place now." } }))
        dl.facts {
            dt { "Consumer id" } dd { code { (consumer_id) } }
            dt { "Consumer key" } dd #consumer-key { code { (key) } }
            dt { "Consumer secret" } dd { code { (secret) } }
            dt { "DirectLogin endpoint" } dd { code { (login) } }
        }
        h2 { "Get a token with it" }
        (parts::copyable("The call as a curl command", &call))
        p { a href="/applications" { "My applications" } }
    }
}

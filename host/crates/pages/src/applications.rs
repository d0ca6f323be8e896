//! My applications: register one, and see those that are.

use hyper::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::client::{self, Refused};
use super::layout::{Answer, page};
use super::parts::{self, Field, cell, date, exact};
use super::visit::Visit;

const TITLE: &str = "Applications";

/// `GET /applications`.
pub(super) async fn show(visit: &Visit<'_>) -> Answer {
    if visit.user.is_none() {
        return visit.sign_in_first(TITLE, "An application has a consumer key of its own. Sign in to register one.");
    }
    list(visit, None).await
}

/// `POST /applications`: createMyConsumer. Key and secret are on this answer only.
pub(super) async fn register(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let draft = json!({
        "app_name": form.text("app_name"),
        "app_type": form.text("app_type"),
        "description": form.text("description"),
        "developer_email": form.text("developer_email"),
        "redirect_url": form.text("redirect_url"),
    });
    match visit.api().post(&client::path(&["my", "consumers"]), &draft).await {
        Ok(created) => registered(visit, &created),
        Err(refused) => list(visit, Some(&refused)).await.with_status(refused.status),
    }
}

async fn list(visit: &Visit<'_>, refused: Option<&Refused>) -> Answer {
    let mine = visit.api().get(&client::path(&["management", "users", "current", "consumers"])).await;
    let body = html! {
        h1 { (TITLE) }
        p.lead { "An application calls the API with a consumer key. Whoever uses it signs in with their own name and password." }
        @if let Some(refused) = refused { (parts::refusal(refused)) }
        @match &mine {
            Ok(mine) => (own(client::list(mine, "consumers"))),
            Err(refused) => (parts::refusal(refused)),
        }
        section.card aria-labelledby="register" {
            h2 #register { "Register an application" }
            (visit.form("/applications", &fields(visit)))
        }
    };
    page(visit, TITLE, &body)
}

fn own(consumers: &[Value]) -> Markup {
    let row = |consumer: &Value| {
        let enabled = consumer.get("enabled").and_then(Value::as_bool).unwrap_or_default();
        vec![
            html! { strong { (client::text(consumer, "app_name")) } br; (client::text(consumer, "description")) },
            cell(client::text(consumer, "app_type")),
            exact(client::text(consumer, "consumer_id")),
            date(client::text(consumer, "created")),
            html! { @if enabled { span.state.good { "Enabled" } } @else { span.state.bad { "Disabled" } } },
        ]
    };
    let rows: Vec<_> = consumers.iter().map(row).collect();
    html! {
        section aria-labelledby="mine" {
            h2 #mine { "My applications" }
            @if rows.is_empty() { p.empty { "None yet." } } @else {
                (parts::table("My applications", &["Name", "Type", "Consumer id", "Registered", "State"], &rows))
            }
        }
    }
}

fn fields(visit: &Visit<'_>) -> Markup {
    let form = &visit.form;
    let types = ["Confidential", "Public"].map(|name| (name.to_owned(), name.to_owned()));
    let email = Field::text("developer_email", "Developer's e-mail", "").of_kind("email").filled_in_as("email");
    html! {
        div.pair {
            (Field::text("app_name", "Name", "").with_hint("At least 3 characters.").typed(form).markup("app"))
            (parts::choice("app", "app_type", "Type", &types, form.raw("app_type")))
        }
        (Field::text("description", "Description", "").optional().typed(form).markup("app"))
        div.pair {
            (email.typed(form).markup("app"))
            (Field::text("redirect_url", "Redirect URL", "").of_kind("url").optional().typed(form).markup("app"))
        }
        button type="submit" { "Register" }
    }
}

fn registered(visit: &Visit<'_>, created: &Value) -> Answer {
    let text = |key| client::text(created, key);
    let login = format!("{}/my/logins/direct", visit.origin());
    let call = format!(
        "curl -X POST {login} \\\n  -H 'DirectLogin: username=\"…\", password=\"…\", consumer_key=\"{}\"'",
        text("key")
    );
    let body = html! {
        h1 { (text("app_name")) " is registered" }
        (parts::hint(&html! { p { "Key and secret are shown " strong { "this once" } ". Keep them somewhere safe before you go on." } }))
        dl.facts {
            dt { "Consumer id" } dd { code { (text("consumer_id")) } }
            dt { "Consumer key" } dd #consumer-key { code { (text("key")) } }
            dt { "Consumer secret" } dd { code { (text("secret")) } }
            dt { "DirectLogin endpoint" } dd { code { (login) } }
        }
        h2 { "Get a token with it" }
        (parts::copyable("The call as a curl line", &call))
        p { a href="/applications" { "My applications" } }
    };
    page(visit, "Registered", &body).with_status(StatusCode::CREATED)
}

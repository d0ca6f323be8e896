//! A customer's KYC file on one page: the status timeline, documents, checks and media, and a form to add each.

mod add;
mod lists;
mod timeline;

use maud::{Markup, html};
use serde_json::{Value, json};

pub(super) use self::add::{add_check, add_document, add_media, add_status};
use super::client::{self, Refused};
use super::form::link;
use super::layout::{Answer, page};
use super::parts::{self, Field};
use super::visit::Visit;

const TITLE: &str = "KYC file";

/// `GET /kyc`.
pub(super) async fn show(visit: &Visit<'_>) -> Answer {
    file(visit, visit.query.text("bank_id"), visit.query.text("customer_id"), None).await
}

/// `POST /kyc/find`: getCustomerByCustomerNumber.
pub(super) async fn find(visit: &Visit<'_>) -> Answer {
    let (bank_id, number) = (visit.form.text("bank_id"), visit.form.text("customer_number"));
    let asked = json!({"customer_number": number});
    match visit.api().post(&client::path(&["banks", bank_id, "customers", "customer-number"]), &asked).await {
        Ok(customer) => Answer::see(address(bank_id, client::text(&customer, "customer_id"), "")),
        Err(refused) => file(visit, bank_id, "", Some(&refused)).await.with_status(refused.status),
    }
}

/// The file's address; `done` names what was added.
fn address(bank_id: &str, customer_id: &str, done: &str) -> String {
    link("/kyc", &[("bank_id", bank_id), ("customer_id", customer_id), ("done", done)])
}

async fn file(visit: &Visit<'_>, bank_id: &str, customer_id: &str, refused: Option<&Refused>) -> Answer {
    if visit.user.is_none() {
        return visit.sign_in_first(
            TITLE,
            "What a bank knows of a customer: documents, checks, media, and the status over time.",
        );
    }
    let banks = parts::banks(visit).await;
    let own = visit.api().get(&client::path(&["users", "current", "customers"])).await.unwrap_or_default();
    let own: Vec<_> = client::list(&own, "customers").iter().map(choice).collect();
    let done = match visit.query.text("done") {
        "document" => "The document is in the file.",
        "check" => "The check is in the file.",
        "media" => "The medium is in the file.",
        "status" => "The status is on the timeline.",
        _ => "",
    };
    let chosen = !bank_id.is_empty() && !customer_id.is_empty();
    let body = html! {
        h1 { (TITLE) }
        @if !done.is_empty() { (parts::done(done)) }
        @if let Some(refused) = refused { (parts::refusal(refused)) }
        form.row.selectors method="get" action="/kyc" {
            (parts::bank_choice("at", &banks, bank_id))
            (Field::text("customer_id", "Customer id", customer_id).with_choices(&own).markup("at"))
            button type="submit" { "Open" }
        }
        (by_number(visit, &banks, bank_id, chosen))
        @if chosen { (contents(visit, bank_id, customer_id).await) }
    };
    page(visit, TITLE, &body)
}

fn choice(customer: &Value) -> (String, String) {
    let text = |key| client::text(customer, key);
    (
        text("customer_id").to_owned(),
        format!("{}, number {}, {}", text("legal_name"), text("customer_number"), text("bank_id")),
    )
}

fn by_number(visit: &Visit<'_>, banks: &[(String, String)], bank_id: &str, chosen: bool) -> Markup {
    html! {
        details.by-number open[!chosen && visit.form.is_on("customer_number")] {
            summary { "Find a customer by number" }
            form.row method="post" action="/kyc/find" {
                (visit.form_token())
                (parts::bank_choice("number", banks, bank_id))
                (Field::text("customer_number", "Customer number", "").typed(&visit.form).markup("number"))
                button type="submit" { "Find" }
            }
        }
    }
}

async fn contents(visit: &Visit<'_>, bank_id: &str, customer_id: &str) -> Markup {
    let api = visit.api();
    let customer = api.get(&client::path(&["banks", bank_id, "customers", customer_id])).await;
    let read = async |what: &str| api.get(&client::path(&["customers", customer_id, what])).await;
    let (statuses, documents) = (read("kyc_statuses").await, read("kyc_documents").await);
    let (checks, media) = (read("kyc_checks").await, read("kyc_media").await);
    if let Err(refused) = &statuses {
        return parts::refusal(refused);
    }
    let number = customer.as_ref().map(|customer| client::text(customer, "customer_number")).unwrap_or_default();
    let target = add::Target { visit, bank_id, customer_id, customer_number: number };
    let now = visit.pages.settings.ambient().now_ms();
    html! {
        (about(&customer, customer_id))
        section aria-labelledby="statuses" {
            h2 #statuses { "Status" }
            (timeline::picture(&statuses, now))
            (target.status_form(now))
        }
        section aria-labelledby="documents" {
            h2 #documents { "Documents" }
            (lists::documents(&documents, now))
            (target.document_form())
        }
        section aria-labelledby="checks" {
            h2 #checks { "Checks" }
            (lists::checks(&checks))
            (target.check_form(now))
        }
        section aria-labelledby="media" {
            h2 #media { "Media" }
            (lists::media(&media))
            (target.media_form(now))
        }
    }
}

fn about(customer: &Result<Value, Refused>, customer_id: &str) -> Markup {
    let customer = match customer {
        Ok(customer) => customer,
        // The file may be read, the rest of what is known of the customer not.
        Err(refused) => {
            return html! { div.person {
                p { strong { "Customer " code { (customer_id) } } }
                p.muted { "Name and number are not shown: " (super::explain::message(&refused.message)) }
            } };
        }
    };
    let text = |key| client::text(customer, key);
    html! {
        div.person {
            p { strong { (text("legal_name")) } " " span.muted { "number " (text("customer_number")) } }
            p.muted { (text("email")) " · " (text("mobile_phone_number")) " · born " (super::time::shown(text("date_of_birth"))) }
        }
    }
}

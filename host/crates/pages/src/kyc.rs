//! A customer's KYC file on one page: status timeline, documents, checks, images and scans, and a form to add each.

mod add_form;
mod check;
mod document;
mod media;
mod status;
mod timeline;

use api::{Checks, Documents, Medias, ShownCustomer, ShownCustomers, Statuses};
use bindings::customers_types::{Customer, CustomerNumberDraft};
use bindings::kyc_types::KycStatus;
use maud::{Markup, html};
use serde::Serialize;

use self::add_form::KycFile;
use crate::form::{link, shortened};
use crate::inputs::{self, Choice, InputField, form_token};
use crate::layout::{page, sign_in_first};
use crate::parts::{self, first_rows};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::time::readable;
use crate::visit::Visit;

const TITLE: &str = "KYC file";

/// `GET /kyc`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    overview(visit, visit.query.text("bank_id"), visit.query.text("customer_id"), None).await
}

/// `POST /kyc/find`: getCustomerByCustomerNumber.
pub(crate) async fn find(visit: &Visit<'_>) -> PageResponse {
    let bank_id = visit.form.text("bank_id");
    let draft = CustomerNumberDraft { customer_number: visit.form.owned("customer_number") };
    match visit.client().post(&["banks", bank_id, "customers", "customer-number"], &draft).await {
        Ok(ShownCustomer { customer_id, .. }) => PageResponse::redirect(address(bank_id, &customer_id, "")),
        Err(refusal) => overview(visit, bank_id, "", Some(&refusal)).await.with_status(refusal.status),
    }
}

/// `POST /kyc/document`: addKycDocument.
pub(crate) async fn add_document(visit: &Visit<'_>) -> PageResponse {
    add(visit, &["kyc_documents", visit.form.text("id")], &document::draft(visit), "document").await
}

/// `POST /kyc/check`: addKycCheck.
pub(crate) async fn add_check(visit: &Visit<'_>) -> PageResponse {
    add(visit, &["kyc_check", visit.form.text("id")], &check::draft(visit), "check").await
}

/// `POST /kyc/media`: addKycMedia.
pub(crate) async fn add_media(visit: &Visit<'_>) -> PageResponse {
    add(visit, &["kyc_media", visit.form.text("id")], &media::draft(visit), "media").await
}

/// `POST /kyc/status`: addKycStatus.
pub(crate) async fn add_status(visit: &Visit<'_>) -> PageResponse {
    add(visit, &["kyc_statuses"], &status::draft(visit), "status").await
}

async fn add(visit: &Visit<'_>, record: &[&str], draft: &impl Serialize, done: &str) -> PageResponse {
    let (bank_id, customer_id) = (visit.form.text("bank_id"), visit.form.text("customer_id"));
    let path = [&["banks", bank_id, "customers", customer_id], record].concat();
    match visit.client().put(&path, draft).await {
        Ok(()) => PageResponse::redirect(address(bank_id, customer_id, done)),
        Err(refusal) => overview(visit, bank_id, customer_id, Some(&refusal)).await.with_status(refusal.status),
    }
}

/// The URL of a customer's file; `done` names the kind of the record that was added.
fn address(bank_id: &str, customer_id: &str, done: &str) -> String {
    link("/kyc", &[("bank_id", bank_id), ("customer_id", customer_id), ("done", done)])
}

async fn overview(visit: &Visit<'_>, bank_id: &str, customer_id: &str, refusal: Option<&PageRefusal>) -> PageResponse {
    let (bank_id, customer_id) = (shortened(bank_id), shortened(customer_id));
    if visit.user.is_none() {
        let reason = "A bank's records of a customer: documents, checks, images and scans, and the status over time.";
        return sign_in_first(visit, TITLE, reason);
    }
    let banks = inputs::bank_choices(visit).await;
    let own = own_customers(visit).await;
    let done = match visit.query.text("done") {
        "document" => "Document added.",
        "check" => "Check added.",
        "media" => "Image added.",
        "status" => "Status added.",
        _ => "",
    };
    let chosen = !bank_id.is_empty() && !customer_id.is_empty();
    let body = html! {
        h1 { (TITLE) }
        @if !done.is_empty() { (parts::done(done)) }
        @if let Some(refusal) = refusal { (parts::refusal(refusal)) }
        form.row.selectors method="get" action="/kyc" {
            (inputs::bank_select("at", &banks, bank_id))
            (InputField::text("customer_id", "Customer id", customer_id).with_suggestions(&own).markup("at"))
            button type="submit" { "Open" }
        }
        (find_form(visit, &banks, bank_id, chosen))
        @if chosen { (file(visit, bank_id, customer_id).await) }
    };
    page(visit, TITLE, &body)
}

/// The customers that the user is linked to.
async fn own_customers(visit: &Visit<'_>) -> Vec<Choice> {
    let Ok(ShownCustomers { customers }) = visit.client().get(&["users", "current", "customers"]).await else {
        return Vec::new();
    };
    let choice = |ShownCustomer { bank_id, customer_id, customer_number, details }| {
        (customer_id, format!("{}, number {customer_number}, {bank_id}", details.legal_name))
    };
    customers.into_iter().map(choice).collect()
}

fn find_form(visit: &Visit<'_>, banks: &[Choice], bank_id: &str, chosen: bool) -> Markup {
    let number = InputField::text("customer_number", "Customer number", "");
    html! {
        details.by-number open[!chosen && visit.form.is_on("customer_number")] {
            summary { "Find a customer by number" }
            form.row method="post" action="/kyc/find" {
                (form_token(visit))
                (inputs::bank_select("number", banks, bank_id))
                (number.with_sent(&visit.form).markup("number"))
                button type="submit" { "Find" }
            }
        }
    }
}

async fn file(visit: &Visit<'_>, bank_id: &str, customer_id: &str) -> Markup {
    let client = visit.client();
    let customer = client
        .get(&["banks", bank_id, "customers", customer_id])
        .await
        .map(|shown: ShownCustomer| Customer::from(shown));
    let statuses = match client.get(&["customers", customer_id, "kyc_statuses"]).await {
        Ok(Statuses { statuses }) => first_rows(statuses),
        Err(refusal) => return parts::refusal(&refusal),
    };
    let documents = client
        .get(&["customers", customer_id, "kyc_documents"])
        .await
        .map(|read: Documents| first_rows(read.documents));
    let checks =
        client.get(&["customers", customer_id, "kyc_checks"]).await.map(|read: Checks| first_rows(read.checks));
    let medias = client.get(&["customers", customer_id, "kyc_media"]).await.map(|read: Medias| first_rows(read.medias));
    let customer_number = customer.as_ref().map_or("", |customer| customer.customer_number.as_str());
    let now_ms = visit.settings.ambient.now_ms();
    let file = KycFile { visit, bank_id, customer_id, customer_number, now_ms };
    let section = |id: &str, title: &str, records: Markup, form: Markup| {
        html! { section aria-labelledby=(id) { h2 id=(id) { (title) } (records) (form) } }
    };
    html! {
        (person(&customer, customer_id, &statuses, now_ms))
        (section("statuses", "Status", status::list(&statuses, now_ms), status::form(&file)))
        (section("documents", "Documents", document::table(&documents, now_ms), document::form(&file)))
        (section("checks", "Checks", check::table(&checks), check::form(&file)))
        (section("media", "Images and scans", media::table(&medias), media::form(&file)))
    }
}

fn person(customer: &Result<Customer, PageRefusal>, customer_id: &str, statuses: &[KycStatus], now_ms: i64) -> Markup {
    html! {
        div.person {
            (status::in_words(statuses, now_ms))
            @match customer {
                Ok(Customer { customer_number, details, .. }) => {
                    p { strong { (details.legal_name) } " " span.muted { "number " (customer_number) } }
                    p.muted {
                        (details.email) " · " (details.mobile_phone_number) " · born " (readable(details.date_of_birth))
                    }
                }
                // A user may be allowed to read the KYC file, but not the customer.
                Err(refusal) => {
                    p { strong { "Customer " code { (customer_id) } } }
                    p.muted { "Name and number are not shown: " (parts::explained(&refusal.message)) }
                }
            }
        }
    }
}

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
use crate::sent::{SentForm, with_refusal};
use crate::time::readable;
use crate::visit::Visit;

const TITLE: &str = "KYC file";
const PATH: &str = "/kyc";
const FIND_PATH: &str = "/kyc/find";

/// `GET /kyc`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    overview(visit, visit.query.text("bank_id"), visit.query.text("customer_id"), None).await
}

/// `POST /kyc/find`: getCustomerByCustomerNumber.
pub(crate) async fn find(visit: &Visit<'_>) -> PageResponse {
    let bank_id = visit.form.text("bank_id");
    let draft = CustomerNumberDraft { customer_number: visit.form.owned("wanted_number") };
    match visit.client().post(&["banks", bank_id, "customers", "customer-number"], &draft).await {
        Ok(ShownCustomer { customer_id, .. }) => PageResponse::redirect(address(bank_id, &customer_id, "", "")),
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

/// Sends the draft. `kind` is that of the record, and the last segment of the form's path.
async fn add(visit: &Visit<'_>, record: &[&str], draft: &impl Serialize, kind: &str) -> PageResponse {
    let (bank_id, customer_id) = (visit.form.text("bank_id"), visit.form.text("customer_id"));
    let path = [&["banks", bank_id, "customers", customer_id], record].concat();
    match visit.client().put(&path, draft).await {
        Ok(()) => {
            let id = if kind == "status" { status::key(visit) } else { visit.form.owned("id") };
            PageResponse::redirect(address(bank_id, customer_id, kind, &id))
        }
        Err(refusal) => overview(visit, bank_id, customer_id, Some(&refusal)).await.with_status(refusal.status),
    }
}

/// The URL of a customer's file; `done` and `id` are the kind and the id of the record that was added.
fn address(bank_id: &str, customer_id: &str, done: &str, id: &str) -> String {
    link(PATH, &[("bank_id", bank_id), ("customer_id", customer_id), ("done", done), ("id", id)])
}

async fn overview(visit: &Visit<'_>, bank_id: &str, customer_id: &str, refusal: Option<&PageRefusal>) -> PageResponse {
    let (bank_id, customer_id) = (shortened(bank_id), shortened(customer_id));
    if visit.user.is_none() {
        let reason = "A bank's records of a customer: documents, checks, images and scans, and the status over time.";
        return sign_in_first(visit, TITLE, reason);
    }
    let banks = inputs::bank_choices(visit).await;
    let own = own_customers(visit).await;
    let (file, unknown) = match file(visit, bank_id, customer_id, &own, refusal).await {
        Ok(file) => (file, None),
        Err(unknown) => (html! {}, Some(unknown)),
    };
    let at = SentForm::queried(visit, unknown.as_ref());
    let choices: Vec<_> = own.iter().map(choice).collect();
    let customer = InputField::text("customer_id", "Customer id", customer_id).with_suggestions(&choices);
    let rest = html! {
        form.row.selectors method="get" action=(PATH) {
            (inputs::bank_select("at", &banks, bank_id, at))
            (customer.with_sent(at).markup("at"))
            button type="submit" { "Open" }
        }
        (find_form(visit, &banks, bank_id, refusal))
        (file)
    };
    let done = match visit.query.text("done") {
        "document" => "Document added.",
        "check" => "Check added.",
        "media" => "Image added.",
        "status" => "Status added.",
        _ => "",
    };
    let body = html! {
        h1 { (TITLE) }
        @if !done.is_empty() { (parts::saved(done)) }
        (with_refusal(refusal.or(unknown.as_ref()), &rest))
    };
    page(visit, TITLE, &body)
}

/// The customers that the user is linked to.
async fn own_customers(visit: &Visit<'_>) -> Vec<Customer> {
    let customers = visit.client().get(&["users", "current", "customers"]).await;
    let customers = customers.map(|ShownCustomers { customers }| customers).unwrap_or_default();
    customers.into_iter().map(Customer::from).collect()
}

fn choice(customer: &Customer) -> Choice {
    let Customer { bank_id, customer_id, customer_number, details } = customer;
    (customer_id.clone(), format!("{}, number {customer_number}, {bank_id}", details.legal_name))
}

fn find_form(visit: &Visit<'_>, banks: &[Choice], bank_id: &str, refusal: Option<&PageRefusal>) -> Markup {
    let sent = SentForm::posted(visit, FIND_PATH, refusal);
    let number = InputField::text("wanted_number", "Customer number", "");
    html! {
        details.by-number open[sent.was_sent()] {
            summary { "Find a customer by number" }
            form.row method="post" action=(FIND_PATH) {
                (form_token(visit))
                (inputs::bank_select("number", banks, bank_id, sent))
                (number.with_sent(sent).markup("number"))
                button type="submit" { "Find" }
            }
        }
    }
}

/// The file of the chosen customer. Nothing if none is chosen.
async fn file(
    visit: &Visit<'_>,
    bank_id: &str,
    customer_id: &str,
    own: &[Customer],
    refusal: Option<&PageRefusal>,
) -> Result<Markup, PageRefusal> {
    if bank_id.is_empty() || customer_id.is_empty() {
        return Ok(html! {});
    }
    let client = visit.client();
    // Users see the customers that they are linked to, without a role.
    let customer = match own.iter().find(|customer| customer.bank_id == bank_id && customer.customer_id == customer_id)
    {
        Some(customer) => Ok(customer.clone()),
        None => {
            let shown: Result<ShownCustomer, _> = client.get(&["banks", bank_id, "customers", customer_id]).await;
            shown.map(Customer::from)
        }
    };
    let Statuses { statuses } = client.get(&["customers", customer_id, "kyc_statuses"]).await?;
    let statuses = first_rows(statuses);
    let documents = client
        .get(&["customers", customer_id, "kyc_documents"])
        .await
        .map(|read: Documents| first_rows(read.documents));
    let checks =
        client.get(&["customers", customer_id, "kyc_checks"]).await.map(|read: Checks| first_rows(read.checks));
    let medias = client.get(&["customers", customer_id, "kyc_media"]).await.map(|read: Medias| first_rows(read.medias));
    let customer_number = customer.as_ref().map_or("", |customer| customer.customer_number.as_str());
    let now_ms = visit.settings.ambient.now_ms();
    let file = KycFile { visit, bank_id, customer_id, customer_number, now_ms, refusal };
    let section = |id: &str, title: &str, records: Markup, form: Markup| {
        html! { section aria-labelledby=(id) { h2 id=(id) { (title) } (records) (form) } }
    };
    Ok(html! {
        (person(&customer, customer_id, &statuses, now_ms))
        (section("statuses", "Status", status::list(visit, &statuses, now_ms), status::form(&file)))
        (section("documents", "Documents", document::table(visit, &documents, now_ms), document::form(&file)))
        (section("checks", "Checks", check::table(visit, &checks), check::form(&file)))
        (section("media", "Images and scans", media::table(visit, &medias), media::form(&file)))
    })
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

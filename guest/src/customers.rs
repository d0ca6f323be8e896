//! Customers and their links to users (surface §2.7).

use crate::access::{Action, Actor};
use crate::changes::{Change, CustomerNumberChange};
use crate::customers_types::{Customer, CustomerDraft, CustomerNumberDraft, LinkDraft, NewLink, UserCustomerLink};
use crate::limits;
use crate::refusals::Refusal;
use crate::timestamp::Timestamp;

/// Greatest length of every text of a new customer.
pub const TEXT_CHARS_MAX: usize = 255;
/// Greatest length of a customer number that a client chooses.
pub const CUSTOMER_NUMBER_CHARS_MAX: usize = 50;

/// The inputs that updateCustomerNumber depends on.
#[derive(Debug)]
pub struct NumberFacts {
    /// Whether the bank in the path exists.
    pub bank_exists: bool,
    /// The customer in the path, if that bank has it.
    pub customer: Option<Customer>,
    /// Whether a customer of that bank already has the new number.
    pub number_exists: bool,
}

/// The inputs that createUserCustomerLink depends on.
#[derive(Clone, Copy, Debug)]
pub struct LinkFacts {
    /// Whether the bank in the path exists.
    pub bank_exists: bool,
    /// Whether that bank has the customer in the body.
    pub customer_exists: bool,
    /// Whether the user in the body exists.
    pub user_exists: bool,
    /// Whether that user is already linked to a customer of that bank.
    pub user_linked: bool,
}

/// createCustomer.
pub fn create(
    actor: &Actor,
    bank_exists: bool,
    bank_id: String,
    customer_id: String,
    customer_number: String,
    draft: CustomerDraft,
) -> Result<(Customer, Vec<Change>), Refusal> {
    limits::bank(&bank_id, bank_exists)?;
    actor.require(Action::CreateCustomer, &bank_id)?;
    for (name, text, chars_max) in texts(&draft) {
        limits::text(name, text, chars_max)?;
    }
    if !limits::is_decimal(&draft.credit_limit.amount) {
        return Err(Refusal::TextMalformed("credit_limit.amount", "must be a number"));
    }
    if usize::try_from(draft.dependants) != Ok(draft.dob_of_dependants.len()) {
        return Err(Refusal::DependantsDiffer);
    }
    let customer = Customer { bank_id, customer_id, customer_number, details: draft };
    Ok((customer.clone(), vec![Change::CreateCustomer(customer)]))
}

/// getCustomer.
pub fn get(actor: &Actor, bank_exists: bool, bank_id: &str, customer: Option<Customer>) -> Result<Customer, Refusal> {
    limits::bank(bank_id, bank_exists)?;
    let customer = customer.ok_or(Refusal::CustomerUnknown)?;
    actor.require(Action::ReadCustomer, bank_id)?;
    Ok(customer)
}

/// getCustomerByCustomerNumber.
pub fn by_number(
    actor: &Actor,
    bank_exists: bool,
    bank_id: &str,
    draft: &CustomerNumberDraft,
    customer: Option<Customer>,
) -> Result<Customer, Refusal> {
    limits::bank(bank_id, bank_exists)?;
    actor.require(Action::ReadCustomer, bank_id)?;
    check_number(draft)?;
    customer.ok_or(Refusal::CustomerUnknown)
}

/// updateCustomerNumber. The customer's present number changes nothing.
pub fn update_number(
    actor: &Actor,
    facts: NumberFacts,
    bank_id: &str,
    draft: CustomerNumberDraft,
) -> Result<(Customer, Vec<Change>), Refusal> {
    limits::bank(bank_id, facts.bank_exists)?;
    let customer = facts.customer.ok_or(Refusal::CustomerUnknown)?;
    actor.require(Action::ChangeCustomerNumber, bank_id)?;
    check_number(&draft)?;
    if draft.customer_number == customer.customer_number {
        return Ok((customer, Vec::new()));
    }
    if facts.number_exists {
        return Err(Refusal::CustomerNumberTaken);
    }
    let customer = Customer { customer_number: draft.customer_number, ..customer };
    let change = CustomerNumberChange {
        bank_id: customer.bank_id.clone(),
        customer_id: customer.customer_id.clone(),
        customer_number: customer.customer_number.clone(),
    };
    Ok((customer, vec![Change::ChangeCustomerNumber(change)]))
}

/// getCustomersForUser: at one bank, or at all banks without a bank id.
///
/// # Errors
/// [`Refusal::BankIdMalformed`] or [`Refusal::BankUnknown`].
pub fn mine(bank_id: Option<&str>, bank_exists: bool, linked: Vec<Customer>) -> Result<Vec<Customer>, Refusal> {
    if let Some(bank_id) = bank_id {
        limits::bank(bank_id, bank_exists)?;
    }
    Ok(linked)
}

/// createUserCustomerLink. Only a caller with the role learns whether the user exists (decision 3).
pub fn link(
    actor: &Actor,
    facts: LinkFacts,
    bank_id: String,
    link_id: String,
    when: Timestamp,
    draft: LinkDraft,
) -> Result<(UserCustomerLink, Vec<Change>), Refusal> {
    limits::bank(&bank_id, facts.bank_exists)?;
    if !facts.customer_exists {
        return Err(Refusal::CustomerUnknown);
    }
    actor.require(Action::LinkUserToCustomer, &bank_id)?;
    if !facts.user_exists {
        return Err(Refusal::UserUnknown);
    }
    if facts.user_linked {
        return Err(Refusal::UserLinked);
    }
    let LinkDraft { user_id, customer_id } = draft;
    let link =
        UserCustomerLink { user_customer_link_id: link_id, customer_id, user_id, date_inserted: when, is_active: true };
    Ok((link.clone(), vec![Change::LinkUserToCustomer(NewLink { bank_id, link })]))
}

fn check_number(draft: &CustomerNumberDraft) -> Result<(), Refusal> {
    limits::text_between("customer_number", &draft.customer_number, 1, CUSTOMER_NUMBER_CHARS_MAX)?;
    limits::readable("customer_number", &draft.customer_number)
}

/// The texts of a new customer with their names in the JSON and their greatest lengths, in the order of the body.
fn texts(draft: &CustomerDraft) -> [(&'static str, &str, usize); 14] {
    [
        ("legal_name", &draft.legal_name, TEXT_CHARS_MAX),
        ("mobile_phone_number", &draft.mobile_phone_number, TEXT_CHARS_MAX),
        ("email", &draft.email, TEXT_CHARS_MAX),
        ("face_image.url", &draft.face_image.url, limits::URL_CHARS_MAX),
        ("relationship_status", &draft.relationship_status, TEXT_CHARS_MAX),
        ("credit_rating.rating", &draft.credit_rating.rating, TEXT_CHARS_MAX),
        ("credit_rating.source", &draft.credit_rating.source, TEXT_CHARS_MAX),
        ("credit_limit.currency", &draft.credit_limit.currency, TEXT_CHARS_MAX),
        ("credit_limit.amount", &draft.credit_limit.amount, TEXT_CHARS_MAX),
        ("highest_education_attained", &draft.highest_education_attained, TEXT_CHARS_MAX),
        ("employment_status", &draft.employment_status, TEXT_CHARS_MAX),
        ("title", &draft.title, TEXT_CHARS_MAX),
        ("branchId", &draft.branch_id, TEXT_CHARS_MAX),
        ("nameSuffix", &draft.name_suffix, TEXT_CHARS_MAX),
    ]
}

#[cfg(test)]
mod tests;

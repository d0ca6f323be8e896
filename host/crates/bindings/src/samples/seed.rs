//! Changes that fill a store: the demo, the benchmark and the tests begin with users, banks and customers made here.

use super::DATE;
use crate::banks_types::{BankDraft, Routing};
use crate::changes::Change;
use crate::consumers_types::NewConsumer;
use crate::customers_types::{Customer, CustomerDraft, NewLink, UserCustomerLink};
use crate::users_types::{NewUser, User};

/// A bank with that id and name.
#[must_use]
pub fn bank(id: &str, full_name: &str) -> Change {
    Change::CreateBank(BankDraft {
        id: id.to_owned(),
        full_name: full_name.to_owned(),
        short_name: id.to_owned(),
        logo_url: String::new(),
        website_url: String::new(),
        swift_bic: String::new(),
        national_identifier: String::new(),
        bank_routing: Routing { scheme: "OBP".to_owned(), address: id.to_owned() },
    })
}

/// An enabled application with that id, key and name, and the digest of its secret.
#[must_use]
pub fn consumer(consumer_id: &str, key: &str, app_name: &str, secret_digest: String) -> Change {
    Change::CreateConsumer(NewConsumer {
        consumer_id: consumer_id.to_owned(),
        key: key.to_owned(),
        secret_digest,
        app_name: app_name.to_owned(),
        app_type: "Confidential".to_owned(),
        description: String::new(),
        developer_email: String::new(),
        redirect_url: String::new(),
        created_by_user_id: String::new(),
        enabled: true,
        created: DATE,
    })
}

/// A user with that id and name. `password_hash` is a PHC string; the user cannot log in if it is none.
#[must_use]
pub fn user(user_id: &str, username: &str, password_hash: &str) -> Change {
    let user = User {
        user_id: user_id.to_owned(),
        email: format!("{username}@example.com"),
        provider_id: username.to_owned(),
        provider: "OBP".to_owned(),
        username: username.to_owned(),
    };
    Change::CreateUser(NewUser {
        user,
        first_name: username.to_owned(),
        last_name: "Sample".to_owned(),
        password_hash: password_hash.to_owned(),
    })
}

/// A customer of that bank with these ids and details.
#[must_use]
pub fn customer(bank_id: &str, customer_id: &str, customer_number: &str, details: CustomerDraft) -> Change {
    Change::CreateCustomer(Customer {
        bank_id: bank_id.to_owned(),
        customer_id: customer_id.to_owned(),
        customer_number: customer_number.to_owned(),
        details,
    })
}

/// The link that lets a user act for a customer.
#[must_use]
pub fn link(link_id: &str, bank_id: &str, customer_id: &str, user_id: &str) -> Change {
    let link = UserCustomerLink {
        user_customer_link_id: link_id.to_owned(),
        customer_id: customer_id.to_owned(),
        user_id: user_id.to_owned(),
        date_inserted: DATE,
        is_active: true,
    };
    Change::LinkUserToCustomer(NewLink { bank_id: bank_id.to_owned(), link })
}

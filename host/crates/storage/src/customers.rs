//! The SQL of customers and of their links to users.

use bindings::changes::{CustomerKycStatus, CustomerNumberChange};
use bindings::customers_types::{Amount, CreditRating, Customer, CustomerDraft, FaceImage, NewLink, UserCustomerLink};

use crate::errors::StoreError;
use crate::queries::{list, one};
use crate::record::{Record as _, record};
use crate::store::{Expect, Snapshot, Statement, list_limit};
use crate::value::{Param, values};

record! {
    customer: customers => Customer {
        bank_id,
        customer_id,
        customer_number,
        details: CustomerDraft {
            legal_name,
            mobile_phone_number,
            email,
            face_image: FaceImage { url: face_image_url, date: face_image_ms },
            date_of_birth: date_of_birth_ms,
            relationship_status,
            dependants,
            dob_of_dependants: dob_of_dependants_ms,
            credit_rating: CreditRating { rating: credit_rating, source: credit_rating_source },
            credit_limit: Amount { currency: credit_limit_currency, amount: credit_limit_amount },
            highest_education_attained,
            employment_status,
            kyc_status,
            last_ok_date: last_ok_ms,
            title,
            branch_id,
            name_suffix,
        },
    }
}

record! {
    new_link: user_customer_links => NewLink {
        bank_id,
        link: UserCustomerLink {
            user_customer_link_id,
            customer_id,
            user_id,
            date_inserted: inserted_ms,
            is_active,
        },
    }
}

/// The bank's customer with that id.
pub async fn at_bank(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
) -> Result<Option<Customer>, StoreError> {
    const SQL: &str = concat!("SELECT ", customer!(columns), " FROM customers WHERE bank_id = $1 AND customer_id = $2");
    one(store, SQL, &[Param::Text(bank_id), Param::Text(customer_id)]).await
}

/// The bank's customer with that number.
pub async fn by_number(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_number: &str,
) -> Result<Option<Customer>, StoreError> {
    const SQL: &str =
        concat!("SELECT ", customer!(columns), " FROM customers WHERE bank_id = $1 AND customer_number = $2");
    one(store, SQL, &[Param::Text(bank_id), Param::Text(customer_number)]).await
}

/// The customers a user is linked to, at one bank or at all, oldest link first.
pub async fn linked_to(
    store: &mut dyn Snapshot,
    user_id: &str,
    bank_id: Option<&str>,
) -> Result<Vec<Customer>, StoreError> {
    const AT_BANK: &str = concat!(
        "SELECT ",
        customer!(columns),
        " FROM user_customer_links JOIN customers ON customers.bank_id = user_customer_links.bank_id \
            AND customers.customer_id = user_customer_links.customer_id \
        WHERE user_customer_links.user_id = $1 AND user_customer_links.bank_id = $2 \
        ORDER BY user_customer_links.written",
        list_limit!()
    );
    const AT_ALL: &str = concat!(
        "SELECT ",
        customer!(columns),
        " FROM user_customer_links JOIN customers ON customers.bank_id = user_customer_links.bank_id \
            AND customers.customer_id = user_customer_links.customer_id \
        WHERE user_customer_links.user_id = $1 \
        ORDER BY user_customer_links.written",
        list_limit!()
    );
    let user_id = Param::Text(user_id);
    match bank_id {
        Some(bank_id) => list(store, AT_BANK, &[user_id, Param::Text(bank_id)]).await,
        None => list(store, AT_ALL, &[user_id]).await,
    }
}

/// Creates a customer, whose id and number must be new at the bank. The bank must exist.
#[must_use]
pub fn create(customer: Customer) -> Statement {
    Statement {
        sql: concat!("INSERT INTO customers (", customer!(names), ") VALUES (", customer!(placeholders), ")"),
        values: customer.values(),
        expect: Expect::One,
    }
}

/// Gives a customer that exists another number, which must be new at the bank.
#[must_use]
pub fn change_number(change: CustomerNumberChange) -> Statement {
    let CustomerNumberChange { bank_id, customer_id, customer_number } = change;
    Statement {
        sql: "UPDATE customers SET customer_number = $1 WHERE bank_id = $2 AND customer_id = $3",
        values: values![customer_number, bank_id, customer_id],
        expect: Expect::One,
    }
}

/// Gives a customer that exists the status of its timeline.
#[must_use]
pub fn set_kyc_status(status: CustomerKycStatus) -> Statement {
    const STATUS_ONLY: &str = "UPDATE customers SET kyc_status = $1 WHERE bank_id = $2 AND customer_id = $3";
    const WITH_DATE: &str =
        "UPDATE customers SET kyc_status = $1, last_ok_ms = $2 WHERE bank_id = $3 AND customer_id = $4";
    let CustomerKycStatus { bank_id, customer_id, kyc_status, last_ok_date } = status;
    let (sql, values) = match last_ok_date {
        None => (STATUS_ONLY, values![kyc_status, bank_id, customer_id]),
        Some(last_ok_date) => (WITH_DATE, values![kyc_status, last_ok_date, bank_id, customer_id]),
    };
    Statement { sql, values, expect: Expect::One }
}

/// Links a user to a customer. Both must exist, and the user must have no customer at the bank.
#[must_use]
pub fn link(link: NewLink) -> Statement {
    Statement {
        sql: concat!(
            "INSERT INTO user_customer_links (",
            new_link!(names),
            ", written) VALUES (",
            new_link!(placeholders),
            ", (SELECT COALESCE(MAX(written), 0) + 1 FROM user_customer_links WHERE user_id = $4))"
        ),
        values: link.values(),
        expect: Expect::One,
    }
}

//! The SQL of customers and of their links to users.

use super::{Expect, Param, Row, Snapshot, Statement, StoreError, list_limit, values};
use bindings::changes::CustomerNumberChange;
use bindings::customers_types::{Amount, CreditRating, Customer, CustomerDraft, FaceImage, NewLink, UserCustomerLink};
use bindings::timestamp::Timestamp;

/// The columns of a customer, in the order [`customer`] takes them.
macro_rules! columns {
    () => {
        "customers.bank_id, customers.customer_id, customers.customer_number, customers.legal_name, \
        customers.mobile_phone_number, customers.email, customers.face_image_url, customers.face_image_ms, \
        customers.date_of_birth_ms, customers.relationship_status, customers.dependants, customers.dob_of_dependants_ms, \
        customers.credit_rating, customers.credit_rating_source, customers.credit_limit_currency, \
        customers.credit_limit_amount, customers.highest_education_attained, customers.employment_status, \
        customers.kyc_status, customers.last_ok_ms, customers.title, customers.branch_id, customers.name_suffix"
    };
}

/// The bank's customer with that id.
///
/// # Errors
/// If the store fails.
pub async fn at_bank(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
) -> Result<Option<Customer>, StoreError> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM customers WHERE bank_id = $1 AND customer_id = $2");
    store.rows(SQL, &[Param::Text(bank_id), Param::Text(customer_id)]).await?.pop().map(customer).transpose()
}

/// The bank's customer with that number.
///
/// # Errors
/// If the store fails.
pub async fn by_number(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_number: &str,
) -> Result<Option<Customer>, StoreError> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM customers WHERE bank_id = $1 AND customer_number = $2");
    store.rows(SQL, &[Param::Text(bank_id), Param::Text(customer_number)]).await?.pop().map(customer).transpose()
}

/// The customers a user is linked to, at one bank or at all, oldest link first.
///
/// # Errors
/// If the store fails.
pub async fn linked_to(
    store: &mut dyn Snapshot,
    user_id: &str,
    bank_id: Option<&str>,
) -> Result<Vec<Customer>, StoreError> {
    const AT_BANK: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM user_customer_links JOIN customers ON customers.bank_id = user_customer_links.bank_id \
            AND customers.customer_id = user_customer_links.customer_id \
        WHERE user_customer_links.user_id = $1 AND user_customer_links.bank_id = $2 \
        ORDER BY user_customer_links.written",
        list_limit!()
    );
    const AT_ALL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM user_customer_links JOIN customers ON customers.bank_id = user_customer_links.bank_id \
            AND customers.customer_id = user_customer_links.customer_id \
        WHERE user_customer_links.user_id = $1 \
        ORDER BY user_customer_links.written",
        list_limit!()
    );
    let user_id = Param::Text(user_id);
    let rows = match bank_id {
        Some(bank_id) => store.rows(AT_BANK, &[user_id, Param::Text(bank_id)]).await?,
        None => store.rows(AT_ALL, &[user_id]).await?,
    };
    rows.into_iter().map(customer).collect()
}

fn customer(mut row: Row) -> Result<Customer, StoreError> {
    Ok(Customer {
        bank_id: row.text()?,
        customer_id: row.text()?,
        customer_number: row.text()?,
        details: CustomerDraft {
            legal_name: row.text()?,
            mobile_phone_number: row.text()?,
            email: row.text()?,
            face_image: FaceImage { url: row.text()?, date: row.time()? },
            date_of_birth: row.time()?,
            relationship_status: row.text()?,
            dependants: row.number()?,
            dob_of_dependants: times(&row.text()?)?,
            credit_rating: CreditRating { rating: row.text()?, source: row.text()? },
            credit_limit: Amount { currency: row.text()?, amount: row.text()? },
            highest_education_attained: row.text()?,
            employment_status: row.text()?,
            kyc_status: row.truth()?,
            last_ok_date: row.time()?,
            title: row.text()?,
            branch_id: row.text()?,
            name_suffix: row.text()?,
        },
    })
}

/// Milliseconds, separated by commas.
fn times(text: &str) -> Result<Vec<Timestamp>, StoreError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let time = |text: &str| text.parse().map(|milliseconds| Timestamp { milliseconds });
    let times = text.split(',').map(time).collect::<Result<_, _>>();
    times.map_err(|_| StoreError::Failed("a list of times holds something else".to_owned()))
}

/// What [`times`] reads.
fn times_text(times: &[Timestamp]) -> String {
    times.iter().map(|time| time.milliseconds.to_string()).collect::<Vec<_>>().join(",")
}

/// Creates a customer, whose id and number must be new at the bank; the bank must exist.
#[must_use]
pub fn create(customer: Customer) -> Statement {
    let Customer { bank_id, customer_id, customer_number, details } = customer;
    let CustomerDraft {
        legal_name,
        mobile_phone_number,
        email,
        face_image,
        date_of_birth,
        relationship_status,
        dependants,
        dob_of_dependants,
        credit_rating,
        credit_limit,
        highest_education_attained,
        employment_status,
        kyc_status,
        last_ok_date,
        title,
        branch_id,
        name_suffix,
    } = details;
    Statement {
        sql: "INSERT INTO customers (bank_id, customer_id, customer_number, legal_name, mobile_phone_number, email, \
                face_image_url, face_image_ms, date_of_birth_ms, relationship_status, dependants, dob_of_dependants_ms, \
                credit_rating, credit_rating_source, credit_limit_currency, credit_limit_amount, \
                highest_education_attained, employment_status, kyc_status, last_ok_ms, title, branch_id, name_suffix) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
        values: values![
            bank_id,
            customer_id,
            customer_number,
            legal_name,
            mobile_phone_number,
            email,
            face_image.url,
            face_image.date,
            date_of_birth,
            relationship_status,
            i64::from(dependants),
            times_text(&dob_of_dependants),
            credit_rating.rating,
            credit_rating.source,
            credit_limit.currency,
            credit_limit.amount,
            highest_education_attained,
            employment_status,
            kyc_status,
            last_ok_date,
            title,
            branch_id,
            name_suffix
        ],
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

/// Links a user, who must have no customer at the bank, to a customer; both must exist.
#[must_use]
pub fn link(link: NewLink) -> Statement {
    let NewLink {
        bank_id,
        link: UserCustomerLink { user_customer_link_id, customer_id, user_id, date_inserted, is_active },
    } = link;
    Statement {
        sql: "INSERT INTO user_customer_links (user_customer_link_id, bank_id, customer_id, user_id, inserted_ms, is_active, written) \
            VALUES ($1, $2, $3, $4, $5, $6, \
                (SELECT COALESCE(MAX(written), 0) + 1 FROM user_customer_links WHERE user_id = $4))",
        values: values![user_customer_link_id, bank_id, customer_id, user_id, date_inserted, is_active],
        expect: Expect::One,
    }
}

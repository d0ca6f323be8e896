//! The SQL of the KYC records.

use super::{Expect, Param, Row, Snapshot, Statement, StoreError, list_limit, values};
use bindings::kyc_storage::WriteFacts;
use bindings::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus, KycStatusEntry};
use bindings::timestamp::Timestamp;

/// What a KYC write is judged by.
///
/// # Errors
/// If the store fails.
pub async fn facts_for_write(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
) -> Result<WriteFacts, StoreError> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM banks WHERE bank_id = $1), \
        EXISTS (SELECT 1 FROM customers WHERE bank_id = $1 AND customer_id = $2)";
    let mut rows = store.rows(SQL, &[Param::Text(bank_id), Param::Text(customer_id)]).await?;
    let mut row = rows.pop().ok_or_else(|| StoreError::Failed("EXISTS answers no row".to_owned()))?;
    Ok(WriteFacts { bank_exists: row.truth()?, customer_exists: row.truth()? })
}

/// A customer's checks, last written first; `None` if no bank has the customer.
///
/// # Errors
/// If the store fails.
pub async fn checks(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycCheck>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT bank_id, customer_id, id, customer_number, date_ms, how, staff_user_id, staff_name, satisfied, comments \
        FROM kyc_checks WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    list(store, SQL, customer_id, |row| {
        Ok(KycCheck {
            bank_id: row.text()?,
            customer_id: row.text()?,
            id: row.text()?,
            customer_number: row.text()?,
            date: row.time()?,
            how: row.text()?,
            staff_user_id: row.text()?,
            staff_name: row.text()?,
            satisfied: row.truth()?,
            comments: row.text()?,
        })
    })
    .await
}

/// A customer's documents, last written first; `None` if no bank has the customer.
///
/// # Errors
/// If the store fails.
pub async fn documents(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycDocument>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT bank_id, customer_id, id, customer_number, type, number, issue_ms, issue_place, expiry_ms \
        FROM kyc_documents WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    list(store, SQL, customer_id, |row| {
        Ok(KycDocument {
            bank_id: row.text()?,
            customer_id: row.text()?,
            id: row.text()?,
            customer_number: row.text()?,
            type_: row.text()?,
            number: row.text()?,
            issue_date: row.time()?,
            issue_place: row.text()?,
            expiry_date: row.time()?,
        })
    })
    .await
}

/// A customer's media, last written first; `None` if no bank has the customer.
///
/// # Errors
/// If the store fails.
pub async fn medias(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycMedia>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT bank_id, customer_id, id, customer_number, type, url, date_ms, relates_to_kyc_document_id, relates_to_kyc_check_id \
        FROM kyc_media WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    list(store, SQL, customer_id, |row| {
        Ok(KycMedia {
            bank_id: row.text()?,
            customer_id: row.text()?,
            id: row.text()?,
            customer_number: row.text()?,
            type_: row.text()?,
            url: row.text()?,
            date: row.time()?,
            relates_to_kyc_document_id: row.text()?,
            relates_to_kyc_check_id: row.text()?,
        })
    })
    .await
}

/// A customer's status timeline, last written first; `None` if no bank has the customer.
///
/// # Errors
/// If the store fails.
pub async fn statuses(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycStatus>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT customer_id, customer_number, ok, date_ms \
        FROM kyc_statuses WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    list(store, SQL, customer_id, read_status).await
}

/// The entry of that bank, customer, date and `ok`.
///
/// # Errors
/// If the store fails.
pub async fn status(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
    date: Timestamp,
    ok: bool,
) -> Result<Option<KycStatus>, StoreError> {
    const SQL: &str = "SELECT customer_id, customer_number, ok, date_ms \
        FROM kyc_statuses WHERE bank_id = $1 AND customer_id = $2 AND date_ms = $3 AND ok = $4";
    let params =
        [Param::Text(bank_id), Param::Text(customer_id), Param::Int(date.milliseconds), Param::Int(i64::from(ok))];
    store.rows(SQL, &params).await?.pop().map(|mut row| read_status(&mut row)).transpose()
}

fn read_status(row: &mut Row) -> Result<KycStatus, StoreError> {
    Ok(KycStatus { customer_id: row.text()?, customer_number: row.text()?, ok: row.truth()?, date: row.time()? })
}

async fn list<T>(
    store: &mut dyn Snapshot,
    sql: &'static str,
    customer_id: &str,
    read: impl Fn(&mut Row) -> Result<T, StoreError> + Send,
) -> Result<Option<Vec<T>>, StoreError> {
    let rows = store.rows(sql, &[Param::Text(customer_id)]).await?;
    // A record refers to its customer, so only an empty list leaves open whether there is one.
    if rows.is_empty() {
        const CUSTOMER: &str = "SELECT 1 FROM customers WHERE customer_id = $1 LIMIT 1";
        if store.rows(CUSTOMER, &[Param::Text(customer_id)]).await?.is_empty() {
            return Ok(None);
        }
    }
    rows.into_iter().map(|mut row| read(&mut row)).collect::<Result<_, _>>().map(Some)
}

/// Creates or replaces a check and moves it to the front.
#[must_use]
pub fn put_check(check: KycCheck) -> Statement {
    let KycCheck {
        bank_id,
        customer_id,
        id,
        customer_number,
        date,
        how,
        staff_user_id,
        staff_name,
        satisfied,
        comments,
    } = check;
    Statement {
        sql: "INSERT INTO kyc_checks (bank_id, customer_id, id, customer_number, date_ms, how, staff_user_id, staff_name, satisfied, comments, written) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                (SELECT COALESCE(MAX(written), 0) + 1 FROM kyc_checks WHERE customer_id = $2)) \
            ON CONFLICT (bank_id, customer_id, id) DO UPDATE SET customer_number = excluded.customer_number, \
                date_ms = excluded.date_ms, how = excluded.how, staff_user_id = excluded.staff_user_id, \
                staff_name = excluded.staff_name, satisfied = excluded.satisfied, comments = excluded.comments, \
                written = excluded.written",
        values: values![
            bank_id,
            customer_id,
            id,
            customer_number,
            date,
            how,
            staff_user_id,
            staff_name,
            satisfied,
            comments
        ],
        expect: Expect::One,
    }
}

/// Creates or replaces a document and moves it to the front.
#[must_use]
pub fn put_document(document: KycDocument) -> Statement {
    let KycDocument { bank_id, customer_id, id, customer_number, type_, number, issue_date, issue_place, expiry_date } =
        document;
    Statement {
        sql: "INSERT INTO kyc_documents (bank_id, customer_id, id, customer_number, type, number, issue_ms, issue_place, expiry_ms, written) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
                (SELECT COALESCE(MAX(written), 0) + 1 FROM kyc_documents WHERE customer_id = $2)) \
            ON CONFLICT (bank_id, customer_id, id) DO UPDATE SET customer_number = excluded.customer_number, \
                type = excluded.type, number = excluded.number, issue_ms = excluded.issue_ms, \
                issue_place = excluded.issue_place, expiry_ms = excluded.expiry_ms, written = excluded.written",
        values: values![bank_id, customer_id, id, customer_number, type_, number, issue_date, issue_place, expiry_date],
        expect: Expect::One,
    }
}

/// Creates or replaces a medium and moves it to the front.
#[must_use]
pub fn put_media(media: KycMedia) -> Statement {
    let KycMedia {
        bank_id,
        customer_id,
        id,
        customer_number,
        type_,
        url,
        date,
        relates_to_kyc_document_id,
        relates_to_kyc_check_id,
    } = media;
    Statement {
        sql: "INSERT INTO kyc_media (bank_id, customer_id, id, customer_number, type, url, date_ms, relates_to_kyc_document_id, relates_to_kyc_check_id, written) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
                (SELECT COALESCE(MAX(written), 0) + 1 FROM kyc_media WHERE customer_id = $2)) \
            ON CONFLICT (bank_id, customer_id, id) DO UPDATE SET customer_number = excluded.customer_number, \
                type = excluded.type, url = excluded.url, date_ms = excluded.date_ms, \
                relates_to_kyc_document_id = excluded.relates_to_kyc_document_id, \
                relates_to_kyc_check_id = excluded.relates_to_kyc_check_id, written = excluded.written",
        values: values![
            bank_id,
            customer_id,
            id,
            customer_number,
            type_,
            url,
            date,
            relates_to_kyc_document_id,
            relates_to_kyc_check_id
        ],
        expect: Expect::One,
    }
}

/// Adds an entry to the timeline, whose bank, customer, date and `ok` must be new together.
#[must_use]
pub fn add_status(entry: KycStatusEntry) -> Statement {
    let KycStatusEntry { bank_id, status: KycStatus { customer_id, customer_number, ok, date } } = entry;
    Statement {
        sql: "INSERT INTO kyc_statuses (bank_id, customer_id, date_ms, ok, customer_number, written) \
            VALUES ($1, $2, $3, $4, $5, (SELECT COALESCE(MAX(written), 0) + 1 FROM kyc_statuses WHERE customer_id = $2))",
        values: values![bank_id, customer_id, date, ok, customer_number],
        expect: Expect::One,
    }
}

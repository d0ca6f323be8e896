//! The SQL of the KYC records.

use bindings::kyc_storage::WriteFacts;
use bindings::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus, KycStatusEntry};
use bindings::timestamp::Timestamp;

use crate::errors::StoreError;
use crate::queries::{any, list, one};
use crate::record::{Record as _, record};
use crate::rows::FromRow;
use crate::store::{Expect, Snapshot, Statement, list_limit};
use crate::value::{Param, Value};

record! {
    check: kyc_checks => KycCheck {
        key(bank_id, customer_id, id),
        customer_number,
        date: date_ms,
        how,
        staff_user_id,
        staff_name,
        satisfied,
        comments,
    }
}

record! {
    document: kyc_documents => KycDocument {
        key(bank_id, customer_id, id),
        customer_number,
        type_,
        number,
        issue_date: issue_ms,
        issue_place,
        expiry_date: expiry_ms,
    }
}

record! {
    media: kyc_media => KycMedia {
        key(bank_id, customer_id, id),
        customer_number,
        type_,
        url,
        date: date_ms,
        relates_to_kyc_document_id,
        relates_to_kyc_check_id,
    }
}

record! {
    status: kyc_statuses => KycStatus {
        customer_id,
        customer_number,
        ok,
        date: date_ms,
    }
}

/// The inputs that a KYC write is judged by.
pub async fn facts_for_write(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
) -> Result<WriteFacts, StoreError> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM banks WHERE bank_id = $1), \
        EXISTS (SELECT 1 FROM customers WHERE bank_id = $1 AND customer_id = $2)";
    let mut rows = store.rows(SQL, &[Param::Text(bank_id), Param::Text(customer_id)]).await?;
    let mut row = rows.pop().ok_or_else(|| StoreError::Failed("EXISTS returned no row".to_owned()))?;
    Ok(WriteFacts { bank_exists: row.read()?, customer_exists: row.read()? })
}

/// A customer's checks, last written first. `None` if no bank has the customer.
pub async fn checks(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycCheck>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        check!(columns),
        " FROM kyc_checks WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    of_customer(store, SQL, customer_id).await
}

/// A customer's documents, last written first. `None` if no bank has the customer.
pub async fn documents(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycDocument>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        document!(columns),
        " FROM kyc_documents WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    of_customer(store, SQL, customer_id).await
}

/// A customer's images and scans, last written first. `None` if no bank has the customer.
pub async fn medias(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycMedia>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        media!(columns),
        " FROM kyc_media WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    of_customer(store, SQL, customer_id).await
}

/// A customer's status timeline, last written first. `None` if no bank has the customer.
pub async fn statuses(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycStatus>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        status!(columns),
        " FROM kyc_statuses WHERE customer_id = $1 ORDER BY written DESC",
        list_limit!()
    );
    of_customer(store, SQL, customer_id).await
}

/// The entry of the timeline with that bank, customer, date and `ok`.
pub async fn status(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
    date: Timestamp,
    ok: bool,
) -> Result<Option<KycStatus>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        status!(columns),
        " FROM kyc_statuses WHERE bank_id = $1 AND customer_id = $2 AND date_ms = $3 AND ok = $4"
    );
    let params =
        [Param::Text(bank_id), Param::Text(customer_id), Param::Int(date.milliseconds), Param::Int(i64::from(ok))];
    one(store, SQL, &params).await
}

async fn of_customer<T: FromRow>(
    store: &mut dyn Snapshot,
    sql: &'static str,
    customer_id: &str,
) -> Result<Option<Vec<T>>, StoreError> {
    const CUSTOMER: &str = "SELECT 1 FROM customers WHERE customer_id = $1 LIMIT 1";
    let customer_id = &[Param::Text(customer_id)];
    let records = list(store, sql, customer_id).await?;
    // A record refers to its customer. Only an empty list leaves open whether the customer exists.
    let exists = !records.is_empty() || any(store, CUSTOMER, customer_id).await?;
    Ok(exists.then_some(records))
}

/// The upsert of a record, which moves it to the front of its customer's list. `$2` is the customer's id.
macro_rules! put {
    ($table:literal, $record:ident) => {
        concat!(
            "INSERT INTO ",
            $table,
            " (",
            $record!(names),
            ", written) VALUES (",
            $record!(placeholders),
            ", (SELECT COALESCE(MAX(written), 0) + 1 FROM ",
            $table,
            " WHERE customer_id = $2)) ON CONFLICT (bank_id, customer_id, id) DO UPDATE SET ",
            $record!(replaced),
            ", written = excluded.written"
        )
    };
}

/// Creates or replaces a check and moves it to the front.
#[must_use]
pub fn put_check(check: KycCheck) -> Statement {
    Statement { sql: put!("kyc_checks", check), values: check.values(), expect: Expect::One }
}

/// Creates or replaces a document and moves it to the front.
#[must_use]
pub fn put_document(document: KycDocument) -> Statement {
    Statement { sql: put!("kyc_documents", document), values: document.values(), expect: Expect::One }
}

/// Creates or replaces an image or scan and moves it to the front.
#[must_use]
pub fn put_media(media: KycMedia) -> Statement {
    Statement { sql: put!("kyc_media", media), values: media.values(), expect: Expect::One }
}

/// Adds an entry to the timeline. No entry may have the same bank, customer, date and `ok`.
#[must_use]
pub fn add_status(entry: KycStatusEntry) -> Statement {
    let KycStatusEntry { bank_id, status } = entry;
    let mut values = status.values();
    values.push(Value::from(bank_id));
    Statement {
        sql: concat!(
            "INSERT INTO kyc_statuses (",
            status!(names),
            ", bank_id, written) VALUES (",
            status!(placeholders),
            ", ",
            status!(next),
            ", (SELECT COALESCE(MAX(written), 0) + 1 FROM kyc_statuses WHERE customer_id = $1))"
        ),
        values,
        expect: Expect::One,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Sends each read of this file once: all are about one customer.
    pub(crate) async fn read_about_one_customer(facts: &mut dyn Snapshot) {
        facts_for_write(facts, "bank-a", "c-1").await.unwrap();
        checks(facts, "c-2").await.unwrap();
        documents(facts, "c-1").await.unwrap();
        medias(facts, "c-1").await.unwrap();
        statuses(facts, "c-1").await.unwrap();
        status(facts, "bank-a", "c-1", Timestamp { milliseconds: 1 }, true).await.unwrap();
    }
}

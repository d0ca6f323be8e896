//! The SQL of the KYC records.

use bindings::changes::NewKycStatus;
use bindings::kyc_storage::WriteFacts;
use bindings::kyc_types::{BankTimeline, KycCheck, KycDocument, KycMedia, KycStatus, KycStatusEntry};

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

/// A customer's status timeline: by date, newest first, and of one date the entry that was written last first (decision 8). `None`
/// if no bank has the customer.
pub async fn statuses(store: &mut dyn Snapshot, customer_id: &str) -> Result<Option<Vec<KycStatus>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        status!(columns),
        " FROM kyc_statuses WHERE customer_id = $1 ORDER BY date_ms DESC, written DESC",
        list_limit!()
    );
    of_customer(store, SQL, customer_id).await
}

/// The entries of one bank's timeline that a new entry depends on. `None` if the bank has written none.
pub async fn timeline(
    store: &mut dyn Snapshot,
    bank_id: &str,
    customer_id: &str,
) -> Result<Option<BankTimeline>, StoreError> {
    const LAST_WRITTEN: &str = concat!(
        "SELECT ",
        status!(columns),
        ", written FROM kyc_statuses WHERE bank_id = $1 AND customer_id = $2 ORDER BY written DESC LIMIT 1"
    );
    const NEWEST: &str = concat!(
        "SELECT ",
        status!(columns),
        " FROM kyc_statuses WHERE bank_id = $1 AND customer_id = $2 ORDER BY date_ms DESC, written DESC LIMIT 1"
    );
    const LAST_OK: &str = "SELECT date_ms FROM kyc_statuses WHERE bank_id = $1 AND customer_id = $2 AND ok = 1 \
        ORDER BY date_ms DESC LIMIT 1";
    let of_bank = [Param::Text(bank_id), Param::Text(customer_id)];
    let Some(mut last) = store.rows(LAST_WRITTEN, &of_bank).await?.pop() else { return Ok(None) };
    let (last_written, last_number) = (last.read()?, last.read()?);
    let newest = one(store, NEWEST, &of_bank).await?;
    let newest = newest.ok_or_else(|| StoreError::Failed("a timeline with entries has no newest one".to_owned()))?;
    let last_ok_date = one(store, LAST_OK, &of_bank).await?;
    Ok(Some(BankTimeline { last_written, last_number, newest, last_ok_date }))
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

/// Adds an entry to the timeline. The number of the bank's last entry must still be `after`.
#[must_use]
pub fn add_status(new: NewKycStatus) -> Statement {
    let NewKycStatus { entry: KycStatusEntry { bank_id, status }, after } = new;
    let mut values = status.values();
    values.extend([Value::from(bank_id), Value::from(after.unwrap_or(0))]);
    Statement {
        sql: concat!(
            "INSERT INTO kyc_statuses (",
            status!(names),
            ", bank_id, written) SELECT ",
            status!(placeholders),
            ", ",
            status!(next),
            ", (SELECT COALESCE(MAX(written), 0) + 1 FROM kyc_statuses WHERE customer_id = $1) \
            WHERE $6 = (SELECT COALESCE(MAX(written), 0) FROM kyc_statuses WHERE bank_id = ",
            status!(next),
            " AND customer_id = $1)"
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
        timeline(facts, "bank-a", "c-1").await.unwrap();
    }
}

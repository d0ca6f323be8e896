//! The SQL of banks.

use super::{Expect, Param, Row, Snapshot, Statement, StoreError, Value, list_limit, values};
use bindings::banks_types::{Bank, BankDraft, Routing};

/// Whether there is such a bank.
///
/// # Errors
/// If the store fails.
pub async fn exists(store: &mut dyn Snapshot, bank_id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT 1 FROM banks WHERE bank_id = $1";
    Ok(!store.rows(SQL, &[Param::Text(bank_id)]).await?.is_empty())
}

/// The bank with that id.
///
/// # Errors
/// If the store fails.
pub async fn find(store: &mut dyn Snapshot, bank_id: &str) -> Result<Option<Bank>, StoreError> {
    const SQL: &str = "SELECT bank_id, short_name, full_name, logo_url, website_url, routing_scheme, routing_address \
        FROM banks WHERE bank_id = $1";
    store.rows(SQL, &[Param::Text(bank_id)]).await?.pop().map(bank).transpose()
}

/// All banks, sorted by id.
///
/// # Errors
/// If the store fails.
pub async fn all(store: &mut dyn Snapshot) -> Result<Vec<Bank>, StoreError> {
    const SQL: &str = concat!(
        "SELECT bank_id, short_name, full_name, logo_url, website_url, routing_scheme, routing_address \
        FROM banks ORDER BY bank_id",
        list_limit!()
    );
    store.rows(SQL, &[]).await?.into_iter().map(bank).collect()
}

fn bank(mut row: Row) -> Result<Bank, StoreError> {
    Ok(Bank {
        id: row.text()?,
        short_name: row.text()?,
        full_name: row.text()?,
        logo: row.text()?,
        website: row.text()?,
        bank_routing: Routing { scheme: row.text()?, address: row.text()? },
    })
}

/// Creates a bank, whose id must be new.
#[must_use]
pub fn create(draft: BankDraft) -> Statement {
    Statement {
        sql: "INSERT INTO banks (bank_id, short_name, full_name, logo_url, website_url, swift_bic, national_identifier, \
                routing_scheme, routing_address) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values: columns(draft),
        expect: Expect::One,
    }
}

/// Replaces a bank that exists.
#[must_use]
pub fn replace(draft: BankDraft) -> Statement {
    let mut values = columns(draft);
    // The id, which `columns` has first, is looked for last.
    values.rotate_left(1);
    Statement {
        sql: "UPDATE banks SET short_name = $1, full_name = $2, logo_url = $3, website_url = $4, swift_bic = $5, \
                national_identifier = $6, routing_scheme = $7, routing_address = $8 \
            WHERE bank_id = $9",
        values,
        expect: Expect::One,
    }
}

fn columns(draft: BankDraft) -> Vec<Value> {
    let BankDraft {
        id,
        full_name,
        short_name,
        logo_url,
        website_url,
        swift_bic,
        national_identifier,
        bank_routing: Routing { scheme, address },
    } = draft;
    values![id, short_name, full_name, logo_url, website_url, swift_bic, national_identifier, scheme, address]
}

//! The SQL of banks.

use super::{Expect, LIST_ROWS_MAX, Param, Row, Snapshot, Statement, StoreError, values};
use crate::component::bindings::banks_types::{Bank, BankDraft, Routing};

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
    const SQL: &str = "SELECT bank_id, short_name, full_name, logo_url, website_url, routing_scheme, routing_address \
        FROM banks ORDER BY bank_id LIMIT $1";
    store.rows(SQL, &[Param::Int(LIST_ROWS_MAX)]).await?.into_iter().map(bank).collect()
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

/// Creates or replaces a bank.
#[must_use]
pub fn put(draft: BankDraft) -> Statement {
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
    Statement {
        sql: "INSERT INTO banks (bank_id, short_name, full_name, logo_url, website_url, swift_bic, national_identifier, \
                routing_scheme, routing_address) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
            ON CONFLICT (bank_id) DO UPDATE SET short_name = excluded.short_name, full_name = excluded.full_name, \
                logo_url = excluded.logo_url, website_url = excluded.website_url, swift_bic = excluded.swift_bic, \
                national_identifier = excluded.national_identifier, routing_scheme = excluded.routing_scheme, \
                routing_address = excluded.routing_address",
        values: values![
            id,
            short_name,
            full_name,
            logo_url,
            website_url,
            swift_bic,
            national_identifier,
            scheme,
            address
        ],
        expect: Expect::One,
    }
}

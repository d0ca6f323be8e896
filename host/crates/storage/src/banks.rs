//! The SQL of banks.

use bindings::banks_types::{Bank, BankDraft, Routing};

use crate::errors::StoreError;
use crate::queries::{any, list, one};
use crate::record::{Record as _, record};
use crate::store::{Expect, Snapshot, Statement, list_limit};
use crate::value::Param;

record! {
    bank: banks => Bank {
        id: bank_id,
        short_name,
        full_name,
        logo: logo_url,
        website: website_url,
        bank_routing: Routing { scheme: routing_scheme, address: routing_address },
    }
}

record! {
    draft: banks => BankDraft {
        key(id: bank_id),
        short_name,
        full_name,
        logo_url,
        website_url,
        swift_bic,
        national_identifier,
        bank_routing: Routing { scheme: routing_scheme, address: routing_address },
    }
}

/// Whether a bank exists.
pub async fn exists(store: &mut dyn Snapshot, bank_id: &str) -> Result<bool, StoreError> {
    any(store, "SELECT 1 FROM banks WHERE bank_id = $1", &[Param::Text(bank_id)]).await
}

/// The bank with that id.
pub async fn find(store: &mut dyn Snapshot, bank_id: &str) -> Result<Option<Bank>, StoreError> {
    const SQL: &str = concat!("SELECT ", bank!(columns), " FROM banks WHERE bank_id = $1");
    one(store, SQL, &[Param::Text(bank_id)]).await
}

/// All banks, sorted by id.
pub async fn all(store: &mut dyn Snapshot) -> Result<Vec<Bank>, StoreError> {
    const SQL: &str = concat!("SELECT ", bank!(columns), " FROM banks ORDER BY bank_id", list_limit!());
    list(store, SQL, &[]).await
}

/// Creates a bank, whose id must be new.
#[must_use]
pub fn create(draft: BankDraft) -> Statement {
    Statement {
        sql: concat!("INSERT INTO banks (", draft!(names), ") VALUES (", draft!(placeholders), ")"),
        values: draft.values(),
        expect: Expect::One,
    }
}

/// Replaces a bank that exists.
#[must_use]
pub fn replace(draft: BankDraft) -> Statement {
    Statement {
        // An upsert that inserts nothing: `WHERE EXISTS` lets only a bank through that is there to be replaced.
        sql: concat!(
            "INSERT INTO banks (",
            draft!(names),
            ") SELECT ",
            draft!(placeholders),
            " WHERE EXISTS (SELECT 1 FROM banks WHERE bank_id = $1) ON CONFLICT (bank_id) DO UPDATE SET ",
            draft!(replaced)
        ),
        values: draft.values(),
        expect: Expect::One,
    }
}

//! The SQL of accounts.

use super::{Snapshot, StoreError};
use crate::component::bindings::accounts_storage;
use crate::component::bindings::accounts_types::Account;

/// STUB
pub async fn facts_for_create(
    _store: &mut dyn Snapshot,
    _bank_id: &str,
    _account_id: &str,
    _owner_user_id: &str,
) -> Result<accounts_storage::CreateFacts, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn find(
    _store: &mut dyn Snapshot,
    _bank_id: &str,
    _account_id: &str,
    _user_id: &str,
) -> Result<Option<(Account, Vec<String>)>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn seen_by(
    _store: &mut dyn Snapshot,
    _user_id: &str,
    _bank_id: Option<&str>,
) -> Result<Vec<(Account, Vec<String>)>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn held_by(_store: &mut dyn Snapshot, _user_id: &str, _bank_id: &str) -> Result<Vec<Account>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

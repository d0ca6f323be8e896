//! The SQL of banks.

use super::{Snapshot, StoreError};
use crate::component::bindings::banks_types::Bank;

/// STUB
pub async fn exists(_store: &mut dyn Snapshot, _bank_id: &str) -> Result<bool, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn find(_store: &mut dyn Snapshot, _bank_id: &str) -> Result<Option<Bank>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn all(_store: &mut dyn Snapshot) -> Result<Vec<Bank>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

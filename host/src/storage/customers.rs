//! The SQL of customers.

use super::{Snapshot, StoreError};
use crate::component::bindings::customers_types::Customer;

/// STUB
pub async fn at_bank(
    _store: &mut dyn Snapshot,
    _bank_id: &str,
    _customer_id: &str,
) -> Result<Option<Customer>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn by_number(
    _store: &mut dyn Snapshot,
    _bank_id: &str,
    _customer_number: &str,
) -> Result<Option<Customer>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn linked_to(
    _store: &mut dyn Snapshot,
    _user_id: &str,
    _bank_id: Option<&str>,
) -> Result<Vec<Customer>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

//! The SQL of meetings.

use super::{Snapshot, StoreError};
use crate::component::bindings::meetings_types::Meeting;

/// STUB
pub async fn find(_store: &mut dyn Snapshot, _bank_id: &str, _meeting_id: &str) -> Result<Option<Meeting>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn at_bank(_store: &mut dyn Snapshot, _bank_id: &str) -> Result<Vec<Meeting>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

//! The SQL of consumers.

use super::{Snapshot, StoreError};
use crate::component::bindings::consumers_types::Consumer;

/// STUB
pub async fn made_by(_store: &mut dyn Snapshot, _user_id: Option<&str>) -> Result<Vec<Consumer>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn exists(_store: &mut dyn Snapshot, _consumer_id: &str) -> Result<bool, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

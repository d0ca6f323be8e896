//! The SQL of users.

use super::{Snapshot, StoreError};
use crate::component::bindings::users_types::{LockStatus, UserDetails};

/// STUB
pub async fn by_id(_store: &mut dyn Snapshot, _user_id: &str) -> Result<Option<UserDetails>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn by_username(_store: &mut dyn Snapshot, _username: &str) -> Result<Option<UserDetails>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn page(_store: &mut dyn Snapshot, _limit: u32, _offset: u32) -> Result<Vec<UserDetails>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn failed_logins(_store: &mut dyn Snapshot, _username: &str) -> Result<Option<LockStatus>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

//! The SQL of entitlements.

use super::{Snapshot, StoreError};
use crate::component::bindings::entitlements_types::{EntitlementOfUser, EntitlementRequest};
use crate::component::bindings::users_types::Entitlement;

/// STUB
pub async fn of_user(_store: &mut dyn Snapshot, _user_id: &str) -> Result<Vec<Entitlement>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn is_super_admin(_store: &mut dyn Snapshot, _user_id: &str) -> Result<bool, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn all(_store: &mut dyn Snapshot, _role_name: Option<&str>) -> Result<Vec<EntitlementOfUser>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn requests(
    _store: &mut dyn Snapshot,
    _user_id: Option<&str>,
) -> Result<Vec<EntitlementRequest>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}
/// STUB
pub async fn request(
    _store: &mut dyn Snapshot,
    _entitlement_request_id: &str,
) -> Result<Option<EntitlementRequest>, StoreError> {
    Err(StoreError::Failed("not yet".to_owned()))
}

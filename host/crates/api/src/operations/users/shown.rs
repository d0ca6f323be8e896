//! Users as the operations show them that read any user. Only later versions show their states.

use bindings::users_types::{EntitlementList, UserDetails};
use serde::Serialize;
use storage::{Snapshot, user_states};

use crate::call::Call;
use crate::errors::ApiError;
use crate::json::has_later_keys;

/// A user, with the state of the login.
#[derive(Debug, Serialize)]
pub(super) struct ShownUser {
    user_id: String,
    email: String,
    provider_id: String,
    provider: String,
    username: String,
    entitlements: EntitlementList,
    is_deleted: bool,
    is_locked: bool,
}

/// The answer of getUsers.
#[derive(Debug, Serialize)]
pub(super) struct ShownUsers {
    pub(super) users: Vec<ShownUser>,
}

impl ShownUser {
    /// No user is ever deleted.
    pub(super) fn new(user: UserDetails, is_locked: bool) -> Self {
        let UserDetails { user_id, email, provider_id, provider, username, entitlements } = user;
        Self { user_id, email, provider_id, provider, username, entitlements, is_deleted: false, is_locked }
    }
}

/// Adds the states of the logins. A user is locked if an operator has locked the user, or failed logins have, at any address.
/// Versions that do not show a state do not read it.
pub(super) async fn shown(call: &Call, users: Vec<UserDetails>) -> Result<Vec<ShownUser>, ApiError> {
    if !has_later_keys(call.version) {
        return Ok(users.into_iter().map(|user| ShownUser::new(user, false)).collect());
    }
    let mut snapshot = call.api.onboarding.store.read().await?;
    let mut shown = Vec::with_capacity(users.len());
    for user in users {
        let is_locked = is_locked(&mut *snapshot, &user.username, call.ambient().now_ms()).await?;
        shown.push(ShownUser::new(user, is_locked));
    }
    Ok(shown)
}

async fn is_locked(snapshot: &mut dyn Snapshot, username: &str, now_ms: i64) -> Result<bool, ApiError> {
    let state = user_states::of(snapshot, username, now_ms).await?;
    Ok(state.is_some_and(|state| state.disabled || state.locked_until_ms > now_ms))
}

//! The shells of the user operations.

use super::{Component, Written, actor, new_id, screened};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::users::Guest;
use crate::bindings::obp::onboarding::{credentials, users_storage};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::screening_types::Subject;
use crate::users;
use crate::users_types::{LockStatus, UserDetails, UserDraft, Users};

impl Guest for Component {
    fn create(identity_provider: String, draft: UserDraft) -> Written<UserDetails> {
        let taken = users_storage::by_username(&draft.username).is_some();
        let registration = users::create(taken, identity_provider, new_id(), draft)?;
        let user = registration.user.clone();
        let (registration, notes) = screened(&Subject::User(user), (registration, Vec::new()))?;
        // Hashing is slow on purpose, so it comes after the last check.
        let hash = credentials::hash_password(&registration.password);
        let (reply, creation) = registration.with_password_hash(hash);
        let mut changes = vec![creation];
        changes.extend(notes);
        Ok((reply, changes))
    }

    fn current(caller: Caller) -> Result<UserDetails, Problem> {
        Ok(users::current(users_storage::by_id(&caller.user_id))?)
    }

    fn by_id(caller: Caller, user_id: String) -> Result<UserDetails, Problem> {
        let actor = actor(caller, Action::ReadAnyUser);
        Ok(users::by_id(&actor, users_storage::by_id(&user_id))?)
    }

    fn by_username(caller: Caller, username: String) -> Result<UserDetails, Problem> {
        let actor = actor(caller, Action::ReadAnyUser);
        Ok(users::by_username(&actor, users_storage::by_username(&username))?)
    }

    fn page(caller: Caller, limit: u32, offset: u32) -> Result<Users, Problem> {
        let actor = actor(caller, Action::ReadAnyUser);
        let limit = users::page(&actor, limit)?;
        Ok(Users { users: users_storage::page(limit, offset) })
    }

    fn failed_logins(caller: Caller, username: String) -> Result<LockStatus, Problem> {
        let actor = actor(caller, Action::ReadLockStatus);
        Ok(users::failed_logins(&actor, users_storage::failed_logins(&username))?)
    }

    fn unlock(caller: Caller, username: String) -> Written<LockStatus> {
        let actor = actor(caller, Action::UnlockUser);
        Ok(users::unlock(&actor, users_storage::failed_logins(&username))?)
    }
}

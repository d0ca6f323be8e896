//! The shells of the entitlement operations.

use super::{Component, Written, actor, new_id, now};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::entitlements::Guest;
use crate::bindings::obp::onboarding::entitlements_storage::{self, EntitlementOfUserList, EntitlementRequestList};
use crate::bindings::obp::onboarding::{banks_storage, users_storage};
use crate::caller::Caller;
use crate::changes::Change;
use crate::entitlements::{self, GrantFacts, RequestFacts};
use crate::entitlements_types::{EntitlementDraft, EntitlementRequest, RoleList};
use crate::problem::Problem;
use crate::users_types::{Entitlement, EntitlementList};

impl Guest for Component {
    fn grant(caller: Caller, user_id: String, draft: EntitlementDraft) -> Written<Entitlement> {
        let actor = actor(caller, Action::GrantEntitlement);
        let facts = GrantFacts { user: users_storage::by_id(&user_id), bank_exists: bank_exists(&draft) };
        Ok(entitlements::grant(&actor, facts, new_id(), draft)?)
    }

    fn mine(caller: Caller) -> Result<EntitlementList, Problem> {
        Ok(entitlements::mine(&caller, entitlements_storage::of_user(&caller.user_id)))
    }

    fn of_user(caller: Caller, user_id: String) -> Result<EntitlementList, Problem> {
        let actor = actor(caller, Action::ReadAnyEntitlements);
        let is_super_admin = entitlements_storage::is_super_admin(&user_id);
        Ok(entitlements::of_user(&actor, users_storage::by_id(&user_id), is_super_admin)?)
    }

    fn of_user_at_bank(caller: Caller, bank_id: String, user_id: String) -> Result<EntitlementList, Problem> {
        let actor = actor(caller, Action::ReadEntitlementsAtBank);
        let bank_exists = banks_storage::exists(&bank_id);
        Ok(entitlements::of_user_at_bank(&actor, &bank_id, bank_exists, users_storage::by_id(&user_id))?)
    }

    fn all(caller: Caller, role_name: Option<String>) -> Result<EntitlementOfUserList, Problem> {
        let actor = actor(caller, Action::ReadAnyEntitlements);
        entitlements::require_read_all(&actor, role_name.as_deref())?;
        Ok(entitlements_storage::all(role_name.as_deref()))
    }

    fn revoke(caller: Caller, user_id: String, entitlement_id: String) -> Result<Vec<Change>, Problem> {
        let actor = actor(caller, Action::RevokeEntitlement);
        Ok(entitlements::revoke(&actor, users_storage::by_id(&user_id), entitlement_id)?)
    }

    fn roles(_caller: Caller) -> Result<RoleList, Problem> {
        Ok(entitlements::roles())
    }

    fn request(caller: Caller, draft: EntitlementDraft) -> Written<EntitlementRequest> {
        let facts = RequestFacts {
            user: users_storage::by_id(&caller.user_id),
            requested: entitlements_storage::has_requested(&caller.user_id, &draft.role_name, &draft.bank_id),
            bank_exists: bank_exists(&draft),
        };
        Ok(entitlements::request(facts, new_id(), now(), draft)?)
    }

    fn my_requests(caller: Caller) -> Result<EntitlementRequestList, Problem> {
        Ok(entitlements_storage::requests(Some(&caller.user_id)))
    }

    fn all_requests(caller: Caller) -> Result<EntitlementRequestList, Problem> {
        let actor = actor(caller, Action::ReadEntitlementRequests);
        entitlements::require_read_requests(&actor)?;
        Ok(entitlements_storage::requests(None))
    }

    fn requests_of_user(caller: Caller, user_id: String) -> Result<EntitlementRequestList, Problem> {
        let actor = actor(caller, Action::ReadEntitlementRequests);
        entitlements::require_read_requests_of(&actor, users_storage::by_id(&user_id).is_some())?;
        Ok(entitlements_storage::requests(Some(&user_id)))
    }

    fn drop_request(caller: Caller, entitlement_request_id: String) -> Result<Vec<Change>, Problem> {
        let actor = actor(caller, Action::DropEntitlementRequest);
        Ok(entitlements::drop_request(&actor, entitlements_storage::request(&entitlement_request_id))?)
    }
}

/// Whether the draft's bank exists. A system role has none.
fn bank_exists(draft: &EntitlementDraft) -> bool {
    !draft.bank_id.is_empty() && banks_storage::exists(&draft.bank_id)
}

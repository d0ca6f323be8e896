//! The signed-in user, as the API knows them.

use bindings::users_types::{Entitlement, EntitlementList, UserDetails};
use guest::roles::Role;

use crate::client::ApiClient;
use crate::refusal::PageRefusal;

/// The last of a user's own entitlements, if the operator has named the user as super admin.
const SUPER_ADMIN: &str = "SuperAdmin";

/// The roles that the page Administration uses, and the purpose of each.
pub(crate) const ADMINISTRATION: [(Role, &str); 7] = [
    (Role::CanGetAnyUser, "find users"),
    (Role::CanGetEntitlementsForAnyUserAtAnyBank, "see users' roles"),
    (Role::CanGetEntitlementRequestsAtAnyBank, "see requests"),
    (Role::CanDeleteEntitlementRequestsAtAnyBank, "close requests"),
    (Role::CanDeleteEntitlementAtAnyBank, "revoke roles"),
    (Role::CanReadUserLockedStatus, "see failed logins"),
    (Role::CanUnlockUser, "unlock users"),
];
const GRANTING: [Role; 2] = [Role::CanCreateEntitlementAtAnyBank, Role::CanCreateEntitlementAtOneBank];

/// The signed-in user.
#[derive(Debug)]
pub(crate) struct SignedInUser {
    pub(crate) user_id: String,
    pub(crate) username: String,
    pub(crate) super_admin: bool,
    pub(crate) entitlements: Vec<Entitlement>,
}

impl SignedInUser {
    /// The owner of the client's token.
    pub(crate) async fn read(client: ApiClient<'_>) -> Result<Self, PageRefusal> {
        let UserDetails { user_id, username, .. } = client.get(&["users", "current"]).await?;
        let EntitlementList { list: entitlements } = client.get(&["my", "entitlements"]).await?;
        let super_admin = entitlements.last().is_some_and(|last| last.role_name == SUPER_ADMIN);
        Ok(Self { user_id, username, super_admin, entitlements })
    }

    /// Whether the user holds the role, at any bank.
    pub(crate) fn holds(&self, role: Role) -> bool {
        self.entitlements.iter().any(|entitlement| entitlement.role_name == role.name())
    }

    /// Whether the user holds the role at that bank.
    pub(crate) fn holds_at(&self, role: Role, bank_id: &str) -> bool {
        self.entitlements.iter().any(|held| held.role_name == role.name() && held.bank_id == bank_id)
    }

    /// Whether the page Administration is linked for this user. The API decides what the user can do there.
    pub(crate) fn may_administer(&self) -> bool {
        let mut roles = ADMINISTRATION.iter().map(|(role, _)| *role).chain(GRANTING);
        self.super_admin || roles.any(|role| self.holds(role))
    }
}

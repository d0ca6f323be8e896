//! The table of permissions, and its enforcement (decision 10).
//!
//! The profiles `reference` and `strict` will be further arms of [`need`]. Nothing else in the guest reads the profile.

use crate::caller::{AccessProfile, Caller};
use crate::refusals::Refusal;
use crate::roles::{Role, Scope};
use crate::users_types::Entitlement;

/// Operations that need a role in some profile. All others need at most a login, in every profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name is that of an operation, and the table says what it needs")]
pub enum Action {
    AddKycCheck,
    AddKycDocument,
    AddKycMedia,
    AddKycStatus,
    ChangeCustomerNumber,
    CreateAccountForOther,
    CreateBank,
    CreateConsumer,
    CreateCustomer,
    CreateMeeting,
    CreateMeetingForOther,
    DisableConsumer,
    DropEntitlementRequest,
    EnableConsumer,
    GrantEntitlement,
    JoinMeetingAsStaff,
    LinkUserToCustomer,
    ReadAnyEntitlements,
    ReadAnyUser,
    ReadConsumers,
    ReadCustomer,
    ReadEntitlementRequests,
    ReadEntitlementsAtBank,
    ReadKycChecks,
    ReadKycDocuments,
    ReadKycMedia,
    ReadKycStatuses,
    ReadLockStatus,
    ReadMeetings,
    RevokeEntitlement,
    UnlockUser,
}

/// The requirement of an action in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A login.
    Login,
    /// Any one of these roles.
    AnyOf(&'static [Role]),
}

/// The table: what each action needs in each profile.
#[must_use]
pub const fn need(profile: AccessProfile, action: Action) -> Need {
    use Need::{AnyOf, Login};
    use Role::*;
    match profile {
        AccessProfile::Seed => match action {
            // The seed page asks only for a login: every logged-in user holds the KYC roles.
            Action::AddKycCheck | Action::AddKycDocument | Action::AddKycMedia | Action::AddKycStatus => Login,
            Action::ReadKycChecks | Action::ReadKycDocuments | Action::ReadKycMedia | Action::ReadKycStatuses => Login,
            Action::CreateMeeting | Action::ReadMeetings => Login,
            Action::ChangeCustomerNumber => AnyOf(&[CanUpdateCustomerNumber]),
            Action::CreateAccountForOther => AnyOf(&[CanCreateAccount]),
            Action::CreateBank => AnyOf(&[CanCreateBank]),
            Action::CreateConsumer => AnyOf(&[CanCreateConsumer]),
            Action::CreateCustomer => AnyOf(&[CanCreateCustomer, CanCreateCustomerAtAnyBank]),
            Action::CreateMeetingForOther | Action::JoinMeetingAsStaff => AnyOf(&[CanJoinMeetingAsStaff]),
            Action::DisableConsumer => AnyOf(&[CanDisableConsumers]),
            Action::DropEntitlementRequest => AnyOf(&[CanDeleteEntitlementRequestsAtAnyBank]),
            Action::EnableConsumer => AnyOf(&[CanEnableConsumers]),
            Action::GrantEntitlement => AnyOf(&[CanCreateEntitlementAtOneBank, CanCreateEntitlementAtAnyBank]),
            Action::LinkUserToCustomer => AnyOf(&[CanCreateUserCustomerLink, CanCreateUserCustomerLinkAtAnyBank]),
            Action::ReadAnyEntitlements => AnyOf(&[CanGetEntitlementsForAnyUserAtAnyBank]),
            Action::ReadAnyUser => AnyOf(&[CanGetAnyUser]),
            Action::ReadConsumers => AnyOf(&[CanGetConsumers]),
            Action::ReadCustomer => AnyOf(&[CanGetCustomer]),
            Action::ReadEntitlementRequests => AnyOf(&[CanGetEntitlementRequestsAtAnyBank]),
            Action::ReadEntitlementsAtBank => {
                AnyOf(&[CanGetEntitlementsForAnyUserAtOneBank, CanGetEntitlementsForAnyUserAtAnyBank])
            }
            Action::ReadLockStatus => AnyOf(&[CanReadUserLockedStatus]),
            Action::RevokeEntitlement => AnyOf(&[CanDeleteEntitlementAtAnyBank]),
            Action::UnlockUser => AnyOf(&[CanUnlockUser]),
        },
    }
}

/// The caller with the roles held. Every rule that needs a login gets one.
#[derive(Debug)]
pub struct Actor {
    /// The caller.
    pub caller: Caller,
    /// The caller's entitlements. May be empty if [`Actor::reads_roles`] is false for the action.
    pub held: Vec<Entitlement>,
}

impl Actor {
    /// Whether the action depends on roles, so that the shell must read them first.
    #[must_use]
    pub fn reads_roles(caller: &Caller, action: Action) -> bool {
        need(caller.profile, action) != Need::Login
    }

    /// Enforces the table. A bank role counts only at `bank_id`, which is empty for an action that concerns no bank.
    ///
    /// # Errors
    /// [`Refusal::RolesMissing`] with the roles of which the caller needs one.
    pub fn require(&self, action: Action, bank_id: &str) -> Result<(), Refusal> {
        match need(self.caller.profile, action) {
            Need::Login => Ok(()),
            Need::AnyOf(roles) if roles.iter().any(|role| self.holds(*role, bank_id)) => Ok(()),
            Need::AnyOf(roles) => Err(Refusal::RolesMissing(roles)),
        }
    }

    fn holds(&self, role: Role, bank_id: &str) -> bool {
        let at = match role.scope() {
            Scope::Bank => bank_id,
            Scope::System => "",
        };
        self.held.iter().any(|entitlement| entitlement.role_name == role.name() && entitlement.bank_id == at)
    }
}

/// Actors for the tests of the rules.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Actor, Role};
    use crate::caller::{AccessProfile, Caller};
    use crate::users_types::Entitlement;

    /// The user `kim`, id `u-kim`, holding these roles.
    pub(crate) fn kim_with(roles: &[(Role, &str)]) -> Actor {
        let caller = Caller {
            user_id: "u-kim".to_owned(),
            username: "kim".to_owned(),
            super_admin: false,
            profile: AccessProfile::Seed,
        };
        let entitlement = |(role, bank_id): &(Role, &str)| Entitlement {
            entitlement_id: "e".to_owned(),
            role_name: role.name().to_owned(),
            bank_id: (*bank_id).to_owned(),
        };
        Actor { caller, held: roles.iter().map(entitlement).collect() }
    }

    /// The user `kim`, holding no role.
    pub(crate) fn kim() -> Actor {
        kim_with(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::testing::kim_with;
    use super::*;

    #[test]
    fn a_bank_role_counts_only_at_its_bank_and_a_system_role_everywhere() {
        let cases = [
            ("none", vec![], false),
            ("the bank role here", vec![(Role::CanCreateCustomer, "here")], true),
            ("the bank role elsewhere", vec![(Role::CanCreateCustomer, "elsewhere")], false),
            ("the bank role at no bank", vec![(Role::CanCreateCustomer, "")], false),
            ("the system role", vec![(Role::CanCreateCustomerAtAnyBank, "")], true),
            ("the system role at a bank", vec![(Role::CanCreateCustomerAtAnyBank, "here")], false),
            ("another role", vec![(Role::CanGetCustomer, "here")], false),
        ];
        for (held, roles, allowed) in cases {
            assert_eq!(kim_with(&roles).require(Action::CreateCustomer, "here").is_ok(), allowed, "{held}");
        }
    }

    #[test]
    fn the_seed_profile_needs_only_a_login_for_kyc_and_meetings() {
        for action in [Action::AddKycCheck, Action::ReadKycMedia, Action::CreateMeeting, Action::ReadMeetings] {
            assert_eq!(kim_with(&[]).require(action, "here"), Ok(()));
        }
    }
}

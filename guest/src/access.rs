//! Who may do what: one table, one place that enforces it.
//!
//! Decision 10. The profiles `reference` and `strict` will be further arms of [`need`]; nothing else in the guest looks at a profile.

use crate::caller::{AccessProfile, Caller};
use crate::refusals::Refusal;
use crate::roles::{Role, Scope};
use crate::users_types::Entitlement;

/// What somebody wants to do. Operations without a row here need a login, or not even that, in every profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; what each needs is the table's to say")]
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
    DisableConsumer,
    DropEntitlementRequest,
    EnableConsumer,
    GrantEntitlement,
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

/// What a profile asks of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Being logged in.
    Login,
    /// Any one of these roles.
    AnyOf(&'static [Role]),
}

/// The table.
#[must_use]
pub const fn need(profile: AccessProfile, action: Action) -> Need {
    use Need::{AnyOf, Login};
    use Role::*;
    match profile {
        AccessProfile::Seed => match action {
            // The page asks for a login only: everybody logged in holds the KYC roles.
            Action::AddKycCheck | Action::AddKycDocument | Action::AddKycMedia | Action::AddKycStatus => Login,
            Action::ReadKycChecks | Action::ReadKycDocuments | Action::ReadKycMedia | Action::ReadKycStatuses => Login,
            Action::CreateMeeting | Action::ReadMeetings => Login,
            Action::ChangeCustomerNumber => AnyOf(&[CanUpdateCustomerNumber]),
            Action::CreateAccountForOther => AnyOf(&[CanCreateAccount]),
            Action::CreateBank => AnyOf(&[CanCreateBank]),
            Action::CreateConsumer => AnyOf(&[CanCreateConsumer]),
            Action::CreateCustomer => AnyOf(&[CanCreateCustomer, CanCreateCustomerAtAnyBank]),
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

/// The caller, and the roles it holds: what every rule is asked with.
#[derive(Debug)]
pub struct Actor {
    /// Who calls.
    pub caller: Caller,
    /// The caller's roles; may be left empty where [`Actor::reads_roles`] says that the action needs none.
    pub held: Vec<Entitlement>,
}

impl Actor {
    /// Whether the action can depend on roles, so that they must be read first.
    #[must_use]
    pub fn reads_roles(caller: &Caller, action: Action) -> bool {
        need(caller.profile, action) != Need::Login
    }

    /// Enforces the table. A bank role counts at `bank_id` only; actions that concern no bank give "".
    ///
    /// # Errors
    /// [`Refusal::RolesMissing`] with the roles of which one would do.
    pub fn must(&self, action: Action, bank_id: &str) -> Result<(), Refusal> {
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

/// Actors for the rules' tests.
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
    fn a_bank_role_counts_at_its_bank_only_and_a_system_role_everywhere() {
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
    fn seed_asks_for_a_login_only_where_the_page_does() {
        for action in [Action::AddKycCheck, Action::ReadKycMedia, Action::CreateMeeting, Action::ReadMeetings] {
            assert_eq!(kim_with(&[]).require(action, "here"), Ok(()));
        }
    }
}

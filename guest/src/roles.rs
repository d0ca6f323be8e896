//! The table of roles.

/// Declares the roles. A bank role is held at one bank, a system role at none.
macro_rules! roles {
    ($(#[doc = $doc:literal] $name:ident: $scope:ident;)*) => {
        /// A role that a user may hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Role { $(#[doc = $doc] $name,)* }

        impl Role {
            /// Every role, sorted by name.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Whether the role is held at a bank.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)* }
            }
        }
    };
}

/// Whether a role is held at a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A bank role: held at the bank that the entitlement names.
    Bank,
    /// A system role: counts everywhere, and the entitlement names no bank.
    System,
}

roles! {
    /// May write checks on customers of the bank.
    CanAddKycCheck: Bank;
    /// May write documents of customers of the bank.
    CanAddKycDocument: Bank;
    /// May write images and scans of customers of the bank.
    CanAddKycMedia: Bank;
    /// May write statuses of customers of the bank.
    CanAddKycStatus: Bank;
    /// May create accounts at the bank for other users.
    CanCreateAccount: Bank;
    /// May create banks.
    CanCreateBank: System;
    /// May register applications over the API.
    CanCreateConsumer: System;
    /// May create customers of the bank.
    CanCreateCustomer: Bank;
    /// May create customers of every bank.
    CanCreateCustomerAtAnyBank: System;
    /// May grant every role.
    CanCreateEntitlementAtAnyBank: System;
    /// May grant the roles of the bank.
    CanCreateEntitlementAtOneBank: Bank;
    /// May link users to customers of the bank.
    CanCreateUserCustomerLink: Bank;
    /// May link users to customers of every bank.
    CanCreateUserCustomerLinkAtAnyBank: System;
    /// May revoke every role.
    CanDeleteEntitlementAtAnyBank: System;
    /// May delete requests for roles.
    CanDeleteEntitlementRequestsAtAnyBank: System;
    /// May switch applications off.
    CanDisableConsumers: System;
    /// May switch applications on.
    CanEnableConsumers: System;
    /// May read the checks of every customer.
    CanGetAnyKycChecks: System;
    /// May read the documents of every customer.
    CanGetAnyKycDocuments: System;
    /// May read the images and scans of every customer.
    CanGetAnyKycMedia: System;
    /// May read the statuses of every customer.
    CanGetAnyKycStatuses: System;
    /// May read users.
    CanGetAnyUser: System;
    /// May read all applications.
    CanGetConsumers: System;
    /// May read customers of the bank.
    CanGetCustomer: Bank;
    /// May read requests for roles.
    CanGetEntitlementRequestsAtAnyBank: System;
    /// May read every user's roles.
    CanGetEntitlementsForAnyUserAtAnyBank: System;
    /// May read every user's roles at the bank.
    CanGetEntitlementsForAnyUserAtOneBank: Bank;
    /// May join meetings of the bank as its staff, and arrange them for other users.
    CanJoinMeetingAsStaff: Bank;
    /// May read whether a user is locked.
    CanReadUserLockedStatus: System;
    /// May unlock users.
    CanUnlockUser: System;
    /// May change the numbers of customers of the bank.
    CanUpdateCustomerNumber: Bank;
}

impl Role {
    /// The role with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_are_unique_and_sorted() {
        assert!(Role::ALL.iter().map(|role| role.name()).is_sorted_by(|a, b| a < b));
    }
}

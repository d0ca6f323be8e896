//! What is said of the operations on entitlements, and on requests for them.

use guest::access::Action;
use guest::refusals::RefusalCode::{
    BankIdMalformed, BankUnknown, EntitlementRequestTaken, EntitlementRequestUnknown, EntitlementTaken,
    EntitlementUnknown, MayNotGrant, RoleNeedsBank, RoleTakesNoBank, RoleUnknown, RolesMissing, UserUnknown,
};

use super::fields::Shape::RoleWithBank;
use super::fields::{Query, QueryShape};
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, Unknown};

const DRAFT: &str = r#"{"bank_id":"gh.29.uk","role_name":"CanGetCustomer"}"#;
const ENTITLEMENT: &str =
    r#"{"entitlement_id":"6fb17583-1e49-4435-bb74-a14fe0996723","role_name":"CanGetCustomer","bank_id":"gh.29.uk"}"#;
const LIST: &str = r#"{"list":[{"entitlement_id":"6fb17583-1e49-4435-bb74-a14fe0996723","role_name":"CanGetCustomer","bank_id":"gh.29.uk"}]}"#;
const REQUEST: &str = r#"{"entitlement_request_id":"1f9c8e7d-6b5a-4d3c-8e2f-0a1b2c3d4e5f","user":{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","email":"robert.x.0.gh@example.com","provider_id":"robert.x.0.gh","provider":"OBP","username":"robert.x.0.gh","entitlements":{"list":[]}},"role_name":"CanGetCustomer","bank_id":"gh.29.uk","created":"2017-09-19T00:00:00Z"}"#;
const REQUESTS: &str = r#"{"entitlement_requests":[{"entitlement_request_id":"1f9c8e7d-6b5a-4d3c-8e2f-0a1b2c3d4e5f","user":{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","email":"robert.x.0.gh@example.com","provider_id":"robert.x.0.gh","provider":"OBP","username":"robert.x.0.gh","entitlements":{"list":[]}},"role_name":"CanGetCustomer","bank_id":"gh.29.uk","created":"2017-09-19T00:00:00Z"}]}"#;

/// addEntitlement.
pub static GRANT: Doc = Doc {
    summary: "Add Entitlement for a User",
    description: "Grants a role to the user `USER_ID`. A bank role is held at one bank, named in `bank_id`; for a system role `bank_id` is empty. Which is which, getRoles says.\n\nA login is needed. A super admin may grant every role; others need one of the roles.",
    request: Some(DRAFT),
    response: Some(ENTITLEMENT),
    actions: &[Action::GrantEntitlement],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(RoleUnknown),
        rule(RoleNeedsBank),
        rule(RoleTakesNoBank),
        rule(MayNotGrant),
        rule(UserUnknown),
        rule(BankUnknown),
        rule(EntitlementTaken),
        own(Unknown),
    ],
    fields: &[("role_name", RoleWithBank("bank_id"))],
    ..ENTITLEMENTS
};

/// getEntitlements.
pub static OF_USER: Doc = Doc {
    summary: "Get Entitlements for User",
    description: "The roles that the user `USER_ID` holds. For a super admin the list ends with `SuperAdmin`.\n\nA login is needed, and the role.",
    response: Some(LIST),
    actions: &[Action::ReadAnyEntitlements],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), own(Unknown)],
    ..ENTITLEMENTS
};

/// getEntitlementsForCurrentUser.
pub static MINE: Doc = Doc {
    summary: "Get Entitlements for the current User",
    description: "The roles that the caller holds.\n\nA login is needed.",
    response: Some(LIST),
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..ENTITLEMENTS
};

/// getEntitlementsByBankAndUser.
pub static OF_USER_AT_BANK: Doc = Doc {
    summary: "Get Entitlements for User at Bank",
    description: "The roles that the user `USER_ID` holds at the bank `BANK_ID`.\n\nA login is needed, and one of the roles.",
    implemented_in: "2_1_0",
    response: Some(LIST),
    actions: &[Action::ReadEntitlementsAtBank],
    errors: &[
        own(NotLoggedIn),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(RolesMissing),
        rule(UserUnknown),
        own(Unknown),
    ],
    ..ENTITLEMENTS
};

/// deleteEntitlement.
pub static REVOKE: Doc = Doc {
    summary: "Delete Entitlement",
    description: "Takes a role from the user `USER_ID`. The answer has no body.\n\nA login is needed, and the role.",
    actions: &[Action::RevokeEntitlement],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), rule(EntitlementUnknown), own(Unknown)],
    ..ENTITLEMENTS
};

/// getAllEntitlements.
pub static ALL: Doc = Doc {
    summary: "Get all Entitlements",
    description: "All roles that are held, and by whom; with `role`, who holds that one.\n\nA login is needed, and the role.",
    implemented_in: "3_0_0",
    response: Some(
        r#"{"list":[{"entitlement_id":"6fb17583-1e49-4435-bb74-a14fe0996723","role_name":"CanGetCustomer","bank_id":"gh.29.uk","user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","username":"robert.x.0.gh"}]}"#,
    ),
    actions: &[Action::ReadAnyEntitlements],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(RoleUnknown), own(Unknown)],
    query: &[Query { name: "role", description: "Only who holds this role.", shape: QueryShape::Role }],
    ..ENTITLEMENTS
};

/// getRoles.
pub static ROLES: Doc = Doc {
    summary: "Get Roles",
    description: "All roles this server knows, sorted by name, and whether they are held at a bank.\n\nA login is needed.",
    tags: &["Role", "Entitlement", "User"],
    implemented_in: "2_1_0",
    response: Some(
        r#"{"roles":[{"role":"CanCreateBank","requires_bank_id":false},{"role":"CanGetCustomer","requires_bank_id":true}]}"#,
    ),
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..ENTITLEMENTS
};

/// addEntitlementRequest.
pub static ASK: Doc = Doc {
    summary: "Create Entitlement Request for current User",
    description: "Asks for a role, for oneself. Somebody who may grant it sees the request, grants the role and deletes the request.\n\nA login is needed.",
    request: Some(DRAFT),
    response: Some(REQUEST),
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(RoleUnknown),
        rule(RoleNeedsBank),
        rule(RoleTakesNoBank),
        rule(BankUnknown),
        rule(UserUnknown),
        rule(EntitlementTaken),
        rule(EntitlementRequestTaken),
        own(Unknown),
    ],
    fields: &[("role_name", RoleWithBank("bank_id"))],
    ..REQUESTING
};

/// getAllEntitlementRequests.
pub static ALL_REQUESTS: Doc = Doc {
    summary: "Get all Entitlement Requests",
    description: "Who asks for which role, oldest request first.\n\nA login is needed, and the role.",
    response: Some(REQUESTS),
    actions: &[Action::ReadEntitlementRequests],
    errors: &[own(NotLoggedIn), rule(RolesMissing), own(Unknown)],
    ..REQUESTING
};

/// getEntitlementRequestsForCurrentUser.
pub static MY_REQUESTS: Doc = Doc {
    summary: "Get Entitlement Requests for the current User",
    description: "The roles that the caller has asked for and not been given, oldest request first.\n\nA login is needed.",
    response: Some(REQUESTS),
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..REQUESTING
};

/// getEntitlementRequests.
pub static REQUESTS_OF_USER: Doc = Doc {
    summary: "Get Entitlement Requests for a User",
    description: "The roles that the user `USER_ID` has asked for, oldest request first.\n\nA login is needed, and the role.",
    response: Some(REQUESTS),
    actions: &[Action::ReadEntitlementRequests],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), own(Unknown)],
    ..REQUESTING
};

/// deleteEntitlementRequest.
pub static DROP_REQUEST: Doc = Doc {
    summary: "Delete Entitlement Request",
    description: "Deletes a request for a role, whether it has been granted or is declined. The answer has no body.\n\nA login is needed, and the role.",
    actions: &[Action::DropEntitlementRequest],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(EntitlementRequestUnknown), own(Unknown)],
    ..REQUESTING
};

const ENTITLEMENTS: Doc = Doc { tags: &["Entitlement", "Role", "User"], implemented_in: "2_0_0", ..Doc::PLAIN };
const REQUESTING: Doc = Doc { implemented_in: "3_0_0", ..ENTITLEMENTS };

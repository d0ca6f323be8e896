//! The operations on entitlements, and on requests for them, over HTTP.

use bindings::calls::entitlements;
use bindings::entitlements_types::{EntitlementDraft, EntitlementOfUser, EntitlementRequest, Role, RoleList};
use bindings::samples;
use bindings::users_types::{Entitlement, EntitlementList};
use guest::access::Action;
use guest::roles;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::RoleWithBank;
use crate::docs::fields::{Query, QueryShape};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{
    BankIdMalformed, BankUnknown, EntitlementRequestTaken, EntitlementRequestUnknown, EntitlementTaken,
    EntitlementUnknown, MayNotGrant, RoleNeedsBank, RoleTakesNoBank, RoleUnknown, RolesMissing, UserUnknown,
};
use crate::route::Route;

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/users/USER_ID/entitlements",
        operation: "addEntitlement",
        handler: |call| Box::pin(grant(call)),
        doc: &Doc {
            summary: "Add Entitlement for a User",
            description: "Grants a role to the user `USER_ID`. A bank role applies at one bank, which `bank_id` names. For a system role `bank_id` is empty. getRoles tells which roles are bank roles.\n\nYou need a login. A super admin may grant every role; other users need one of the roles.",
            request: Some(|| example(&samples::entitlement_draft())),
            response: Some(|| example(&samples::entitlement())),
            actions: &[Action::GrantEntitlement],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(RoleUnknown),
                rule(RoleNeedsBank),
                rule(RoleTakesNoBank),
                rule(MayNotGrant),
                rule(UserUnknown),
                rule(BankUnknown),
                rule(EntitlementTaken),
                host(Unknown),
            ],
            fields: &[("role_name", RoleWithBank("bank_id"))],
            ..ENTITLEMENTS
        },
        ..Route::POST
    },
    Route {
        path: "/users/USER_ID/entitlements",
        operation: "getEntitlements",
        handler: |call| Box::pin(of_user(call)),
        doc: &Doc {
            summary: "Get Entitlements for User",
            description: "The roles of the user `USER_ID`. For a super admin the list ends with `SuperAdmin`.\n\nYou need a login and the role.",
            response: Some(|| example(&held())),
            actions: &[Action::ReadAnyEntitlements],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), host(Unknown)],
            ..ENTITLEMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/my/entitlements",
        operation: "getEntitlementsForCurrentUser",
        handler: |call| Box::pin(mine(call)),
        doc: &Doc {
            summary: "Get Entitlements for the current User",
            description: "Your own roles. For a super admin the list ends with `SuperAdmin`.\n\nYou need a login.",
            response: Some(|| example(&list())),
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..ENTITLEMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/users/USER_ID/entitlements",
        operation: "getEntitlementsByBankAndUser",
        handler: |call| Box::pin(of_user_at_bank(call)),
        doc: &Doc {
            summary: "Get Entitlements for User at Bank",
            description: "The roles of the user `USER_ID` at the bank `BANK_ID`.\n\nYou need a login and one of the roles.",
            implemented_in: "2_1_0",
            response: Some(|| example(&held())),
            actions: &[Action::ReadEntitlementsAtBank],
            errors: &[
                host(NotLoggedIn),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(RolesMissing),
                rule(UserUnknown),
                host(Unknown),
            ],
            ..ENTITLEMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/users/USER_ID/entitlement/ENTITLEMENT_ID",
        operation: "deleteEntitlement",
        handler: |call| Box::pin(revoke(call)),
        doc: &Doc {
            summary: "Delete Entitlement",
            description: "Takes a role from the user `USER_ID`. The answer has no body.\n\nYou need a login and the role.",
            actions: &[Action::RevokeEntitlement],
            errors: &[
                host(NotLoggedIn),
                rule(RolesMissing),
                rule(UserUnknown),
                rule(EntitlementUnknown),
                host(Unknown),
            ],
            ..ENTITLEMENTS
        },
        ..Route::DELETE
    },
    Route {
        path: "/entitlements",
        operation: "getAllEntitlements",
        handler: |call| Box::pin(all(call)),
        doc: &Doc {
            summary: "Get all Entitlements",
            description: "The roles of all users. With `role`, the users with that role.\n\nYou need a login and the role.",
            implemented_in: "3_0_0",
            response: Some(|| example(&of_users())),
            actions: &[Action::ReadAnyEntitlements],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(RoleUnknown), host(Unknown)],
            query: &[Query { name: "role", description: "Only users with this role.", shape: QueryShape::Role }],
            ..ENTITLEMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/roles",
        operation: "getRoles",
        handler: |call| Box::pin(roles(call)),
        doc: &Doc {
            summary: "Get Roles",
            description: "All roles that this server knows, sorted by name, and whether they apply at one bank.\n\nYou need a login.",
            tags: &["Role", "Entitlement", "User"],
            implemented_in: "2_1_0",
            response: Some(|| example(&role_list())),
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..ENTITLEMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/entitlement-requests",
        operation: "addEntitlementRequest",
        handler: |call| Box::pin(request(call)),
        doc: &Doc {
            summary: "Create Entitlement Request for current User",
            description: "Requests a role for yourself. A user who may grant the role sees the request, grants the role and deletes the request.\n\nYou need a login.",
            request: Some(|| example(&samples::entitlement_draft())),
            response: Some(|| example(&request_sample())),
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(RoleUnknown),
                rule(RoleNeedsBank),
                rule(RoleTakesNoBank),
                rule(BankUnknown),
                rule(UserUnknown),
                rule(EntitlementTaken),
                rule(EntitlementRequestTaken),
                host(Unknown),
            ],
            fields: &[("role_name", RoleWithBank("bank_id"))],
            ..REQUESTS
        },
        ..Route::POST
    },
    Route {
        path: "/entitlement-requests",
        operation: "getAllEntitlementRequests",
        handler: |call| Box::pin(all_requests(call)),
        doc: &Doc {
            summary: "Get all Entitlement Requests",
            description: "The requests for roles of all users, oldest first.\n\nYou need a login and the role.",
            response: Some(|| example(&request_list())),
            actions: &[Action::ReadEntitlementRequests],
            errors: &[host(NotLoggedIn), rule(RolesMissing), host(Unknown)],
            ..REQUESTS
        },
        ..Route::GET
    },
    Route {
        path: "/my/entitlement-requests",
        operation: "getEntitlementRequestsForCurrentUser",
        handler: |call| Box::pin(my_requests(call)),
        doc: &Doc {
            summary: "Get Entitlement Requests for the current User",
            description: "Your own pending requests for roles, oldest first.\n\nYou need a login.",
            response: Some(|| example(&request_list())),
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..REQUESTS
        },
        ..Route::GET
    },
    Route {
        path: "/users/USER_ID/entitlement-requests",
        operation: "getEntitlementRequests",
        handler: |call| Box::pin(requests_of_user(call)),
        doc: &Doc {
            summary: "Get Entitlement Requests for a User",
            description: "The requests for roles of the user `USER_ID`, oldest first.\n\nYou need a login and the role.",
            response: Some(|| example(&request_list())),
            actions: &[Action::ReadEntitlementRequests],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), host(Unknown)],
            ..REQUESTS
        },
        ..Route::GET
    },
    Route {
        path: "/entitlement-requests/ENTITLEMENT_REQUEST_ID",
        operation: "deleteEntitlementRequest",
        handler: |call| Box::pin(drop_request(call)),
        doc: &Doc {
            summary: "Delete Entitlement Request",
            description: "Deletes a request for a role, after it was granted or declined. The answer has no body.\n\nYou need a login and the role.",
            actions: &[Action::DropEntitlementRequest],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(EntitlementRequestUnknown), host(Unknown)],
            ..REQUESTS
        },
        ..Route::DELETE
    },
];

const ENTITLEMENTS: Doc = Doc { tags: &["Entitlement", "Role", "User"], implemented_in: "2_0_0", ..Doc::EMPTY };
const REQUESTS: Doc = Doc { implemented_in: "3_0_0", ..ENTITLEMENTS };

/// The entitlements of a user.
#[derive(Debug, Serialize)]
struct HeldEntitlements {
    list: Vec<HeldEntitlement>,
}

/// An entitlement. Only later versions show whose it is.
#[derive(Debug, Serialize)]
struct HeldEntitlement {
    entitlement_id: String,
    role_name: String,
    bank_id: String,
    user_id: String,
}

impl HeldEntitlements {
    fn new(user_id: &str, held: EntitlementList) -> Self {
        let one = |Entitlement { entitlement_id, role_name, bank_id }| HeldEntitlement {
            entitlement_id,
            role_name,
            bank_id,
            user_id: user_id.to_owned(),
        };
        Self { list: held.list.into_iter().map(one).collect() }
    }
}

/// The answer of getAllEntitlements.
#[derive(Debug, Serialize)]
struct EntitlementsOfUsers {
    list: Vec<EntitlementOfUser>,
}

/// The answer of the three lists of requests.
#[derive(Debug, Deserialize, Serialize)]
pub struct EntitlementRequests {
    /// The records, in the order of the API.
    pub entitlement_requests: Vec<EntitlementRequest>,
}

async fn grant(call: Call) -> Answer {
    let draft: EntitlementDraft = call.body()?;
    let (caller, user) = (call.caller()?, call.path("USER_ID")?);
    reply(call.session.write(entitlements::grant(caller, user, &draft)).await?)
}

async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(call.session.query(entitlements::mine(caller)).await?)
}

async fn of_user(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.path("USER_ID")?);
    reply(HeldEntitlements::new(user, call.session.query(entitlements::of_user(caller, user)).await?))
}

async fn of_user_at_bank(call: Call) -> Answer {
    let (caller, bank, user) = (call.caller()?, call.path("BANK_ID")?, call.path("USER_ID")?);
    reply(HeldEntitlements::new(user, call.session.query(entitlements::of_user_at_bank(caller, bank, user)).await?))
}

async fn all(call: Call) -> Answer {
    let role = call.query("role");
    let (caller, role) = (call.caller()?, role.as_deref());
    reply(EntitlementsOfUsers { list: call.session.reveal(entitlements::all(caller, role)).await? })
}

async fn revoke(call: Call) -> Answer {
    let (caller, user, entitlement) = (call.caller()?, call.path("USER_ID")?, call.path("ENTITLEMENT_ID")?);
    call.session.write(entitlements::revoke(caller, user, entitlement)).await?;
    Ok(None)
}

async fn roles(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(call.session.query(entitlements::roles(caller)).await?)
}

async fn request(call: Call) -> Answer {
    let draft: EntitlementDraft = call.body()?;
    let caller = call.caller()?;
    reply(call.session.write(entitlements::request(caller, &draft)).await?)
}

async fn my_requests(call: Call) -> Answer {
    let caller = call.caller()?;
    let entitlement_requests = call.session.reveal(entitlements::my_requests(caller)).await?;
    reply(EntitlementRequests { entitlement_requests })
}

async fn all_requests(call: Call) -> Answer {
    let caller = call.caller()?;
    let entitlement_requests = call.session.reveal(entitlements::all_requests(caller)).await?;
    reply(EntitlementRequests { entitlement_requests })
}

async fn requests_of_user(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.path("USER_ID")?);
    let entitlement_requests = call.session.reveal(entitlements::requests_of_user(caller, user)).await?;
    reply(EntitlementRequests { entitlement_requests })
}

async fn drop_request(call: Call) -> Answer {
    let (caller, request) = (call.caller()?, call.path("ENTITLEMENT_REQUEST_ID")?);
    call.session.write(entitlements::drop_request(caller, request)).await?;
    Ok(None)
}

fn list() -> EntitlementList {
    EntitlementList { list: vec![samples::entitlement()] }
}

fn held() -> HeldEntitlements {
    HeldEntitlements::new(&samples::user_details().user_id, list())
}

fn of_users() -> EntitlementsOfUsers {
    let (entitlement, user) = (samples::entitlement(), samples::user_details());
    let held = EntitlementOfUser {
        entitlement_id: entitlement.entitlement_id,
        role_name: entitlement.role_name,
        bank_id: entitlement.bank_id,
        user_id: user.user_id,
        username: user.username,
    };
    EntitlementsOfUsers { list: vec![held] }
}

fn role_list() -> RoleList {
    let role =
        |role: roles::Role| Role { role: role.name().to_owned(), requires_bank_id: role.scope() == roles::Scope::Bank };
    RoleList { roles: vec![role(roles::Role::CanCreateBank), role(roles::Role::CanGetCustomer)] }
}

fn request_sample() -> EntitlementRequest {
    let EntitlementDraft { bank_id, role_name } = samples::entitlement_draft();
    EntitlementRequest {
        entitlement_request_id: "1f9c8e7d-6b5a-4d3c-8e2f-0a1b2c3d4e5f".to_owned(),
        user: samples::user_details(),
        role_name,
        bank_id,
        created: samples::DATE,
    }
}

fn request_list() -> EntitlementRequests {
    EntitlementRequests { entitlement_requests: vec![request_sample()] }
}

//! The SQL of entitlements and of requests for them.

use bindings::entitlements_types::{EntitlementOfUser, EntitlementRequest, Grant, NewEntitlementRequest};
use bindings::users_types::Entitlement;

use crate::errors::StoreError;
use crate::queries::{any, list, one};
use crate::record::{Record as _, record};
use crate::store::{Expect, Snapshot, Statement, list_limit};
pub use crate::user_rows::of_user;
use crate::user_rows::{Queries, list_with_roles, roles_of_users, user};
use crate::value::{Param, values};

record! {
    grant: entitlements => Grant {
        user_id,
        entitlement: Entitlement { entitlement_id, role_name, bank_id },
    }
}

record! {
    entitlement_of_user: entitlements => EntitlementOfUser {
        entitlement_id,
        role_name,
        bank_id,
        user_id,
    } then { username }
}

record! {
    request: entitlement_requests => EntitlementRequest {
        entitlement_request_id,
        role_name,
        bank_id,
        created: created_ms,
    } then { user }
}

record! {
    new_request: entitlement_requests => NewEntitlementRequest {
        entitlement_request_id,
        user_id,
        role_name,
        bank_id,
        created: created_ms,
    }
}

/// Whether the operator has named this user as super admin.
pub async fn is_super_admin(store: &mut dyn Snapshot, user_id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT 1 FROM users JOIN super_admins ON super_admins.username = users.username \
        WHERE users.user_id = $1";
    any(store, SQL, &[Param::Text(user_id)]).await
}

/// The entitlements of all users, or those with one role, sorted by role, then user name, then bank.
pub async fn all(store: &mut dyn Snapshot, role_name: Option<&str>) -> Result<Vec<EntitlementOfUser>, StoreError> {
    const ALL: &str = concat!(
        "SELECT ",
        entitlement_of_user!(columns),
        ", users.username FROM entitlements JOIN users ON users.user_id = entitlements.user_id \
        ORDER BY entitlements.role_name, users.username, entitlements.bank_id",
        list_limit!()
    );
    const OF_ROLE: &str = concat!(
        "SELECT ",
        entitlement_of_user!(columns),
        ", users.username FROM entitlements JOIN users ON users.user_id = entitlements.user_id \
        WHERE entitlements.role_name = $1 ORDER BY users.username, entitlements.bank_id",
        list_limit!()
    );
    match role_name {
        Some(role_name) => list(store, OF_ROLE, &[Param::Text(role_name)]).await,
        None => list(store, ALL, &[]).await,
    }
}

/// The requests of all users, or of one, oldest first.
pub async fn requests(store: &mut dyn Snapshot, user_id: Option<&str>) -> Result<Vec<EntitlementRequest>, StoreError> {
    const QUERIES: Queries = Queries {
        of_one: concat!(
            "SELECT ",
            request!(columns),
            ", ",
            user!(columns),
            " FROM entitlement_requests JOIN users ON users.user_id = entitlement_requests.user_id \
            WHERE entitlement_requests.user_id = $1 ORDER BY written",
            list_limit!()
        ),
        of_all: concat!(
            "SELECT ",
            request!(columns),
            ", ",
            user!(columns),
            " FROM entitlement_requests JOIN users ON users.user_id = entitlement_requests.user_id \
            ORDER BY written",
            list_limit!()
        ),
        roles_of_all: roles_of_users!("SELECT user_id FROM entitlement_requests ORDER BY written", list_limit!()),
    };
    list_with_roles(store, QUERIES, user_id, |request: &mut EntitlementRequest| &mut request.user).await
}

/// Whether the user has requested the role at that bank.
pub async fn has_requested(
    store: &mut dyn Snapshot,
    user_id: &str,
    role_name: &str,
    bank_id: &str,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT 1 FROM entitlement_requests WHERE user_id = $1 AND role_name = $2 AND bank_id = $3";
    any(store, SQL, &[Param::Text(user_id), Param::Text(role_name), Param::Text(bank_id)]).await
}

/// The request with that id.
pub async fn request(
    store: &mut dyn Snapshot,
    entitlement_request_id: &str,
) -> Result<Option<EntitlementRequest>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        request!(columns),
        ", ",
        user!(columns),
        " FROM entitlement_requests JOIN users ON users.user_id = entitlement_requests.user_id \
        WHERE entitlement_request_id = $1"
    );
    let found = one::<EntitlementRequest>(store, SQL, &[Param::Text(entitlement_request_id)]).await?;
    let Some(mut request) = found else { return Ok(None) };
    request.user.entitlements.list = of_user(store, &request.user.user_id).await?;
    Ok(Some(request))
}

/// Grants a role that the user does not hold at that bank.
#[must_use]
pub fn grant(grant: Grant) -> Statement {
    Statement {
        sql: concat!("INSERT INTO entitlements (", grant!(names), ") VALUES (", grant!(placeholders), ")"),
        values: grant.values(),
        expect: Expect::One,
    }
}

/// Revokes an entitlement that exists.
#[must_use]
pub fn revoke(entitlement_id: String) -> Statement {
    Statement {
        sql: "DELETE FROM entitlements WHERE entitlement_id = $1",
        values: values![entitlement_id],
        expect: Expect::One,
    }
}

/// Creates a request for a role that the user has not requested at that bank.
#[must_use]
pub fn create_request(request: NewEntitlementRequest) -> Statement {
    Statement {
        sql: concat!(
            "INSERT INTO entitlement_requests (",
            new_request!(names),
            ", written) VALUES (",
            new_request!(placeholders),
            ", (SELECT COALESCE(MAX(written), 0) + 1 FROM entitlement_requests))"
        ),
        values: request.values(),
        expect: Expect::One,
    }
}

/// Deletes a request that exists.
#[must_use]
pub fn drop_request(entitlement_request_id: String) -> Statement {
    Statement {
        sql: "DELETE FROM entitlement_requests WHERE entitlement_request_id = $1",
        values: values![entitlement_request_id],
        expect: Expect::One,
    }
}

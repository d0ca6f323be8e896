//! The SQL of entitlements, and of the requests for them.

use std::collections::HashMap;

use super::users::{self, user_columns};
use super::{Expect, Param, Row, Rows, Snapshot, Statement, StoreError, list_limit, values};
use bindings::entitlements_types::{EntitlementOfUser, EntitlementRequest, Grant, NewEntitlementRequest};
use bindings::users_types::{Entitlement, EntitlementList};

/// A user's roles, sorted by name, then bank. Empty for an unknown user.
///
/// # Errors
/// If the store fails.
pub async fn of_user(store: &mut dyn Snapshot, user_id: &str) -> Result<Vec<Entitlement>, StoreError> {
    const SQL: &str = concat!(
        "SELECT entitlement_id, role_name, bank_id FROM entitlements \
        WHERE user_id = $1 ORDER BY role_name, bank_id",
        list_limit!()
    );
    let rows = store.rows(SQL, &[Param::Text(user_id)]).await?;
    rows.into_iter().map(|mut row| entitlement(&mut row)).collect()
}

/// Whether the operator named this user as super admin.
///
/// # Errors
/// If the store fails.
pub async fn is_super_admin(store: &mut dyn Snapshot, user_id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT 1 FROM users JOIN super_admins ON super_admins.username = users.username \
        WHERE users.user_id = $1";
    Ok(!store.rows(SQL, &[Param::Text(user_id)]).await?.is_empty())
}

/// Everybody's entitlements, or those of one role, sorted by role, then user name, then bank.
///
/// # Errors
/// If the store fails.
pub async fn all(store: &mut dyn Snapshot, role_name: Option<&str>) -> Result<Vec<EntitlementOfUser>, StoreError> {
    const ALL: &str = concat!(
        "SELECT entitlements.entitlement_id, entitlements.role_name, entitlements.bank_id, users.user_id, users.username \
        FROM entitlements JOIN users ON users.user_id = entitlements.user_id \
        ORDER BY entitlements.role_name, users.username, entitlements.bank_id",
        list_limit!()
    );
    const OF_ROLE: &str = concat!(
        "SELECT entitlements.entitlement_id, entitlements.role_name, entitlements.bank_id, users.user_id, users.username \
        FROM entitlements JOIN users ON users.user_id = entitlements.user_id WHERE entitlements.role_name = $1 \
        ORDER BY users.username, entitlements.bank_id",
        list_limit!()
    );
    let rows = match role_name {
        Some(role_name) => store.rows(OF_ROLE, &[Param::Text(role_name)]).await?,
        None => store.rows(ALL, &[]).await?,
    };
    let read = |mut row: Row| {
        Ok(EntitlementOfUser {
            entitlement_id: row.text()?,
            role_name: row.text()?,
            bank_id: row.text()?,
            user_id: row.text()?,
            username: row.text()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Requests, all or of one user, oldest first.
///
/// # Errors
/// If the store fails.
pub async fn requests(store: &mut dyn Snapshot, user_id: Option<&str>) -> Result<Vec<EntitlementRequest>, StoreError> {
    const OF_USER: &str = concat!(
        "SELECT entitlement_request_id, role_name, bank_id, created_ms, ",
        user_columns!(),
        " FROM entitlement_requests JOIN users ON users.user_id = entitlement_requests.user_id \
        WHERE entitlement_requests.user_id = $1 ORDER BY written",
        list_limit!()
    );
    const ALL: &str = concat!(
        "SELECT entitlement_request_id, role_name, bank_id, created_ms, ",
        user_columns!(),
        " FROM entitlement_requests JOIN users ON users.user_id = entitlement_requests.user_id \
        ORDER BY written",
        list_limit!()
    );
    const ALL_HELD: &str = concat!(
        "SELECT user_id, entitlement_id, role_name, bank_id FROM entitlements WHERE user_id IN \
            (SELECT user_id FROM entitlement_requests ORDER BY written",
        list_limit!(),
        ") ORDER BY user_id, role_name, bank_id"
    );
    let (rows, held) = Held::list(store, user_id, OF_USER, ALL, ALL_HELD).await?;
    rows.into_iter().map(|mut row| entitlement_request(&mut row, &held)).collect()
}

/// One request.
///
/// # Errors
/// If the store fails.
pub async fn request(
    store: &mut dyn Snapshot,
    entitlement_request_id: &str,
) -> Result<Option<EntitlementRequest>, StoreError> {
    const SQL: &str = concat!(
        "SELECT entitlement_request_id, role_name, bank_id, created_ms, ",
        user_columns!(),
        " FROM entitlement_requests JOIN users ON users.user_id = entitlement_requests.user_id \
        WHERE entitlement_request_id = $1"
    );
    let Some(mut row) = store.rows(SQL, &[Param::Text(entitlement_request_id)]).await?.pop() else {
        return Ok(None);
    };
    let mut request = entitlement_request(&mut row, &Held::default())?;
    request.user.entitlements.list = of_user(store, &request.user.user_id).await?;
    Ok(Some(request))
}

fn entitlement_request(row: &mut Row, held: &Held) -> Result<EntitlementRequest, StoreError> {
    Ok(EntitlementRequest {
        entitlement_request_id: row.text()?,
        role_name: row.text()?,
        bank_id: row.text()?,
        created: row.time()?,
        user: users::details(row, held)?,
    })
}

fn entitlement(row: &mut Row) -> Result<Entitlement, StoreError> {
    Ok(Entitlement { entitlement_id: row.text()?, role_name: row.text()?, bank_id: row.text()? })
}

/// The roles of all the users of a list, read at once.
#[derive(Default)]
pub(super) struct Held {
    by_user_id: HashMap<String, Vec<Entitlement>>,
}

impl Held {
    /// What a query of user id, entitlement id, role name and bank id finds. Such a query has no limit of its own: the
    /// list's limit bounds the users, and a role that is cut off would look like one that is not held.
    pub(super) async fn read(
        store: &mut dyn Snapshot,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<Self, StoreError> {
        let mut held = Self::default();
        for mut row in store.rows(sql, params).await? {
            let user_id = row.text()?;
            held.by_user_id.entry(user_id).or_default().push(entitlement(&mut row)?);
        }
        Ok(held)
    }

    /// The rows of a list that is about one user, found by `of_one`, or about all; and the roles of the users in it, those of
    /// all found by `held_by_all` as [`Held::read`] wants it.
    pub(super) async fn list(
        store: &mut dyn Snapshot,
        user_id: Option<&str>,
        of_one: &'static str,
        of_all: &'static str,
        held_by_all: &'static str,
    ) -> Result<(Rows, Self), StoreError> {
        let Some(user_id) = user_id else {
            return Ok((store.rows(of_all, &[]).await?, Self::read(store, held_by_all, &[]).await?));
        };
        let rows = store.rows(of_one, &[Param::Text(user_id)]).await?;
        let roles = of_user(store, user_id).await?;
        Ok((rows, Self { by_user_id: HashMap::from([(user_id.to_owned(), roles)]) }))
    }

    /// The roles of one of the users.
    pub(super) fn by(&self, user_id: &str) -> EntitlementList {
        EntitlementList { list: self.by_user_id.get(user_id).cloned().unwrap_or_default() }
    }
}

/// Grants a role the user does not hold there.
#[must_use]
pub fn grant(grant: Grant) -> Statement {
    let Grant { user_id, entitlement: Entitlement { entitlement_id, role_name, bank_id } } = grant;
    Statement {
        sql: "INSERT INTO entitlements (entitlement_id, user_id, role_name, bank_id) VALUES ($1, $2, $3, $4)",
        values: values![entitlement_id, user_id, role_name, bank_id],
        expect: Expect::One,
    }
}

/// Takes away an entitlement that exists.
#[must_use]
pub fn revoke(entitlement_id: String) -> Statement {
    Statement {
        sql: "DELETE FROM entitlements WHERE entitlement_id = $1",
        values: values![entitlement_id],
        expect: Expect::One,
    }
}

/// Asks for a role the user has not asked for there.
#[must_use]
pub fn ask(request: NewEntitlementRequest) -> Statement {
    let NewEntitlementRequest { entitlement_request_id, user_id, role_name, bank_id, created } = request;
    Statement {
        sql: "INSERT INTO entitlement_requests (entitlement_request_id, user_id, role_name, bank_id, created_ms, written) \
            VALUES ($1, $2, $3, $4, $5, (SELECT COALESCE(MAX(written), 0) + 1 FROM entitlement_requests))",
        values: values![entitlement_request_id, user_id, role_name, bank_id, created],
        expect: Expect::One,
    }
}

/// Drops a request that exists.
#[must_use]
pub fn drop_request(entitlement_request_id: String) -> Statement {
    Statement {
        sql: "DELETE FROM entitlement_requests WHERE entitlement_request_id = $1",
        values: values![entitlement_request_id],
        expect: Expect::One,
    }
}

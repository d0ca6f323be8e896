//! Users, as each list that names users has them: with their roles, which are read for the whole list at once.

use std::collections::HashMap;

use bindings::users_types::{Entitlement, EntitlementList, UserDetails};

use crate::errors::StoreError;
use crate::queries::list;
use crate::record::record;
use crate::rows::{FromRow, Row};
use crate::store::{Snapshot, list_limit};
use crate::value::Param;

record! {
    user: users => UserDetails {
        user_id,
        email,
        provider_id,
        provider,
        username,
    } then { entitlements }
}
#[expect(clippy::single_component_path_imports, reason = "other modules reach a macro by this path only")]
pub(crate) use user;

record! {
    entitlement: entitlements => Entitlement {
        entitlement_id,
        role_name,
        bank_id,
    }
}
#[expect(clippy::single_component_path_imports, reason = "other modules reach a macro by this path only")]
pub(crate) use entitlement;

/// Reads no column: roles are rows of another table, and `RolesByUser` fills this list.
impl FromRow for EntitlementList {
    fn from_row(_: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { list: Vec::new() })
    }
}

/// A user's roles, sorted by name, then bank. Empty for an unknown user.
pub async fn of_user(store: &mut dyn Snapshot, user_id: &str) -> Result<Vec<Entitlement>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        entitlement!(columns),
        " FROM entitlements WHERE user_id = $1 ORDER BY role_name, bank_id",
        list_limit!()
    );
    list(store, SQL, &[Param::Text(user_id)]).await
}

/// The query of the roles of all users whose ids another query finds. It has no limit of its own: the list's limit
/// bounds the users, and a role that is cut off would look like one that the user does not hold.
macro_rules! roles_of_users {
    ($($user_ids:tt)*) => {
        concat!(
            "SELECT entitlements.user_id, ",
            $crate::user_rows::entitlement!(columns),
            " FROM entitlements WHERE user_id IN (",
            $($user_ids)*,
            ") ORDER BY user_id, role_name, bank_id"
        )
    };
}
pub(crate) use roles_of_users;

/// The roles of all users of a list.
pub(crate) struct RolesByUser {
    by_user_id: HashMap<String, Vec<Entitlement>>,
}

impl RolesByUser {
    /// Reads the roles with a query that [`roles_of_users`] makes.
    pub(crate) async fn read(
        store: &mut dyn Snapshot,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<Self, StoreError> {
        let mut by_user_id: HashMap<String, Vec<Entitlement>> = HashMap::new();
        for mut row in store.rows(sql, params).await? {
            by_user_id.entry(row.read()?).or_default().push(row.read()?);
        }
        Ok(Self { by_user_id })
    }

    /// Fills in the roles of one user.
    pub(crate) fn add_to(&self, user: &mut UserDetails) {
        if let Some(roles) = self.by_user_id.get(&user.user_id) {
            user.entitlements.list.clone_from(roles);
        }
    }
}

/// The queries of a list whose records name a user each.
pub(crate) struct Queries {
    /// The records of one user.
    pub(crate) of_one: &'static str,
    /// All records.
    pub(crate) of_all: &'static str,
    /// The roles of the users of all records.
    pub(crate) roles_of_all: &'static str,
}

/// Reads the records of one user, or all, and fills in the roles of the user of each.
pub(crate) async fn list_with_roles<T: FromRow>(
    store: &mut dyn Snapshot,
    queries: Queries,
    user_id: Option<&str>,
    user: fn(&mut T) -> &mut UserDetails,
) -> Result<Vec<T>, StoreError> {
    let (mut records, roles) = match user_id {
        Some(user_id) => {
            let records = list(store, queries.of_one, &[Param::Text(user_id)]).await?;
            let roles = of_user(store, user_id).await?;
            (records, RolesByUser { by_user_id: HashMap::from([(user_id.to_owned(), roles)]) })
        }
        None => (list(store, queries.of_all, &[]).await?, RolesByUser::read(store, queries.roles_of_all, &[]).await?),
    };
    records.iter_mut().for_each(|record| roles.add_to(user(record)));
    Ok(records)
}

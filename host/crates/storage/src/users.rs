//! The SQL of users.

use bindings::users_types::{NewUser, User, UserDetails};

use crate::errors::StoreError;
use crate::queries::{list, one};
use crate::record::{Record as _, record};
use crate::store::{Expect, Snapshot, Statement};
use crate::user_rows::{RolesByUser, of_user, roles_of_users, user};
use crate::value::Param;

record! {
    new_user: users => NewUser {
        user: User { user_id, email, provider_id, provider, username },
        first_name,
        last_name,
        password_hash,
    }
}

/// The user with that id.
pub async fn by_id(store: &mut dyn Snapshot, user_id: &str) -> Result<Option<UserDetails>, StoreError> {
    const SQL: &str = concat!("SELECT ", user!(columns), " FROM users WHERE user_id = $1");
    find(store, SQL, user_id).await
}

/// The user with that name.
pub async fn by_username(store: &mut dyn Snapshot, username: &str) -> Result<Option<UserDetails>, StoreError> {
    const SQL: &str = concat!("SELECT ", user!(columns), " FROM users WHERE username = $1");
    find(store, SQL, username).await
}

async fn find(store: &mut dyn Snapshot, sql: &'static str, key: &str) -> Result<Option<UserDetails>, StoreError> {
    let Some(mut user) = one::<UserDetails>(store, sql, &[Param::Text(key)]).await? else { return Ok(None) };
    user.entitlements.list = of_user(store, &user.user_id).await?;
    Ok(Some(user))
}

/// A page of all users, sorted by user name.
pub async fn page(store: &mut dyn Snapshot, limit: u32, offset: u32) -> Result<Vec<UserDetails>, StoreError> {
    const USERS: &str = concat!("SELECT ", user!(columns), " FROM users ORDER BY username LIMIT $1 OFFSET $2");
    const ROLES: &str = roles_of_users!("SELECT user_id FROM users ORDER BY username LIMIT $1 OFFSET $2");
    let params = [Param::Int(limit.into()), Param::Int(offset.into())];
    let roles = RolesByUser::read(store, ROLES, &params).await?;
    let mut users: Vec<UserDetails> = list(store, USERS, &params).await?;
    users.iter_mut().for_each(|user| roles.add_to(user));
    Ok(users)
}

/// Creates a user, whose id and name must be new.
#[must_use]
pub fn create(user: NewUser) -> Statement {
    Statement {
        sql: concat!("INSERT INTO users (", new_user!(names), ") VALUES (", new_user!(placeholders), ")"),
        values: user.values(),
        expect: Expect::One,
    }
}

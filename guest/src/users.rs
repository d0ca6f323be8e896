//! Users: createUser, one of the thirteen operations (decision 9), and reading and unlocking users.

use crate::access::{Action, Actor};
use crate::changes::Change;
use crate::limits;
use crate::refusals::Refusal;
use crate::users_types::{EntitlementList, LockStatus, NewUser, User, UserDetails, UserDraft};

/// Greatest length of `email`.
pub const EMAIL_CHARS_MAX: usize = 48;
/// Greatest length of `username`.
pub const USERNAME_CHARS_MAX: usize = 64;
/// Greatest length of `first_name`.
pub const FIRST_NAME_CHARS_MAX: usize = 32;
/// Greatest length of `last_name`.
pub const LAST_NAME_CHARS_MAX: usize = 32;
/// Greatest length of a password, in bytes of UTF-8.
pub const PASSWORD_BYTES_MAX: usize = 512;
/// Smallest length of a password with mixed characters, in UTF-16 units, which the reference counts.
pub const PASSWORD_SHORT_CHARS_MIN: usize = 10;
/// Smallest length of a password with any characters, in UTF-16 units.
pub const PASSWORD_LONG_CHARS_MIN: usize = 17;
/// Greatest number of users in an answer of getUsers.
pub const PAGE_USERS_MAX: u32 = 1000;

/// A new user that the rules accept, before the password is hashed.
#[derive(Debug)]
pub struct Registration {
    /// The user, as screeners see it.
    pub user: User,
    /// The first name. May be empty.
    pub first_name: String,
    /// The last name. May be empty.
    pub last_name: String,
    /// The password, as the client sent it. Only for the hash function.
    pub password: String,
}

impl Registration {
    /// The reply and the change, with the hash of the password.
    #[must_use]
    pub fn with_password_hash(self, password_hash: String) -> (UserDetails, Change) {
        let Self { user, first_name, last_name, password: _ } = self;
        let User { user_id, email, provider_id, provider, username } = user.clone();
        let entitlements = EntitlementList { list: Vec::new() };
        let details = UserDetails { user_id, email, provider_id, provider, username, entitlements };
        (details, Change::CreateUser(NewUser { user, first_name, last_name, password_hash }))
    }
}

/// createUser, up to the screeners and the hash of the password.
pub fn create(
    username_taken: bool,
    identity_provider: String,
    user_id: String,
    draft: UserDraft,
) -> Result<Registration, Refusal> {
    let UserDraft { email, username, password, first_name, last_name } = draft;
    limits::text("email", &email, EMAIL_CHARS_MAX)?;
    check_username(&username)?;
    limits::text("first_name", &first_name, FIRST_NAME_CHARS_MAX)?;
    limits::text("last_name", &last_name, LAST_NAME_CHARS_MAX)?;
    check_password(&password)?;
    if username_taken {
        return Err(Refusal::UsernameTaken);
    }
    let email = limits::email(&email).ok_or(Refusal::EmailInvalid)?;
    let user = User { user_id, email, provider_id: username.clone(), provider: identity_provider, username };
    Ok(Registration { user, first_name, last_name, password })
}

/// Checks that the user can log in with this name: DirectLogin trims its parameters (surface §2.1).
///
/// # Errors
/// [`Refusal::TextMissing`], [`Refusal::TextTooLong`] or [`Refusal::TextMalformed`].
pub fn check_username(username: &str) -> Result<(), Refusal> {
    limits::text_between("username", username, 1, USERNAME_CHARS_MAX)?;
    if !username.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._@ ".contains(&byte)) {
        return Err(Refusal::TextMalformed("username", "must consist of A-Z, a-z, 0-9, '-', '.', '_', '@' and spaces"));
    }
    if username.starts_with(' ') || username.ends_with(' ') {
        return Err(Refusal::TextMalformed("username", "must not begin or end with a space"));
    }
    Ok(())
}

/// Checks the password rule (reference §14.9), and that the header of a login can carry the password.
fn check_password(password: &str) -> Result<(), Refusal> {
    match password.encode_utf16().count() {
        PASSWORD_LONG_CHARS_MIN.. => {}
        PASSWORD_SHORT_CHARS_MIN.. if is_mixed(password) => {}
        _ => return Err(Refusal::PasswordInvalid),
    }
    if password.len() > PASSWORD_BYTES_MAX || password.chars().any(char::is_control) {
        return Err(Refusal::PasswordUnusable(PASSWORD_BYTES_MAX));
    }
    Ok(())
}

/// Whether a password has a digit, a lower-case and an upper-case letter and a special character, and nothing else.
fn is_mixed(password: &str) -> bool {
    // Neither space nor brackets: the pattern of the reference takes its own brackets as syntax.
    let special = |byte: u8| byte.is_ascii_punctuation() && !b"[]".contains(&byte);
    password.bytes().all(|byte| byte.is_ascii_alphanumeric() || special(byte))
        && password.bytes().any(|byte| byte.is_ascii_digit())
        && password.bytes().any(|byte| byte.is_ascii_lowercase())
        && password.bytes().any(|byte| byte.is_ascii_uppercase())
        && password.bytes().any(special)
}

/// getCurrentUser.
///
/// # Errors
/// [`Refusal::UserUnknown`] if the caller no longer exists.
pub fn current(user: Option<UserDetails>) -> Result<UserDetails, Refusal> {
    user.ok_or(Refusal::UserUnknown)
}

/// getUserByUserId.
pub fn by_id(actor: &Actor, user: Option<UserDetails>) -> Result<UserDetails, Refusal> {
    actor.require(Action::ReadAnyUser, "")?;
    user.ok_or(Refusal::UserUnknown)
}

/// getUserByUsername.
pub fn by_username(actor: &Actor, user: Option<UserDetails>) -> Result<UserDetails, Refusal> {
    actor.require(Action::ReadAnyUser, "")?;
    user.ok_or(Refusal::UsernameUnknown)
}

/// getUsers: the number of users to read when the client asks for `limit`. Called before the shell reads any user.
///
/// # Errors
/// [`Refusal::RolesMissing`].
pub fn page(actor: &Actor, limit: u32) -> Result<u32, Refusal> {
    actor.require(Action::ReadAnyUser, "")?;
    Ok(limit.clamp(1, PAGE_USERS_MAX))
}

/// getUserLockStatus.
pub fn failed_logins(actor: &Actor, status: Option<LockStatus>) -> Result<LockStatus, Refusal> {
    actor.require(Action::ReadLockStatus, "")?;
    status.ok_or(Refusal::UsernameUnknown)
}

/// unlockUser. Resets only the number of failed logins: the date of the last failure stays.
pub fn unlock(actor: &Actor, status: Option<LockStatus>) -> Result<(LockStatus, Vec<Change>), Refusal> {
    actor.require(Action::UnlockUser, "")?;
    let status = status.ok_or(Refusal::UsernameUnknown)?;
    let changes = vec![Change::ResetFailedLogins(status.username.clone())];
    Ok((LockStatus { bad_attempts_since_last_success_or_reset: 0, ..status }, changes))
}

/// Users for the tests of the rules.
#[cfg(test)]
pub(crate) mod testing {
    use crate::access::testing::kim_with;
    use crate::roles::Role;
    use crate::users_types::{EntitlementList, UserDetails};

    /// The user with this name, the id `u-NAME` and these roles.
    pub(crate) fn user_with(username: &str, roles: &[(Role, &str)]) -> UserDetails {
        UserDetails {
            user_id: format!("u-{username}"),
            email: format!("{username}@example.com"),
            provider_id: username.to_owned(),
            provider: "OBP".to_owned(),
            username: username.to_owned(),
            entitlements: EntitlementList { list: kim_with(roles).held },
        }
    }
}

#[cfg(test)]
mod tests;

//! Users: createUser, one of the thirteen operations (decision 9), and reading and unlocking users.

use crate::access::{Action, Actor};
use crate::changes::Change;
use crate::limits;
use crate::passwords;
use crate::refusals::Refusal;
use crate::users_types::{EntitlementList, LockStatus, NewUser, User, UserDetails, UserDraft};

/// Greatest length of `email`: the longest address that mail can be sent to (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Greatest length of `username`, which may be an e-mail address.
pub const USERNAME_CHARS_MAX: usize = 254;
/// The characters of a user name, besides ASCII letters and digits: those of an e-mail address.
pub const USERNAME_SPECIAL_CHARS: &str = ".!#$%&'*+/=?^_`{|}~-@";
/// Greatest length of `first_name`.
pub const FIRST_NAME_CHARS_MAX: usize = 100;
/// Greatest length of `last_name`.
pub const LAST_NAME_CHARS_MAX: usize = 100;
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
    passwords::check(&password).map_err(Refusal::PasswordInvalid)?;
    if username_taken {
        return Err(Refusal::UsernameTaken);
    }
    let email = limits::email(&email).ok_or(Refusal::EmailInvalid)?;
    let user = User { user_id, email, provider_id: username.clone(), provider: identity_provider, username };
    Ok(Registration { user, first_name, last_name, password })
}

/// Checks a new user name: 1 to [`USERNAME_CHARS_MAX`] characters of those that an e-mail address may have. Paths contain user
/// names, and clients remove a segment `.` or `..` from a path.
///
/// # Errors
/// [`Refusal::TextMissing`], [`Refusal::TextTooLong`] or [`Refusal::TextMalformed`].
pub fn check_username(username: &str) -> Result<(), Refusal> {
    limits::text_between("username", username, 1, USERNAME_CHARS_MAX)?;
    if !username.bytes().all(is_username_byte) {
        return Err(Refusal::TextMalformed("username", USERNAME_RULE));
    }
    limits::not_a_step("username", username)
}

const USERNAME_RULE: &str = "must consist of A-Z, a-z, 0-9 and the characters .!#$%&'*+/=?^_`{|}~-@";

/// Whether a user can have this name. Earlier versions of the rules accepted spaces inside a name, too.
#[must_use]
pub fn may_be_username(username: &str) -> bool {
    username.bytes().all(|byte| is_username_byte(byte) || byte == b' ')
        && !username.starts_with(' ')
        && !username.ends_with(' ')
}

fn is_username_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || USERNAME_SPECIAL_CHARS.as_bytes().contains(&byte)
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

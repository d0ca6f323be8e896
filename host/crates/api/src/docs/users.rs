//! What is said of the operations on users.

use guest::access::Action;
use guest::refusals::RefusalCode::{PasswordInvalid, RolesMissing, UserUnknown, UsernameTaken, UsernameUnknown};

use super::fields::Shape::{Email, Password, Pattern, Text};
use super::fields::{Query, QueryShape, USERNAME};
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, QueryIncorrect, Unknown, UserNotCreated};

const USER: &str = r#"{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","email":"robert.x.0.gh@example.com","provider_id":"OBP","provider":"OBP","username":"robert.x.0.gh","entitlements":{"list":[{"entitlement_id":"6fb17583-1e49-4435-bb74-a14fe0996723","role_name":"CanQueryOtherUser","bank_id":"gh.29.uk"}]}}"#;
const LOCK_STATUS: &str = r#"{"username":"robert.x.0.gh","bad_attempts_since_last_success_or_reset":0,"last_failure_date":"2017-09-19T00:00:00Z"}"#;

/// createUser.
pub static CREATE: Doc = Doc {
    summary: "Create User.",
    description: "Registers a user, who can log in at once. Nobody needs to be logged in for it.\n\nThe user name must be free, else the answer is 409. It has 1 to 64 of the characters `A-Z a-z 0-9 - . _ @` and blanks between them.\n\nThe password has **either** at least 10 characters, among them a digit, a lower-case and an upper-case letter and a special character, **or** more than 16 characters. Whatever it is, it has at most 512 bytes.\n\nThe e-mail address is stored in lower case; it need not be unique.",
    tags: &["User", "Onboarding"],
    implemented_in: "2_0_0",
    request: Some(
        r#"{"email":"robert.x.0.gh@example.com","username":"robert.x.0.gh","password":"Example-Password-1","first_name":"Robert","last_name":"X"}"#,
    ),
    response: Some(USER),
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(PasswordInvalid),
        own(UserNotCreated),
        rule(UsernameTaken),
        own(Unknown),
    ],
    fields: &[
        ("email", Email(48)),
        ("username", Pattern(USERNAME, 64)),
        ("password", Password),
        ("first_name", Text(0, 32)),
        ("last_name", Text(0, 32)),
    ],
    ..Doc::PLAIN
};

/// getCurrentUser.
pub static CURRENT: Doc = Doc {
    summary: "Get User (Current)",
    description: "The user who is logged in, with the roles held.\n\nA login is needed.",
    response: Some(USER),
    errors: &[own(NotLoggedIn), rule(UserUnknown), own(Unknown)],
    ..USERS
};

/// getUsers.
pub static PAGE: Doc = Doc {
    summary: "Get all Users",
    description: "Users, sorted by user name, at most 1,000 at a time: `limit` and `offset` say which.\n\nA login is needed, and the role.",
    response: Some(
        r#"{"users":[{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","email":"robert.x.0.gh@example.com","provider_id":"OBP","provider":"OBP","username":"robert.x.0.gh","entitlements":{"list":[{"entitlement_id":"6fb17583-1e49-4435-bb74-a14fe0996723","role_name":"CanQueryOtherUser","bank_id":"gh.29.uk"}]}}]}"#,
    ),
    actions: &[Action::ReadAnyUser],
    errors: &[own(NotLoggedIn), own(QueryIncorrect), rule(RolesMissing), own(Unknown)],
    query: &[
        Query {
            name: "limit",
            description: "How many, at most; 1,000 where it is not given, and never more.",
            shape: QueryShape::Number(1),
        },
        Query { name: "offset", description: "How many are skipped.", shape: QueryShape::Number(0) },
    ],
    ..USERS
};

/// getUserByUsername.
pub static BY_USERNAME: Doc = Doc {
    summary: "Get User by USERNAME",
    description: "The user of that name, with the roles held.\n\nA login is needed, and the role.",
    response: Some(USER),
    actions: &[Action::ReadAnyUser],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UsernameUnknown), own(Unknown)],
    ..USERS
};

/// getUserByUserId.
pub static BY_ID: Doc = Doc {
    summary: "Get User by USER_ID",
    description: "The user of that id, with the roles held.\n\nA login is needed, and the role.",
    response: Some(USER),
    actions: &[Action::ReadAnyUser],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), own(Unknown)],
    ..USERS
};

/// getUserLockStatus.
pub static LOCK: Doc = Doc {
    summary: "Get User Lock Status",
    description: "How often a login as that user failed since the last one that succeeded, and when the last one failed. After six failures in a row the user is locked, until somebody unlocks.\n\nA login is needed, and the role.",
    implemented_in: "3_1_0",
    response: Some(LOCK_STATUS),
    actions: &[Action::ReadLockStatus],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UsernameUnknown), own(Unknown)],
    ..USERS
};

/// unlockUser.
pub static UNLOCK: Doc = Doc {
    summary: "Unlock the user",
    description: "Sets the count of that user's failed logins to zero, so that the user can log in again. It takes no body.\n\nA login is needed, and the role.",
    implemented_in: "3_1_0",
    response: Some(LOCK_STATUS),
    actions: &[Action::UnlockUser],
    errors: &[own(NotLoggedIn), rule(RolesMissing), rule(UsernameUnknown), own(Unknown)],
    ..USERS
};

/// What most of them have in common.
const USERS: Doc = Doc { tags: &["User"], implemented_in: "3_0_0", ..Doc::PLAIN };

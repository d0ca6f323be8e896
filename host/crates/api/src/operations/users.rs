//! The operations on users over HTTP.

mod shown;

use bindings::calls::users;
use bindings::samples;
use bindings::users_types::{Entitlement, EntitlementList, LockStatus, UserDetails, UserDraft};
use guest::access::Action;
use guest::refusals::Refusal;
use guest::users::{EMAIL_CHARS_MAX, FIRST_NAME_CHARS_MAX, LAST_NAME_CHARS_MAX, PAGE_USERS_MAX, USERNAME_CHARS_MAX};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::{Email, Password, Pattern, Text};
use crate::docs::fields::{Query, QueryShape, USERNAME};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, QueryIncorrect, Unknown, UserNotCreated};
use crate::error_codes::RefusalCode::{
    EmailInvalid, JsonScreened, PasswordInvalid, RolesMissing, UserUnknown, UsernameTaken, UsernameUnknown,
};
use crate::errors::ApiError;
use crate::route::{Body, Login, Route};

use self::shown::{ShownUser, ShownUsers, shown};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/users",
        operation: "createUser",
        login: Login::Open,
        write_error: Some(UserNotCreated),
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create User.",
            description: "Registers a user, who can log in at once. No login needed.\n\nThe user name must be free; otherwise the answer is 409. It has 1 to 254 of the characters that an e-mail address may have: letters, digits and ``.!#$%&'*+/=?^_`{|}~-@``. It is neither `.` nor `..`.\n\nThe password has **either** at least 10 characters, among them a digit, a lower-case letter, an upper-case letter and a special character, **or** more than 16 characters. A special character is any that is neither a letter nor a digit. The password has at most 512 bytes, no control character and no U+FFFD. The error names what is missing.\n\nThe e-mail address is stored in lower case. Several users may have the same one.",
            tags: &["User", "Onboarding"],
            implemented_in: "2_0_0",
            request: Some(|| example(&samples::user_draft())),
            response: Some(|| example(&user())),
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(PasswordInvalid),
                host(UserNotCreated),
                rule(UsernameTaken),
                host(Unknown),
            ],
            further_errors: &[rule(EmailInvalid), rule(JsonScreened)],
            fields: &[
                ("email", Email(EMAIL_CHARS_MAX)),
                ("username", Pattern(USERNAME, USERNAME_CHARS_MAX)),
                ("password", Password),
                ("first_name", Text(0, FIRST_NAME_CHARS_MAX)),
                ("last_name", Text(0, LAST_NAME_CHARS_MAX)),
            ],
            ..Doc::EMPTY
        },
        ..Route::POST
    },
    Route {
        path: "/users/current",
        operation: "getCurrentUser",
        handler: |call| Box::pin(current(call)),
        doc: &Doc {
            summary: "Get User (Current)",
            description: "Your own user and its roles.\n\nYou need a login.",
            response: Some(|| example(&user())),
            errors: &[host(NotLoggedIn), rule(UserUnknown), host(Unknown)],
            ..USERS
        },
        ..Route::GET
    },
    Route {
        path: "/users",
        operation: "getUsers",
        handler: |call| Box::pin(page(call)),
        doc: &Doc {
            summary: "Get all Users",
            description: "Users, sorted by user name, at most 1,000 at a time. `limit` and `offset` select them.\n\nYou need a login and the role.",
            response: Some(|| example(&ShownUsers { users: vec![ShownUser::new(user(), false)] })),
            actions: &[Action::ReadAnyUser],
            errors: &[host(NotLoggedIn), host(QueryIncorrect), rule(RolesMissing), host(Unknown)],
            query: &[
                Query {
                    name: "limit",
                    description: "The greatest number of users; 1,000 if left out, and never more.",
                    shape: QueryShape::Number(1),
                },
                Query { name: "offset", description: "The number of users to skip.", shape: QueryShape::Number(0) },
            ],
            ..USERS
        },
        ..Route::GET
    },
    Route {
        path: "/users/username/USERNAME",
        operation: "getUserByUsername",
        handler: |call| Box::pin(by_username(call)),
        doc: &Doc {
            summary: "Get User by USERNAME",
            description: "The user with this name, and its roles.\n\nYou need a login and the role.",
            response: Some(|| example(&ShownUser::new(user(), false))),
            actions: &[Action::ReadAnyUser],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(UsernameUnknown), host(Unknown)],
            ..USERS
        },
        ..Route::GET
    },
    Route {
        path: "/users/provider/PROVIDER/username/USERNAME",
        operation: "getUserByProviderAndUsername",
        handler: |call| Box::pin(by_provider(call)),
        doc: &Doc {
            summary: "Get User by PROVIDER and USERNAME",
            description: "The user with this name at this identity provider, and its roles.\n\nYou need a login and the role.",
            implemented_in: "5_1_0",
            response: Some(|| example(&ShownUser::new(user(), false))),
            actions: &[Action::ReadAnyUser],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(UsernameUnknown), host(Unknown)],
            ..USERS
        },
        ..Route::GET
    },
    Route {
        path: "/users/user_id/USER_ID",
        operation: "getUserByUserId",
        handler: |call| Box::pin(by_id(call)),
        doc: &Doc {
            summary: "Get User by USER_ID",
            description: "The user with this id, and its roles.\n\nYou need a login and the role.",
            response: Some(|| example(&ShownUser::new(user(), false))),
            actions: &[Action::ReadAnyUser],
            errors: &[host(NotLoggedIn), rule(RolesMissing), rule(UserUnknown), host(Unknown)],
            ..USERS
        },
        ..Route::GET
    },
    Route {
        path: "/users/USERNAME/lock-status",
        operation: "getUserLockStatus",
        handler: |call| Box::pin(failed_logins(call)),
        doc: &Doc {
            summary: "Get User Lock Status",
            description: "The number of failed logins of this user since the last successful one, and the time of the last failure. Failures at all addresses are added. After six failures in a row from one address, the user is locked for that address, for a minute at first and for at most an hour.\n\nYou need a login and the role.",
            ..LOCK_STATUS
        },
        ..Route::GET
    },
    Route {
        path: "/users/USERNAME/lock-status",
        operation: "unlockUser",
        body: Body::Ignored,
        handler: |call| Box::pin(unlock(call)),
        doc: &Doc {
            summary: "Unlock the user",
            description: "Sets the number of this user's failed logins to zero. The user can log in again. The request has no body.\n\nYou need a login and the role.",
            ..UNLOCK
        },
        ..Route::PUT
    },
    Route {
        path: "/users/PROVIDER/USERNAME/lock-status",
        operation: "getUserLockStatusByProvider",
        handler: |call| Box::pin(failed_logins(call)),
        doc: &Doc {
            summary: "Get User Lock Status by PROVIDER and USERNAME",
            description: "The same as getUserLockStatus. `PROVIDER` is the identity provider of this server: other providers keep their logins themselves.\n\nYou need a login and the role.",
            implemented_in: "5_1_0",
            ..LOCK_STATUS
        },
        ..Route::GET
    },
    Route {
        path: "/users/PROVIDER/USERNAME/lock-status",
        operation: "unlockUserByProviderAndUsername",
        body: Body::Ignored,
        handler: |call| Box::pin(unlock(call)),
        doc: &Doc {
            summary: "Unlock the user by PROVIDER and USERNAME",
            description: "The same as unlockUser, for a user of this server's identity provider.\n\nYou need a login and the role.",
            implemented_in: "5_1_0",
            ..UNLOCK
        },
        ..Route::PUT
    },
];

const USERS: Doc = Doc { tags: &["User"], implemented_in: "3_0_0", ..Doc::EMPTY };
const LOCK_STATUS: Doc = Doc {
    implemented_in: "3_1_0",
    response: Some(|| example(&lock_status())),
    actions: &[Action::ReadLockStatus],
    errors: &[host(NotLoggedIn), rule(RolesMissing), rule(UsernameUnknown), host(Unknown)],
    ..USERS
};
const UNLOCK: Doc = Doc { actions: &[Action::UnlockUser], ..LOCK_STATUS };

async fn create(call: Call) -> Answer {
    let draft: UserDraft = call.body()?;
    let identity_provider = &call.api.settings.identity_provider;
    reply(call.session.write(users::create(identity_provider, &draft)).await?)
}

async fn current(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(call.session.query(users::current(caller)).await?)
}

async fn by_id(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.path("USER_ID")?);
    let user = call.session.query(users::by_id(caller, user)).await?;
    reply_one(&call, user).await
}

async fn by_username(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, call.path("USERNAME")?);
    let user = call.session.query(users::by_username(caller, username)).await?;
    reply_one(&call, user).await
}

async fn by_provider(call: Call) -> Answer {
    let (caller, provider, username) = (call.caller()?, call.path("PROVIDER")?, call.path("USERNAME")?);
    let user = call.session.query(users::by_username(caller, username)).await?;
    if user.provider != provider {
        return Err(Refusal::UsernameUnknown.into());
    }
    reply_one(&call, user).await
}

async fn reply_one(call: &Call, user: UserDetails) -> Answer {
    let user = shown(call, vec![user]).await?.pop();
    reply(user.ok_or_else(|| ApiError::Failed("a user is missing".to_owned()))?)
}

async fn page(call: Call) -> Answer {
    let (limit, offset) = (call.query_number("limit", PAGE_USERS_MAX, 1)?, call.query_number("offset", 0, 0)?);
    let caller = call.caller()?;
    let users = call.session.query(users::page(caller, limit, offset)).await?.users;
    reply(ShownUsers { users: shown(&call, users).await? })
}

async fn failed_logins(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, own_username(&call)?);
    reply(call.session.query(users::failed_logins(caller, username)).await?)
}

async fn unlock(call: Call) -> Answer {
    let (caller, username) = (call.caller()?, own_username(&call)?);
    reply(call.session.write(users::unlock(caller, username)).await?)
}

/// The user name in the path. It is no user's name if the path has another identity provider than this server.
fn own_username(call: &Call) -> Result<&str, ApiError> {
    let username = call.path("USERNAME")?;
    let is_own =
        call.path.iter().all(|(name, value)| *name != "PROVIDER" || *value == call.api.settings.identity_provider);
    Ok(if is_own { username } else { "" })
}

fn user() -> UserDetails {
    let entitlement = Entitlement { role_name: "CanQueryOtherUser".to_owned(), ..samples::entitlement() };
    UserDetails {
        provider_id: "OBP".to_owned(),
        entitlements: EntitlementList { list: vec![entitlement] },
        ..samples::user_details()
    }
}

fn lock_status() -> LockStatus {
    LockStatus {
        username: samples::user_draft().username,
        bad_attempts_since_last_success_or_reset: 0,
        last_failure_date: samples::DATE,
    }
}

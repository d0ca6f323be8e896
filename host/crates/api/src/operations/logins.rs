//! Login and logout: from user name and password to a token, and the end of a token (decision 12, surface §2.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rules::credentials::digest;
use serde::{Deserialize, Serialize};
use storage::{CommitError, logins};

use crate::call::{Answer, Call, reply};
use crate::caller::token;
use crate::direct_login::{Seen, checked, seen};
use crate::docs::{Doc, example, host};
use crate::error_codes::HostErrorCode::{
    ConsumerKeyInvalid, CredentialsInvalid, LoginCharactersInvalid, LoginHeaderMissing, LoginParametersMissing,
    LoginValueTooLong, LoginWordMissing, NotLoggedIn, Unknown, UserLocked,
};
use crate::errors::{ApiError, LoginHeader};
use crate::route::{Base, Body, Login, Route};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/my/logins/direct",
        operation: "directLogin",
        base: Base::Root,
        login: Login::Open,
        body: Body::Ignored,
        handler: |call| Box::pin(direct(call)),
        doc: &Doc {
            summary: "Direct Login",
            description: "Issues a token for a user name, a password and the key of an application. Send them in a header, not in the body:\n\n- `DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\"`\n- or `Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\"`\n\nThe token is valid for four weeks. Send it in the same way: `DirectLogin: token=\"…\"`. Tokens that were issued before stay valid.\n\nAfter six failures in a row the user is locked, until an administrator unlocks it.",
            response: Some(|| example(&Token { token: "c2VjcmV0LXRva2VuLW9mLWFuLWV4YW1wbGUtdXNlcg".to_owned() })),
            errors: &[
                host(LoginHeaderMissing),
                host(LoginWordMissing),
                host(LoginParametersMissing),
                host(LoginValueTooLong),
                host(LoginCharactersInvalid),
                host(ConsumerKeyInvalid),
                host(CredentialsInvalid),
                host(UserLocked),
                host(Unknown),
            ],
            ..LOGINS
        },
        ..Route::POST
    },
    Route {
        path: "/my/logins/direct",
        operation: "deleteDirectLogin",
        base: Base::Root,
        handler: |call| Box::pin(revoke(call)),
        doc: &Doc {
            summary: "Revoke Direct Login Token",
            description: "Revokes the token of the request. Other tokens of the same user stay valid.\n\nYou need a login.",
            implemented_in: "3_1_0",
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..LOGINS
        },
        ..Route::DELETE
    },
];

const LOGINS: Doc = Doc { tags: &["API", "User"], implemented_in: "2_0_0", ..Doc::EMPTY };

/// A user is locked after this many failed logins, until an administrator unlocks.
const FAILED_LOGINS_MAX: i64 = 6;
/// How long a token is valid: four weeks, in milliseconds.
const TOKEN_MS: i64 = 4 * 7 * 24 * 60 * 60 * 1000;

/// The answer of directLogin.
#[derive(Deserialize, Serialize)]
pub struct Token {
    /// The token. It opens the API as its user, so never log it.
    pub token: String,
}

async fn direct(call: Call) -> Answer {
    let seen = match &call.credentials {
        Some(credentials) => Seen::Parameters(credentials.clone().into(), LoginHeader::DirectLogin),
        None => seen(&call.headers),
    };
    let (parameters, header) = match seen {
        Seen::Nothing => return Err(ApiError::LoginHeaderMissing),
        Seen::TooLong(header) => return Err(ApiError::LoginValueTooLong(vec![header.name()])),
        Seen::OtherScheme(scheme) => return Err(ApiError::LoginWordMissing(scheme)),
        Seen::Parameters(parameters, header) => (parameters, header),
    };
    let (username, password, consumer_key) = checked(&parameters, header)?;
    let onboarding = &call.api.onboarding;
    let services = &onboarding.services;
    let _lock = call.api.login_locks.lock(&username).await;
    let mut snapshot = onboarding.store.read().await?;
    let consumer_id = logins::consumer(&mut *snapshot, &consumer_key).await?.ok_or(ApiError::ConsumerKeyInvalid)?;
    let user = logins::login(&mut *snapshot, &username).await?;
    drop(snapshot);

    let Some(user) = user else {
        // The answer takes as long as for a user that exists.
        services.passwords.verify(password, None).await?;
        return Err(ApiError::CredentialsInvalid);
    };
    let now_ms = services.ambient.now_ms();
    // Count the login as failed before the password is compared: simultaneous logins cannot outnumber the limit.
    match onboarding.store.commit(vec![logins::count_failed_login(&user.user_id, FAILED_LOGINS_MAX, now_ms)]).await {
        Ok(()) => {}
        Err(CommitError::Conflict) => return Err(ApiError::UserLocked),
        Err(error) => return Err(error.into()),
    }
    if !services.passwords.verify(password, Some(user.password_hash)).await? {
        return Err(ApiError::CredentialsInvalid);
    }
    let token = URL_SAFE_NO_PAD.encode(services.ambient.random::<32>()?);
    let issued = vec![
        logins::reset_failed_logins(&user.user_id),
        logins::issue_token(digest(&token), &user.user_id, &consumer_id, now_ms + TOKEN_MS),
        logins::delete_expired_tokens(now_ms),
    ];
    onboarding.store.commit(issued).await?;
    reply(&Token { token })
}

async fn revoke(call: Call) -> Answer {
    let token = token(&call.headers)?;
    call.api.onboarding.store.commit(vec![logins::revoke_token(digest(&token))]).await?;
    Ok(None)
}

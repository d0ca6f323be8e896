//! Logging in and out: from user name and password to a token, and the end of a token (decision 12, surface §2.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rules::credentials::digest;
use serde::Serialize;
use storage::{CommitError, logins};

use crate::call::{Answer, Call, reply};
use crate::caller::token;
use crate::direct_login::{Header, Seen, checked, seen};
use crate::errors::ApiError;

/// A user is locked after this many failed logins, until an administrator unlocks.
const FAILED_LOGINS_MAX: i64 = 6;
/// How long a token is valid: four weeks, in milliseconds.
const TOKEN_MS: i64 = 4 * 7 * 24 * 60 * 60 * 1000;

#[derive(Serialize)]
struct Token {
    token: String,
}

/// `POST /my/logins/direct`.
pub(crate) async fn direct(call: Call) -> Answer {
    let seen = match &call.credentials {
        Some(credentials) => Seen::Parameters(credentials.clone().into(), Header::DirectLogin),
        None => seen(&call.headers),
    };
    let (parameters, header) = match seen {
        Seen::Nothing => return Err(ApiError::LoginHeaderMissing),
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
        // It takes as long as for a user that exists.
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

/// `DELETE /my/logins/direct`: revokes the token that the request carries.
pub(crate) async fn revoke(call: Call) -> Answer {
    let token = token(&call.headers)?;
    call.api.onboarding.store.commit(vec![logins::revoke_token(digest(&token))]).await?;
    Ok(None)
}

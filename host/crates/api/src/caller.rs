//! Finds the caller of a request by its token. The rules decide about the caller's permissions.

use bindings::caller::{AccessProfile, Caller};
use hyper::HeaderMap;
use rules::Onboarding;
use rules::credentials::digest;
use storage::{Snapshot, logins};

use crate::direct_login::{Seen, seen};
use crate::errors::ApiError;

/// The owner of the request's token, and the token's digest.
///
/// # Errors
/// If the request has no valid token, or the token's application is disabled.
pub(crate) async fn caller(
    onboarding: &Onboarding,
    headers: &HeaderMap,
    store: &mut dyn Snapshot,
) -> Result<(Caller, String), ApiError> {
    let digest = digest(&token(headers)?);
    let now_ms = onboarding.services.ambient.now_ms();
    let owner = logins::token_owner(store, &digest, now_ms).await?.ok_or(ApiError::TokenInvalid)?;
    if !owner.consumer_enabled {
        return Err(ApiError::ConsumerKeyInvalid);
    }
    let caller = Caller {
        user_id: owner.user_id,
        username: owner.username,
        super_admin: owner.super_admin,
        profile: AccessProfile::Seed,
    };
    Ok((caller, digest))
}

/// The token of a request.
///
/// # Errors
/// If the request has none.
fn token(headers: &HeaderMap) -> Result<String, ApiError> {
    match seen(headers) {
        Seen::Nothing => Err(ApiError::NotLoggedIn("")),
        Seen::TooLong(_) => Err(ApiError::NotLoggedIn("The login header is too long.")),
        Seen::OtherScheme(_) => {
            Err(ApiError::NotLoggedIn("The Authorization header is not of the scheme DirectLogin."))
        }
        Seen::Parameters(parameters, source) => {
            parameters.token.clone().ok_or_else(|| parameters.missing(vec!["token"], source))
        }
    }
}

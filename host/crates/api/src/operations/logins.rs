//! Login and logout: from user name and password to a token, and the end of a token (decision 12, surface §2.1).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rules::Onboarding;
use rules::credentials::digest;
use serde::{Deserialize, Serialize};
use storage::failed_logins::LoginPlace;
use storage::{CommitError, Statement, failed_logins, logins};

use crate::call::{Answer, Api, Call, reply};
use crate::direct_login::{Credentials, Seen, checked, seen};
use crate::docs::{Doc, example, host};
use crate::error_codes::HostErrorCode::{
    ConsumerKeyInvalid, CredentialsInvalid, LoginCharactersInvalid, LoginHeaderMissing, LoginParametersMissing,
    LoginValueTooLong, LoginWordMissing, NotLoggedIn, Unknown, UserLocked,
};
use crate::errors::{ApiError, LoginHeader};
use crate::login_room::{Admitted, QueueName};
use crate::peer;
use crate::route::{Base, Body, Login, Room, Route};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/my/logins/direct",
        operation: "directLogin",
        base: Base::Root,
        login: Login::Open,
        body: Body::Ignored,
        room: Room::Logins,
        handler: |call| Box::pin(direct(call)),
        doc: &Doc {
            summary: "Direct Login",
            description: "Issues a token for a user name, a password and the key of an application. Send them in a header, not in the body:\n\n- `DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\"`\n- or `Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\"`\n\nThe token is valid for four weeks. Send it in the same way: `DirectLogin: token=\"…\"`. Tokens that were issued before stay valid.\n\nAfter six failures in a row from one address, the user is locked for that address for a minute, and after each further six for twice as long, up to an hour. An administrator can unlock the user earlier.",
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

/// Attempts to commit the outcome before the login is answered with 503: another node may count at the same time.
const COMMITS_MAX: usize = 3;
/// How long a token is valid: four weeks, in milliseconds.
const TOKEN_MS: i64 = 4 * 7 * 24 * 60 * 60 * 1000;

/// The answer of directLogin.
#[derive(Deserialize, Serialize)]
pub struct Token {
    /// The token. It opens the API as its user, so never log it.
    pub token: String,
}

async fn direct(call: Call) -> Answer {
    // Only in-process callers can set this extension.
    let seen = match call.head.extensions.get::<Credentials>() {
        Some(credentials) => Seen::Parameters(credentials.clone().into(), LoginHeader::DirectLogin),
        None => seen(&call.head.headers),
    };
    let (parameters, header) = match seen {
        Seen::Nothing => return Err(ApiError::LoginHeaderMissing),
        Seen::TooLong(header) => return Err(ApiError::LoginValueTooLong(vec![header.name()])),
        Seen::OtherScheme(scheme) => return Err(ApiError::LoginWordMissing(scheme)),
        Seen::Parameters(parameters, header) => (parameters, header),
    };
    let (username, password, consumer_key) = checked(&parameters, header)?;
    let mut snapshot = call.api.onboarding.store.read().await?;
    let consumer_id = logins::consumer(&mut *snapshot, &consumer_key).await?.ok_or(ApiError::ConsumerKeyInvalid)?;
    drop(snapshot);
    let name = QueueName { username, address: peer::block(call.head.extensions.get()) };
    let passwords = &call.api.onboarding.services.passwords;
    let admitted = call.api.login_room.enter(passwords, &name).await.ok_or(ApiError::Saturated)?;
    let attempt = Attempt { api: Arc::clone(&call.api), admitted, name, password, consumer_id };
    // A task of its own: an attempt that has its place is decided and counted, even if the client leaves.
    let token = tokio::spawn(attempt.decide()).await.map_err(|error| ApiError::Failed(error.to_string()))?;
    reply(Token { token: token? })
}

/// A login that has its place.
struct Attempt {
    api: Arc<Api>,
    admitted: Admitted,
    name: QueueName,
    password: String,
    consumer_id: String,
}

impl Attempt {
    /// Decides about the login. Returns a new token.
    ///
    /// Unknown, wrong and locked do the same work: one read, one verified password, one commit. If the server itself fails,
    /// nothing is counted.
    async fn decide(self) -> Result<String, ApiError> {
        let Onboarding { store, services, .. } = &*self.api.onboarding;
        let mut snapshot = store.read().await?;
        let QueueName { username, address } = &self.name;
        let user = logins::login(&mut *snapshot, username).await?;
        drop(snapshot);
        let (user_id, hash) = user.map(|user| (user.user_id, user.password_hash)).unzip();
        let place = match &user_id {
            Some(user_id) => LoginPlace::of_user(user_id, address),
            None => LoginPlace::of_unknown_name(username, address),
        };
        let is_right = services.passwords.verify(&self.admitted.permit, self.password.clone(), hash).await?;
        self.settle(&place, user_id.filter(|_| is_right)).await
    }

    /// Counts a wrong password, or issues a token to the user with the right one.
    async fn settle(&self, place: &LoginPlace, user_id: Option<String>) -> Result<String, ApiError> {
        let Onboarding { store, services, .. } = &*self.api.onboarding;
        let (delay, now_ms) = (self.api.settings.login_delay, services.ambient.now_ms());
        let token = URL_SAFE_NO_PAD.encode(services.ambient.random::<32>()?);
        for _ in 0..COMMITS_MAX {
            let mut snapshot = store.read().await?;
            let failed = failed_logins::at(&mut *snapshot, place).await?;
            drop(snapshot);
            let put = |after| {
                let forget_ms = delay.forget_ms(after, now_ms);
                let put = failed_logins::put(place, failed.failures, after, now_ms, forget_ms);
                vec![put, failed_logins::delete_old(now_ms)]
            };
            let (statements, answer) = match &user_id {
                None => (put(delay.after_failure(failed, now_ms)), Err(ApiError::CredentialsInvalid)),
                Some(_) if !delay.is_open(failed, now_ms) => {
                    let seconds = seconds_until(failed.locked_until_ms, now_ms);
                    (put(delay.after_refusal(failed)), Err(ApiError::UserLocked { seconds }))
                }
                Some(user_id) => (self.issue(place, user_id, &token, now_ms), Ok(token.clone())),
            };
            match store.commit(statements).await {
                Ok(()) => return answer,
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }

    /// The statements that end a login with a new token.
    fn issue(&self, place: &LoginPlace, user_id: &str, token: &str, now_ms: i64) -> Vec<Statement> {
        let expires_ms = now_ms.saturating_add(TOKEN_MS);
        let mut issued = vec![
            failed_logins::clear(place),
            logins::issue_token(digest(token), user_id, &self.consumer_id, now_ms, expires_ms),
        ];
        if self.api.onboarding.services.ambient.clock_is_trusted() {
            issued.push(logins::delete_expired_tokens(now_ms));
        }
        issued
    }
}

/// The seconds until a time, rounded up.
fn seconds_until(end_ms: i64, now_ms: i64) -> i64 {
    end_ms.saturating_sub(now_ms).saturating_add(999) / 1000
}

async fn revoke(call: Call) -> Answer {
    let digest = call.token_digest.ok_or(ApiError::NotLoggedIn(""))?;
    call.api.onboarding.store.commit(vec![logins::revoke_token(digest)]).await?;
    Ok(None)
}

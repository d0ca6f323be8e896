//! Login and logout: from user name and password to a token, and the end of a token (decision 12, surface §2.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rules::credentials::digest;
use serde::{Deserialize, Serialize};
use storage::logins;

use crate::call::{Answer, Call, reply};
use crate::direct_login::{CheckedLogin, Credentials, Seen, checked, seen};
use crate::docs::{Doc, example, host};
use crate::error_codes::HostErrorCode::{
    ConsumerKeyInvalid, CredentialsInvalid, LoginCharactersInvalid, LoginHeaderMissing, LoginParametersMissing,
    LoginValueTooLong, LoginWordMissing, NotLoggedIn, Unknown, UserLocked,
};
use crate::errors::ApiError;
use crate::login_attempt::attempt;
use crate::login_room::QueueName;
use crate::login_source::LoginSource;
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
            description: "Issues a token for a user name, a password and the key of an application. Send them in a header, not in the body:\n\n- `DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\"`\n- or `Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\"`\n\nIn a quoted value of a header, write `\\\"` for a quote and `\\\\` for a backslash. A header is read as UTF-8, or else as ISO-8859-1.\n\nThe token is valid for four weeks. Send it in the same way: `DirectLogin: token=\"…\"`. Tokens that were issued before stay valid.\n\nAfter six failures in a row from one address, the user is locked for that address for a minute, and after each further six for twice as long, up to an hour. An administrator can unlock the user earlier.",
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
            description: "Revokes the token of the request: signs out. Other tokens of the same user stay valid.\n\nYou need a login.",
            implemented_in: "3_1_0",
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..LOGINS
        },
        ..Route::DELETE
    },
];

const LOGINS: Doc = Doc { tags: &["API", "User"], implemented_in: "2_0_0", ..Doc::EMPTY };

/// How long a token is valid: four weeks, in milliseconds.
const TOKEN_MS: i64 = 4 * 7 * 24 * 60 * 60 * 1000;

/// The answer of directLogin.
#[derive(Deserialize, Serialize)]
pub struct Token {
    /// The token. It opens the API as its user, so never log it.
    pub token: String,
}

async fn direct(call: Call) -> Answer {
    let CheckedLogin { username, consumer_key, passwords } = login(&call)?;
    let mut snapshot = call.api.onboarding.store.read().await?;
    let consumer_id = logins::consumer(&mut *snapshot, &consumer_key).await?.ok_or(ApiError::ConsumerKeyInvalid)?;
    drop(snapshot);
    let token = URL_SAFE_NO_PAD.encode(call.ambient().random::<32>()?);
    let token_digest = digest(&token);
    let name = QueueName { username, address: peer::block(call.head.extensions.get()) };
    attempt(&call.api, name, passwords, move |user, now_ms| {
        let expires_ms = now_ms.saturating_add(TOKEN_MS);
        vec![logins::issue_token(token_digest.clone(), &user.user_id, &consumer_id, now_ms, expires_ms)]
    })
    .await?;
    reply(Token { token })
}

/// The login of a request.
fn login(call: &Call) -> Result<CheckedLogin, ApiError> {
    // Only in-process callers can set this extension.
    if let Some(credentials) = call.head.extensions.get::<Credentials>() {
        return checked(credentials.clone().into(), LoginSource::Body);
    }
    let seen = seen(&call.head.headers);
    if let Seen::Parameters(parameters, source) = seen {
        return checked(parameters, source);
    }
    if let Seen::TooLong(source) = seen {
        return Err(ApiError::LoginValueTooLong(vec![source.name()]));
    }
    Err(match seen {
        Seen::OtherScheme(scheme) => ApiError::LoginWordMissing(scheme),
        _ => ApiError::LoginHeaderMissing("The server ignores the body.".to_owned()),
    })
}

async fn revoke(call: Call) -> Answer {
    let digest = call.token_digest.ok_or(ApiError::NotLoggedIn(""))?;
    call.api.onboarding.store.commit(vec![logins::revoke_token(digest)]).await?;
    Ok(None)
}

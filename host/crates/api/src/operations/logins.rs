//! Login and logout: from user name and password to a token, and the end of a token (decision 12, surface §2.1). Change of the
//! password. The host verifies and stores passwords; the rules say which passwords are good.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bindings::calls::users;
use bindings::samples;
use bindings::users_types::UserDraft;
use guest::passwords::{self, PASSWORD_BYTES_MAX, unusable_character};
use guest::refusals::Refusal;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use rules::credentials::digest;
use serde::{Deserialize, Serialize};
use storage::logins;

use crate::call::{Answer, Call, reply};
use crate::direct_login::{CheckedLogin, Credentials, Seen, checked, in_body, seen};
use crate::docs::fields::PASSWORD_CHARACTERS;
use crate::docs::fields::Shape::{Password, Pattern};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{
    ConsumerKeyInvalid, CredentialsInvalid, JsonIncorrect, LoginCharactersInvalid, LoginHeaderMissing,
    LoginParametersMissing, LoginValueTooLong, LoginWordMissing, NotLoggedIn, Unknown, UserLocked,
};
use crate::error_codes::RefusalCode::PasswordInvalid;
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
        base: Base::Either,
        login: Login::Open,
        body: Body::Login,
        room: Room::Logins,
        handler: |call| Box::pin(direct(call)),
        doc: &Doc {
            summary: "Direct Login",
            description: "Issues a token for a user name, a password and the key of an application. Send them in one of these places:\n\n- `DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\"`\n- or `Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\"`\n- or, without such a header, all three in the body: as JSON, or as a form.\n\nIn a quoted value of a header, write `\\\"` for a quote and `\\\\` for a backslash. A header is read as UTF-8, or else as ISO-8859-1. Only the body can carry every password of every client.\n\nThe token is valid for four weeks. Send it in the same way: `DirectLogin: token=\"…\"`. Tokens that were issued before stay valid.\n\nAfter six failures in a row from one address, the user is locked for that address for a minute, and after each further six for twice as long, up to an hour. An administrator can unlock the user earlier.",
            request: Some(|| example(&LoginBody::sample())),
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
        base: Base::Either,
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
    Route {
        path: "/my/password",
        operation: "changeMyPassword",
        room: Room::Logins,
        handler: |call| Box::pin(change_password(call)),
        doc: &Doc {
            summary: "Change my Password",
            description: "Replaces your password. The answer is your own user.\n\nThe token of this request stays valid. All other tokens of yours are revoked.\n\nA wrong `current_password` counts as a failed login. `new_password` follows the rule of createUser.\n\nYou need a login.",
            implemented_in: "3_1_0",
            request: Some(|| example(&PasswordChange::sample())),
            response: Some(|| example(&samples::user_details())),
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(PasswordInvalid),
                host(LoginCharactersInvalid),
                host(CredentialsInvalid),
                host(UserLocked),
                host(Unknown),
            ],
            fields: &[
                ("current_password", Pattern(PASSWORD_CHARACTERS, PASSWORD_BYTES_MAX)),
                ("new_password", Password),
            ],
            ..LOGINS
        },
        ..Route::PUT
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

/// The body of directLogin, for the documents. A client may send the same values in a header.
#[derive(Serialize)]
struct LoginBody {
    username: String,
    password: String,
    consumer_key: String,
}

impl LoginBody {
    fn sample() -> Self {
        let UserDraft { username, password, .. } = samples::user_draft();
        Self { username, password, consumer_key: "key-1".to_owned() }
    }
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
        vec![logins::issue_token(token_digest.clone(), user, &consumer_id, now_ms, expires_ms)]
    })
    .await?;
    reply(Token { token })
}

/// The login of a request: in a header, or else in the body.
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
    let content_type = call.head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let body = match in_body(&String::from_utf8_lossy(content_type), &call.body) {
        // A body with user name and password only is a common mistake, and the contract has an answer for it.
        Ok(parameters) if parameters.consumer_key.is_some() => return checked(parameters, LoginSource::Body),
        Ok(parameters) => match parameters.present() {
            present if present.is_empty() => "The body has no login.".to_owned(),
            present => format!("The body has {}; a login in the body needs consumer_key too.", present.join(", ")),
        },
        Err(reason) => reason,
    };
    Err(match seen {
        Seen::OtherScheme(scheme) => ApiError::LoginWordMissing(scheme),
        _ => ApiError::LoginHeaderMissing(body),
    })
}

/// The body of changeMyPassword.
#[derive(Deserialize, Serialize)]
pub struct PasswordChange {
    /// The password that the user has.
    pub current_password: String,
    /// The password that replaces it.
    pub new_password: String,
}

impl PasswordChange {
    fn sample() -> Self {
        let current_password = samples::user_draft().password;
        Self { current_password, new_password: "Another-Example-2".to_owned() }
    }
}

async fn change_password(call: Call) -> Answer {
    let PasswordChange { current_password, new_password } = call.body()?;
    passwords::check(&new_password).map_err(|fault| ApiError::from(Refusal::PasswordInvalid(fault)))?;
    if let Some(character) = unusable_character(&current_password) {
        return Err(ApiError::PasswordDamaged(character));
    }
    let caller = call.caller()?;
    let token_digest = call.token_digest.clone().ok_or(ApiError::NotLoggedIn(""))?;
    let services = &call.api.onboarding.services;
    let hash = services.passwords.hash(new_password, &services.ambient).await?;
    let name = QueueName { username: caller.username.clone(), address: peer::block(call.head.extensions.get()) };
    attempt(&call.api, name, vec![current_password], move |user, _| {
        vec![logins::set_password(user, hash.clone()), logins::revoke_tokens(user, &token_digest)]
    })
    .await?;
    tracing::info!(user = caller.username, "the user has changed the password; other tokens are revoked");
    reply(call.session.query(users::current(caller)).await?)
}

async fn revoke(call: Call) -> Answer {
    let digest = call.token_digest.ok_or(ApiError::NotLoggedIn(""))?;
    call.api.onboarding.store.commit(vec![logins::revoke_token(digest)]).await?;
    Ok(None)
}

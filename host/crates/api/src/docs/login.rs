//! What is said of logging in.

use super::{Doc, own};
use crate::error_codes::Code::{
    ConsumerKeyInvalid, CredentialsInvalid, LoginCharactersInvalid, LoginHeaderMissing, LoginParametersMissing,
    LoginValueTooLong, LoginWordMissing, NotLoggedIn, Unknown, UserLocked,
};

/// directLogin.
pub static DIRECT: Doc = Doc {
    summary: "Direct Login",
    description: "Gives a token for a user name, a password and the key of an application. They are sent in a header, not in the body:\n\n- `DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\"`\n- or `Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\"`\n\nThe token is good for four weeks, and is sent the same way: `DirectLogin: token=\"…\"`. Tokens given before stay good.\n\nAfter six failures in a row the user is locked, until somebody unlocks.",
    tags: &["API", "User"],
    implemented_in: "2_0_0",
    response: Some(r#"{"token":"c2VjcmV0LXRva2VuLW9mLWFuLWV4YW1wbGUtdXNlcg"}"#),
    errors: &[
        own(LoginHeaderMissing),
        own(LoginWordMissing),
        own(LoginParametersMissing),
        own(LoginValueTooLong),
        own(LoginCharactersInvalid),
        own(ConsumerKeyInvalid),
        own(CredentialsInvalid),
        own(UserLocked),
        own(Unknown),
    ],
    ..Doc::PLAIN
};

/// deleteDirectLogin.
pub static REVOKE: Doc = Doc {
    summary: "Revoke Direct Login Token",
    description: "Revokes the token that the request carries. Other tokens of the same user stay valid.\n\nA login is needed.",
    tags: &["API", "User"],
    implemented_in: "3_1_0",
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..Doc::PLAIN
};

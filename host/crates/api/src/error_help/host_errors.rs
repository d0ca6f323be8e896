//! The explanations of the host's codes.

use super::Words;
use crate::error_codes::Code;

pub(super) fn words(code: Code) -> Words {
    let (meaning, when, what_to_do) = match code {
        Code::MessageNotAdded => (
            "The KYC check, medium or status could not be stored. Nothing was written.",
            "The server's disk or database failed (500) or cannot take writes at the moment (503).",
            "After a 503 send the same call again, after the seconds that Retry-After says. After a 500 tell the operator the Correlation-Id of the answer.",
        ),
        Code::VersionUnknown => (
            "The path names a version of the API that this server does not serve.",
            "Resource docs or Swagger are asked for a version that is misspelt, or older or newer than those served.",
            "Use v3.1.0, or another of the versions that the message lists.",
        ),
        Code::JsonIncorrect => (
            "The body is not what the operation reads. What exactly is wrong follows in the message.",
            "The body is not JSON; a key is missing, null, doubled or of another type; a text is too long or too short; a date does not exist; the Content-Type is not JSON (415); the body is too large (413) or did not arrive in time (408).",
            "Mend the value that the message names, and compare with the operation's example. Send Content-Type: application/json.",
        ),
        Code::QueryIncorrect => (
            "A parameter in the URL is not a whole number in its range.",
            "limit is less than 1 or not a number, or offset is not a number.",
            "Give a whole number, or leave the parameter out.",
        ),
        Code::MethodUnknown => (
            "The path exists, but not for this method.",
            "A GET is sent where a PUT is meant, or a kyc_check path is read that can only be written.",
            "Use one of the methods that the message and the header Allow list.",
        ),
        Code::Saturated => (
            "The server is at work on as many requests as it may be.",
            "More requests arrive at once than limits.requests_in_flight_max allows.",
            "Send the call again, after the seconds that Retry-After says.",
        ),
        Code::PathUnknown => (
            "No operation has that path.",
            "The path is misspelt, ends with a slash, names a version that is not served, or lacks the /obp/v3.1.0 before it.",
            "Compare the path with the documentation at /, letter by letter; paths are case-sensitive.",
        ),
        Code::NotLoggedIn => (
            "The operation needs a login, and the request carries none.",
            "Neither the header DirectLogin nor the header Authorization is sent, or Authorization is of another scheme than DirectLogin.",
            "Log in by POST /my/logins/direct, and send the token it gives as DirectLogin: token=\"…\".",
        ),
        Code::LoginParametersMissing => (
            "A DirectLogin header was seen, but parameters are missing in it: those that the message names.",
            "A login lacks username, password or consumer_key (400), or a call lacks token (401); or a value is empty.",
            "Send DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\" to log in, and DirectLogin: token=\"…\" to call. Separate the parameters by commas.",
        ),
        Code::TokenInvalid => (
            "The token is none of this server's, or is no longer good.",
            "It is four weeks old, is of another server, or was copied in part.",
            "Log in again by POST /my/logins/direct, and use the new token.",
        ),
        Code::CredentialsInvalid => (
            "User name and password do not belong together. Which of the two is wrong is not told.",
            "The password is wrong, or there is no such user.",
            "Check both; user names are case-sensitive. After six failures in a row the user is locked.",
        ),
        Code::ConsumerKeyInvalid => (
            "No application of this server has that consumer key, or the application is switched off.",
            "The key is of another server, was copied in part, or an administrator has disabled the application.",
            "Register an application on this server, by POST /my/consumers or by `obp-host consumer create`, and use the key it is given; or have the application enabled.",
        ),
        Code::LoginValueTooLong => (
            "A parameter of the DirectLogin header is longer than 512 bytes: the one that the message names.",
            "More than the value itself was copied into the header.",
            "Send the value alone.",
        ),
        Code::LoginCharactersInvalid => (
            "A parameter of the DirectLogin header has characters that it cannot have: the one that the message names.",
            "A user name has others than A-Z a-z 0-9 - . _ @ and blanks, or a consumer key others than A-Z a-z 0-9 and -.",
            "Check the value; quote each value by itself, and separate the parameters by commas.",
        ),
        Code::UserLocked => (
            "Too many logins as this user have failed, so that none is tried any more.",
            "Six logins in a row have failed.",
            "Have somebody who holds CanUnlockUser send PUT /users/USERNAME/lock-status.",
        ),
        Code::LoginHeaderMissing => (
            "The login carries neither of the two headers that it is read from.",
            "User name and password are sent in the body, or not at all.",
            "Send the header DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\"; the body is not looked at.",
        ),
        Code::LoginWordMissing => (
            "The login's Authorization header is of another scheme.",
            "The header begins with Basic or Bearer, or with the parameters at once.",
            "Begin it with the word DirectLogin: Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\".",
        ),
        Code::Unknown => (
            "The server failed. The request is not at fault, and nothing was written.",
            "A bug or a broken machine (500), a database or an extension that cannot answer now (503), or a call that took too long (504).",
            "After a 503 or 504 send the same call again, after the seconds that Retry-After says. After a 500 tell the operator the Correlation-Id of the answer.",
        ),
        Code::DocumentNotAdded => (
            "The KYC document could not be stored. Nothing was written.",
            "The server's disk or database failed (500) or cannot take writes at the moment (503).",
            "After a 503 send the same call again, after the seconds that Retry-After says. After a 500 tell the operator the Correlation-Id of the answer.",
        ),
        Code::UserNotCreated => (
            "The user could not be stored. Nothing was written.",
            "The server's disk or database failed (500) or cannot take writes at the moment (503).",
            "After a 503 send the same call again, after the seconds that Retry-After says. After a 500 tell the operator the Correlation-Id of the answer.",
        ),
    };
    Words { meaning, when, what_to_do }
}

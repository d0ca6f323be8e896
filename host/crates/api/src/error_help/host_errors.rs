//! The explanations of the host's errors.

use super::Words;
use crate::error_codes::HostErrorCode as Code;

const NOT_STORED: &str = "The server's disk or database failed (500) or cannot store anything at the moment (503).";
const REPEAT_OR_REPORT: &str = "After a 503 repeat the call, after the number of seconds in the header Retry-After. After a 500 give the operator the Correlation-Id of the answer.";

pub(super) static WORDS: &[(Code, Words)] = &[
    (
        Code::MessageNotAdded,
        Words {
            meaning: "The KYC check, image, scan or status could not be stored. Nothing was written.",
            when: NOT_STORED,
            what_to_do: REPEAT_OR_REPORT,
        },
    ),
    (
        Code::VersionUnknown,
        Words {
            meaning: "The path names a version of the API that this server does not accept.",
            when: "A request for resource docs or Swagger misspells the version, or names an older or newer one.",
            what_to_do: "Use v3.1.0, or another version from the message.",
        },
    ),
    (
        Code::JsonIncorrect,
        Words {
            meaning: "The body is not what the operation reads. The message says what is wrong.",
            when: "The body is not JSON; a key is missing, null, doubled or of another type; a text is too long or too short; a date does not exist; the Content-Type is not JSON or the body is compressed (415); the body is too large (413) or did not arrive in time (408).",
            what_to_do: "Correct the value that the message names, and compare with the operation's example. Send Content-Type: application/json, and no Content-Encoding.",
        },
    ),
    (
        Code::NotImplemented,
        Words {
            meaning: "The server does not support a part of HTTP that the request uses.",
            when: "The body has another Transfer-Encoding than chunked, for example gzip.",
            what_to_do: "Send the body with a Content-Length, or with Transfer-Encoding: chunked.",
        },
    ),
    (
        Code::QueryIncorrect,
        Words {
            meaning: "A parameter in the URL is not a whole number in its range.",
            when: "limit is less than 1 or not a number, or offset is not a number.",
            what_to_do: "Give a whole number, or leave out the parameter.",
        },
    ),
    (
        Code::MethodUnknown,
        Words {
            meaning: "The path exists, but not for this method.",
            when: "The request is a GET instead of a PUT, or reads a kyc_check path, which can only be written.",
            what_to_do: "Use one of the methods in the message and in the header Allow.",
        },
    ),
    (
        Code::ProtocolIncorrect,
        Words {
            meaning: "The message is not a valid HTTP request. The connection is closed.",
            when: "The header Host is missing or given twice (400); a line of the head cannot be read (400); the head is too large (431) or did not arrive in time (408); the connection was idle for too long (408).",
            what_to_do: "After a 408 repeat the request on a new connection. Otherwise correct what the message names; most HTTP libraries write these lines themselves.",
        },
    ),
    (
        Code::Saturated,
        Words {
            meaning: "The server is busy.",
            when: "Too many requests or logins arrive at once, or no memory is left for answers that clients have not read.",
            what_to_do: "Repeat the call, after the number of seconds in the header Retry-After.",
        },
    ),
    (
        Code::PathUnknown,
        Words {
            meaning: "No operation has this path.",
            when: "The path is misspelt, has an empty part, names a version that this server does not accept, or does not begin with /obp/v3.1.0.",
            what_to_do: "Compare the path with the documentation at /, letter by letter. Paths are case-sensitive.",
        },
    ),
    (
        Code::NotLoggedIn,
        Words {
            meaning: "The operation needs a login, and the request has none.",
            when: "The headers DirectLogin and Authorization are missing, or Authorization has another scheme than DirectLogin.",
            what_to_do: "Log in by POST /my/logins/direct, and send the token of the answer as DirectLogin: token=\"…\".",
        },
    ),
    (
        Code::LoginParametersMissing,
        Words {
            meaning: "The DirectLogin header lacks the parameters that the message names.",
            when: "A login lacks username, password or consumer_key (400), or a call lacks token (401); or a value is empty.",
            what_to_do: "Send DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\" to log in, and DirectLogin: token=\"…\" to call. Separate the parameters by commas.",
        },
    ),
    (
        Code::TokenInvalid,
        Words {
            meaning: "The token is unknown to this server, or is no longer valid.",
            when: "The token is four weeks old, belongs to another server, or was copied in part. Or it was revoked: by a sign-out, a new password, or an operator.",
            what_to_do: "Log in again by POST /my/logins/direct, and use the new token.",
        },
    ),
    (
        Code::CredentialsInvalid,
        Words {
            meaning: "User name and password do not match. The answer does not say which of them is wrong.",
            when: "The password is wrong, or there is no such user.",
            what_to_do: "Check both. User names are case-sensitive. After several failures in a row (six by default) the user is locked for your address only, at first for a minute by default.",
        },
    ),
    (
        Code::ConsumerKeyInvalid,
        Words {
            meaning: "No application of this server has this consumer key, or the application is disabled.",
            when: "The key belongs to another server, was copied in part, or an administrator has disabled the application.",
            what_to_do: "Register an application on this server, by POST /my/consumers or by `obp-host consumer create`, and use its key; or have the application enabled.",
        },
    ),
    (
        Code::LoginValueTooLong,
        Words {
            meaning: "A parameter of the DirectLogin header is longer than 512 bytes. The message names it.",
            when: "The header contains more than the value itself.",
            what_to_do: "Send only the value.",
        },
    ),
    (
        Code::LoginCharactersInvalid,
        Words {
            meaning: "A value of the login contains invalid characters. The message names it. The attempt does not count as a failed login.",
            when: "A user name has others than those of an e-mail address, or a consumer key has others than A-Z a-z 0-9 and -. Or a program has replaced a character of the password by U+FFFD, because it could not read it.",
            what_to_do: "Check the value. Quote each value by itself, and separate the parameters by commas. Send a damaged password as UTF-8, or in a JSON body.",
        },
    ),
    (
        Code::UserLocked,
        Words {
            meaning: "The password is right, but the user is locked: for your address after too many failed logins, or by an operator.",
            when: "Several logins in a row (six by default) have failed from your address. Each further series of failures locks for longer. Or an operator has locked the user.",
            what_to_do: "Log in again when the lock has ended; the message says when. Or ask a user with the role CanUnlockUser to send PUT /users/USERNAME/lock-status. The lock of an operator ends with `obp-host user unlock USERNAME`.",
        },
    ),
    (
        Code::LoginHeaderMissing,
        Words {
            meaning: "The login has neither of the two headers that can contain it, and its body does not have all three values.",
            when: "The body has user name and password, and no consumer key. Or the request has no login at all.",
            what_to_do: "Send the header DirectLogin: username=\"…\", password=\"…\", consumer_key=\"…\". Or send username, password and consumer_key in a JSON body.",
        },
    ),
    (
        Code::LoginWordMissing,
        Words {
            meaning: "The Authorization header of the login has another scheme.",
            when: "The header begins with Basic or Bearer, or directly with the parameters.",
            what_to_do: "Begin it with the word DirectLogin: Authorization: DirectLogin username=\"…\", password=\"…\", consumer_key=\"…\".",
        },
    ),
    (
        Code::Unknown,
        Words {
            meaning: "The server failed. The request is not the cause, and nothing was written.",
            when: "A bug or a broken machine (500), a database or an extension that is not available (503), or a call that took too long (504).",
            what_to_do: "After a 503 repeat the call, after the number of seconds in the header Retry-After. After a 504 repeat the call later. After a 500 give the operator the Correlation-Id of the answer.",
        },
    ),
    (
        Code::DocumentNotAdded,
        Words {
            meaning: "The KYC document could not be stored. Nothing was written.",
            when: NOT_STORED,
            what_to_do: REPEAT_OR_REPORT,
        },
    ),
    (
        Code::UserNotCreated,
        Words {
            meaning: "The user could not be stored. Nothing was written.",
            when: NOT_STORED,
            what_to_do: REPEAT_OR_REPORT,
        },
    ),
];

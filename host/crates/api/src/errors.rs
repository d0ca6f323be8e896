//! The host's own "no": routing, login, JSON, overload and failure. The rules' refusals are the guest's catalogue.

use bindings::problem::Problem;
use hyper::StatusCode;
use rules::credentials::PasswordError;
use rules::{CallError, session};

use storage::{CommitError, StoreError};

use crate::direct_login::Header;
use crate::error_codes::Code;

/// Why a request is not answered as it wished.
#[derive(Debug)]
pub enum ApiError {
    /// The rules refuse.
    Refused(Problem),
    /// The route needs a login. The text says what was seen instead.
    NotLoggedIn(&'static str),
    /// DirectLogin: neither of the two headers is there.
    LoginHeaderMissing,
    /// DirectLogin: the Authorization header is of another scheme, which may be told.
    LoginWordMissing(Option<&'static str>),
    /// DirectLogin: parameters are missing.
    LoginParametersMissing {
        /// Which are.
        missing: Vec<&'static str>,
        /// Which are not.
        there: Vec<&'static str>,
        /// Where they were looked for.
        header: Header,
    },
    /// DirectLogin: these parameters contain characters they cannot have.
    LoginCharactersInvalid(Vec<&'static str>),
    /// DirectLogin: these parameters are longer than 512.
    LoginValueTooLong(Vec<&'static str>),
    /// DirectLogin: no such consumer, or it is disabled.
    ConsumerKeyInvalid,
    /// DirectLogin: no such user, or another password.
    CredentialsInvalid,
    /// DirectLogin: too many failed tries.
    UserLocked,
    /// The token is unknown or has expired. It is not repeated.
    TokenInvalid,
    /// The body is not the JSON that is asked for, and how.
    JsonIncorrect(String),
    /// No such version of the API is served, but these.
    VersionUnknown(&'static [&'static str]),
    /// A parameter of the query is not a number in its range: which.
    QueryIncorrect(&'static str),
    /// The body is not of a JSON type, but of this.
    NotJsonTyped(String),
    /// The body is larger than this many bytes.
    BodyTooLarge(usize),
    /// The body did not come in time.
    BodyTooSlow,
    /// No route has that path; the path, and the content type, as they came.
    PathUnknown(String, String),
    /// The path has these methods only.
    MethodUnknown(String),
    /// As many requests are at work as may be.
    Saturated,
    /// The guest took longer than it may.
    Deadline(String),
    /// This extension failed, whose say or part the request needs; for the log, why.
    ExtensionFailed(String, String),
    /// The store, or the hashing of passwords, cannot now; for the log, why.
    Unavailable(String),
    /// A bug or a broken machine; for the log, what.
    Failed(String),
    /// As [`ApiError::Unavailable`], of what was to be written; the text is the contract's, where it has one for that.
    WriteUnavailable(Code, String),
    /// As [`ApiError::Failed`], of what was to be written; the text as there.
    WriteFailed(Code, String),
}

impl ApiError {
    /// The status and the text for the client.
    pub(crate) fn answer(&self) -> (StatusCode, String) {
        use StatusCode as S;
        match self {
            Self::Refused(problem) => (S::from_u16(problem.status).unwrap_or(S::BAD_REQUEST), problem.message.clone()),
            Self::NotLoggedIn(seen) => (S::UNAUTHORIZED, detailed(Code::NotLoggedIn, seen)),
            Self::LoginHeaderMissing => (
                S::BAD_REQUEST,
                detailed(Code::LoginHeaderMissing, "Neither was seen. What is in the body is not looked at."),
            ),
            Self::LoginWordMissing(scheme) => {
                let begins = scheme.map_or(String::new(), |scheme| format!(" It begins with the word {scheme}."));
                (
                    S::BAD_REQUEST,
                    detailed(Code::LoginWordMissing, &format!("The header Authorization was seen.{begins}")),
                )
            }
            Self::LoginParametersMissing { missing, there, header } => {
                // A login that cannot be read is a bad request; a call without a token is not logged in (decision 1).
                let status = if missing.contains(&"token") { S::UNAUTHORIZED } else { S::BAD_REQUEST };
                (status, detailed(Code::LoginParametersMissing, &lacking(missing, there, *header)))
            }
            Self::LoginCharactersInvalid(names) => {
                (S::BAD_REQUEST, detailed(Code::LoginCharactersInvalid, &names.join(", ")))
            }
            Self::LoginValueTooLong(names) => (S::BAD_REQUEST, detailed(Code::LoginValueTooLong, &names.join(", "))),
            Self::ConsumerKeyInvalid => (S::UNAUTHORIZED, Code::ConsumerKeyInvalid.message()),
            Self::CredentialsInvalid => (S::UNAUTHORIZED, Code::CredentialsInvalid.message()),
            Self::UserLocked => (S::UNAUTHORIZED, Code::UserLocked.message()),
            Self::TokenInvalid => (S::UNAUTHORIZED, Code::TokenInvalid.message()),
            Self::JsonIncorrect(detail) => (S::BAD_REQUEST, detailed(Code::JsonIncorrect, detail)),
            Self::VersionUnknown(known) => (
                S::BAD_REQUEST,
                detailed(Code::VersionUnknown, &format!("Possible versions are {}.", known.join(", "))),
            ),
            Self::QueryIncorrect(name) => (
                S::BAD_REQUEST,
                detailed(Code::QueryIncorrect, &format!("The value of {name} must be a whole number in its range.")),
            ),
            Self::NotJsonTyped(seen) => (
                S::UNSUPPORTED_MEDIA_TYPE,
                detailed(
                    Code::JsonIncorrect,
                    &format!("The Content-Type header must be application/json; it is ({seen})."),
                ),
            ),
            Self::BodyTooLarge(max) => (
                S::PAYLOAD_TOO_LARGE,
                detailed(Code::JsonIncorrect, &format!("The body must have at most {max} bytes.")),
            ),
            Self::BodyTooSlow => {
                (S::REQUEST_TIMEOUT, detailed(Code::JsonIncorrect, "The body did not arrive in time."))
            }
            Self::PathUnknown(path, content_type) => (S::NOT_FOUND, not_found(path, content_type)),
            Self::MethodUnknown(allowed) => {
                (S::METHOD_NOT_ALLOWED, detailed(Code::MethodUnknown, &format!("This path has: {allowed}.")))
            }
            Self::Saturated => (S::SERVICE_UNAVAILABLE, Code::Saturated.message()),
            Self::ExtensionFailed(name, _) => (
                S::SERVICE_UNAVAILABLE,
                detailed(Code::Unknown, &format!("The extension {name} failed, and nothing was written.")),
            ),
            Self::Deadline(_) => (S::GATEWAY_TIMEOUT, Code::Unknown.message()),
            Self::Unavailable(_) => (S::SERVICE_UNAVAILABLE, Code::Unknown.message()),
            Self::Failed(_) => (S::INTERNAL_SERVER_ERROR, Code::Unknown.message()),
            Self::WriteUnavailable(code, _) => (S::SERVICE_UNAVAILABLE, code.message()),
            Self::WriteFailed(code, _) => (S::INTERNAL_SERVER_ERROR, code.message()),
        }
    }

    /// What the log has to say, if it is our own fault.
    pub(crate) fn cause(&self) -> Option<&str> {
        match self {
            Self::Deadline(cause)
            | Self::ExtensionFailed(_, cause)
            | Self::Unavailable(cause)
            | Self::Failed(cause)
            | Self::WriteUnavailable(_, cause)
            | Self::WriteFailed(_, cause) => Some(cause),
            _ => None,
        }
    }

    /// For a write whose failure the contract has a text for (decision 1): that text instead of `OBP-50000`.
    pub(crate) fn as_write_error(self, code: Option<Code>) -> Self {
        match (self, code) {
            (Self::WriteUnavailable(_, cause), Some(code)) => Self::WriteUnavailable(code, cause),
            (Self::WriteFailed(_, cause), Some(code)) => Self::WriteFailed(code, cause),
            (error, _) => error,
        }
    }
}

fn detailed(code: Code, detail: &str) -> String {
    let message = code.message();
    if detail.is_empty() { message } else { format!("{message} {detail}") }
}

/// Which parameters are missing, in which header, beside which.
fn lacking(missing: &[&str], there: &[&str], header: Header) -> String {
    let name = match header {
        Header::DirectLogin => "DirectLogin",
        Header::Authorization => "Authorization",
    };
    let there = if there.is_empty() { "none of its parameters".to_owned() } else { there.join(", ") };
    format!("{}. The header {name} was seen, with {there}.", missing.join(", "))
}

fn not_found(path: &str, content_type: &str) -> String {
    let message = Code::PathUnknown.message();
    // Without a blank, as the reference has it.
    format!("{message}Current Url is ({path}), Current Content-Type Header is ({content_type})")
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            StoreError::Failed(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<CommitError> for ApiError {
    fn from(error: CommitError) -> Self {
        let cause = error.to_string();
        match error {
            CommitError::Conflict => Self::WriteUnavailable(Code::Unknown, "every try lost its race".to_owned()),
            CommitError::Store(StoreError::Unavailable(_)) => Self::WriteUnavailable(Code::Unknown, cause),
            CommitError::Store(StoreError::Failed(_)) => Self::WriteFailed(Code::Unknown, cause),
        }
    }
}

impl From<session::Error> for ApiError {
    fn from(error: session::Error) -> Self {
        match error {
            session::Error::Refused(problem) => Self::Refused(problem),
            session::Error::Call(error) => error.into(),
            session::Error::Store(error) => error.into(),
            session::Error::Commit(error) => error.into(),
        }
    }
}

impl From<CallError> for ApiError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::GuestDeadline(_) | CallError::HostDeadline(_) => Self::Deadline(error.to_string()),
            CallError::Busy => Self::Saturated,
            CallError::Extension(ref failure) => Self::ExtensionFailed(failure.extension.clone(), error.to_string()),
            CallError::Store(error) => error.into(),
            CallError::Trap(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Unavailable(error.to_string()),
            PasswordError::Failed(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<ambient::NoRandom> for ApiError {
    fn from(error: ambient::NoRandom) -> Self {
        Self::Failed(error.to_string())
    }
}

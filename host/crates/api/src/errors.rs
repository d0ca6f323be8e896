//! The errors of a request, with the values for their messages. Texts and statuses are in the table of codes.

use bindings::problem::Problem;
use guest::refusals::Refusal;
use hyper::StatusCode;
use rules::credentials::PasswordError;
use rules::{CallError, RunError, session};
use storage::{CommitError, StoreError};

use crate::error_codes::HostErrorCode as Code;
use crate::login_source::LoginSource;

/// Characters of a client's text that a message or a log line repeats.
const REPEATED_CHARACTERS_MAX: usize = 200;

/// The beginning of a client's text, for a message or a log line.
pub(crate) fn shortened(text: &str) -> &str {
    text.char_indices().nth(REPEATED_CHARACTERS_MAX).map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}

/// Why a request failed.
#[derive(Debug)]
pub enum ApiError {
    /// The rules refuse.
    Refused(Problem),
    /// The operation needs a login. The value is a sentence about the request's headers, or empty.
    NotLoggedIn(&'static str),
    /// DirectLogin: both headers are missing. The value is a sentence about the body.
    LoginHeaderMissing(String),
    /// DirectLogin: the Authorization header has another scheme. The value is its name, if the name is public.
    LoginWordMissing(Option<&'static str>),
    /// DirectLogin: parameters are missing.
    LoginParametersMissing {
        /// The missing parameters.
        missing: Vec<&'static str>,
        /// The parameters that are present.
        present: Vec<&'static str>,
        /// The part of the request that was read.
        source: LoginSource,
    },
    /// DirectLogin: the password contains this character, which stands for damage. The attempt does not count.
    PasswordDamaged(char),
    /// DirectLogin: these parameters contain invalid characters.
    LoginCharactersInvalid(Vec<&'static str>),
    /// DirectLogin: these parameters are too long.
    LoginValueTooLong(Vec<&'static str>),
    /// DirectLogin: no application has this consumer key, or the application is disabled.
    ConsumerKeyInvalid,
    /// DirectLogin: the user does not exist, or has another password.
    CredentialsInvalid,
    /// DirectLogin: the password is right, but the user is locked for this address after too many failed logins.
    UserLocked {
        /// Seconds until the lock ends.
        seconds: i64,
    },
    /// The password is right, but an operator has locked the user.
    UserDisabled,
    /// The token is unknown or has expired. The message does not repeat it.
    TokenInvalid,
    /// The body is not the JSON that the operation reads. The value says why.
    JsonIncorrect(String),
    /// The path names a version that this server does not serve. The value lists the versions that it serves.
    VersionUnknown(&'static [&'static str]),
    /// A parameter of the query is not a number in its range. The value is its name.
    QueryIncorrect(&'static str),
    /// The body has this content type, which is not JSON.
    NotJsonTyped(String),
    /// The body has a content coding, which the server does not undo. The value is that of Content-Encoding.
    ContentCoded(String),
    /// The body exceeds this limit, in bytes.
    BodyTooLarge(usize),
    /// The body did not arrive in time.
    BodyTooSlow,
    /// No operation has this path. The values are the path and the content type of the request.
    PathUnknown(String, String),
    /// The HTTP message itself is not valid, or not supported. The values are the status and the reason.
    MessageIncorrect(u16, String),
    /// The path exists for other methods only. The value lists them.
    MethodUnknown(String),
    /// The server has reached its request limit.
    Saturated,
    /// The memory for answers has no room for an answer of so many bytes.
    NoRoom {
        /// The bytes of the answer, about.
        bytes: usize,
    },
    /// The rules exceeded their time. The value is for the log.
    Deadline(String),
    /// An extension that the request needs failed. The values are its name and, for the log, the reason.
    ExtensionFailed(String, String),
    /// The store, the password hashing or a meeting provider is busy. The value is for the log.
    Unavailable(String),
    /// A bug or a broken machine. The value is for the log.
    Failed(String),
    /// The store is busy, and the request's changes are not stored. The values are the code for the client and the reason for
    /// the log.
    WriteUnavailable(Code, String),
    /// The store failed, and the request's changes are not stored. The values are the code for the client and the reason for
    /// the log.
    WriteFailed(Code, String),
}

impl ApiError {
    /// The status and the message for the client.
    pub(crate) fn answer(&self) -> (StatusCode, String) {
        let (status, message) = match self.code() {
            Ok(code) => (self.status(code), format!("{}{}", code.message(), self.detail())),
            Err(problem) => (problem.status, problem.message.clone()),
        };
        (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), message)
    }

    /// The code of a host error, or the problem that the rules returned.
    fn code(&self) -> Result<Code, &Problem> {
        Ok(match self {
            Self::Refused(problem) => return Err(problem),
            Self::NotLoggedIn(_) => Code::NotLoggedIn,
            Self::LoginHeaderMissing(_) => Code::LoginHeaderMissing,
            Self::LoginWordMissing(_) => Code::LoginWordMissing,
            Self::LoginParametersMissing { .. } => Code::LoginParametersMissing,
            Self::LoginCharactersInvalid(_) | Self::PasswordDamaged(_) => Code::LoginCharactersInvalid,
            Self::LoginValueTooLong(_) => Code::LoginValueTooLong,
            Self::ConsumerKeyInvalid => Code::ConsumerKeyInvalid,
            Self::CredentialsInvalid => Code::CredentialsInvalid,
            Self::UserLocked { .. } | Self::UserDisabled => Code::UserLocked,
            Self::TokenInvalid => Code::TokenInvalid,
            Self::JsonIncorrect(_)
            | Self::NotJsonTyped(_)
            | Self::ContentCoded(_)
            | Self::BodyTooLarge(_)
            | Self::BodyTooSlow => Code::JsonIncorrect,
            Self::VersionUnknown(_) => Code::VersionUnknown,
            Self::QueryIncorrect(_) => Code::QueryIncorrect,
            Self::MessageIncorrect(501, _) => Code::NotImplemented,
            Self::MessageIncorrect(..) => Code::ProtocolIncorrect,
            Self::PathUnknown(..) => Code::PathUnknown,
            Self::MethodUnknown(_) => Code::MethodUnknown,
            Self::Saturated | Self::NoRoom { .. } => Code::Saturated,
            Self::Deadline(_) | Self::ExtensionFailed(..) | Self::Unavailable(_) | Self::Failed(_) => Code::Unknown,
            Self::WriteUnavailable(code, _) | Self::WriteFailed(code, _) => *code,
        })
    }

    /// The status: one of those that the table lists for the code. Where the table lists several, the variant decides.
    fn status(&self, code: Code) -> u16 {
        match self {
            // A login that cannot be read is a bad request; a call without a token is not logged in (decision 1).
            Self::LoginParametersMissing { missing, .. } if missing.contains(&"token") => 401,
            Self::MessageIncorrect(status, _) => *status,
            Self::BodyTooSlow => 408,
            Self::BodyTooLarge(_) => 413,
            Self::NotJsonTyped(_) | Self::ContentCoded(_) => 415,
            Self::ExtensionFailed(..) | Self::Unavailable(_) | Self::WriteUnavailable(..) => 503,
            Self::Deadline(_) => 504,
            _ => code.status(),
        }
    }

    /// The details that follow the code's text, with the space before them. Most errors have none.
    fn detail(&self) -> String {
        let detail = match self {
            // The reference has no space here.
            Self::PathUnknown(path, content_type) => {
                let (path, content_type) = (shortened(path), shortened(content_type));
                return format!("Current Url is ({path}), Current Content-Type Header is ({content_type})");
            }
            Self::NotLoggedIn(seen) => (*seen).to_owned(),
            Self::LoginHeaderMissing(body) => format!("Both are missing. {body}"),
            Self::PasswordDamaged(character) => format!(
                "password. It contains the character U+{:04X}, which no password has: a program has damaged it on its way. It is \
                 not counted as a failed login. Send it as UTF-8, or in a JSON body.",
                u32::from(*character)
            ),
            Self::LoginWordMissing(scheme) => {
                let scheme = scheme.map_or(String::new(), |scheme| format!(" It begins with the word {scheme}."));
                format!("The header Authorization was seen.{scheme}")
            }
            Self::LoginParametersMissing { missing, present, source } => {
                let present = if present.is_empty() { "none of its parameters".to_owned() } else { present.join(", ") };
                format!("{}. The {} was seen, with {present}.", missing.join(", "), source.name())
            }
            Self::LoginCharactersInvalid(names) | Self::LoginValueTooLong(names) => names.join(", "),
            Self::UserLocked { seconds } => format!("The lock ends in {seconds} seconds."),
            Self::UserDisabled => "An operator has locked it, and only an operator can unlock it.".to_owned(),
            Self::JsonIncorrect(detail) | Self::MessageIncorrect(_, detail) => detail.clone(),
            Self::VersionUnknown(known) => format!("Possible versions are {}.", known.join(", ")),
            Self::QueryIncorrect(name) => format!("The value of {name} must be a whole number in its range."),
            Self::NotJsonTyped(seen) => {
                format!("The Content-Type header must be application/json; it is ({}).", shortened(seen))
            }
            Self::ContentCoded(seen) => {
                format!("The body must be sent without a Content-Encoding; it is ({}).", shortened(seen))
            }
            Self::BodyTooLarge(max) => format!("The body must have at most {max} bytes."),
            Self::BodyTooSlow => "The body did not arrive in time.".to_owned(),
            Self::MethodUnknown(allowed) => format!("Allowed methods: {allowed}."),
            Self::ExtensionFailed(name, _) => format!("The extension {name} failed, and nothing was written."),
            _ => String::new(),
        };
        if detail.is_empty() { detail } else { format!(" {detail}") }
    }

    /// The reason for the log, if the server itself failed.
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

    /// The same error with the operation's own code, if it is about changes that are not stored (decision 1).
    pub(crate) fn into_write_error(self, code: Option<Code>) -> Self {
        match (self, code) {
            (Self::WriteUnavailable(_, cause), Some(code)) => Self::WriteUnavailable(code, cause),
            (Self::WriteFailed(_, cause), Some(code)) => Self::WriteFailed(code, cause),
            (error, _) => error,
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let guest::problem::Problem { code, status, message } = refusal.problem();
        Self::Refused(Problem { code, status, message })
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            StoreError::Failed(_) | StoreError::Damaged(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<CommitError> for ApiError {
    fn from(error: CommitError) -> Self {
        let cause = error.to_string();
        match error {
            CommitError::Conflict => {
                Self::WriteUnavailable(Code::Unknown, "every attempt to commit lost its race".to_owned())
            }
            CommitError::Store(StoreError::Unavailable(_)) => Self::WriteUnavailable(Code::Unknown, cause),
            CommitError::Store(StoreError::Failed(_) | StoreError::Damaged(_)) => {
                Self::WriteFailed(Code::Unknown, cause)
            }
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
            CallError::Sandbox(RunError::RunningTime(_) | RunError::WaitingTime(_) | RunError::QueueingTime(_)) => {
                Self::Deadline(error.to_string())
            }
            CallError::Sandbox(RunError::NoInstance) => Self::Saturated,
            CallError::Extension(ref failure) => Self::ExtensionFailed(failure.extension.clone(), error.to_string()),
            CallError::Store(error) => error.into(),
            CallError::ImportBusy(_) => Self::Unavailable(error.to_string()),
            CallError::Sandbox(RunError::Trap(_)) => Self::Failed(error.to_string()),
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

#[cfg(test)]
mod tests;

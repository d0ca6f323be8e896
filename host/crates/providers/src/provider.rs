//! A meeting provider: the trait, its error, and the code that all providers share.

use std::pin::Pin;

use ambient::{Ambient, NoRandom};
use bindings::meeting_provider::{Access, Participant, SessionRequest, Unavailable};
use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;
use settings::Secret;
use thiserror::Error;

/// Time for which the token of a participant is valid, in seconds (decision 7).
pub(crate) const TOKEN_SECONDS: i64 = 60 * 60;
/// Time before the present from which a token is valid, in seconds: the clock of the provider may be slow.
pub(crate) const TOKEN_SECONDS_BEFORE: i64 = 10;

/// A provider made no session.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// The provider is not ready. The client gets this reason.
    #[error("the meeting provider is not ready: {0:?}")]
    Unavailable(Unavailable),
    /// The provider has too much to do. The same request can succeed later. The text is for the log.
    #[error("the meeting provider is busy: {0}")]
    Busy(String),
    /// The provider failed. The text is for the log, and contains no secrets.
    #[error("the meeting provider failed: {0}")]
    Failed(String),
}

impl From<Unavailable> for ProviderError {
    fn from(reason: Unavailable) -> Self {
        Self::Unavailable(reason)
    }
}

impl From<NoRandom> for ProviderError {
    fn from(error: NoRandom) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The future of a provider's answer.
pub type ProviderFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send + 'a>>;

/// A service that holds video conferences.
pub trait MeetingProvider: Send + Sync {
    /// Whether its configuration is complete. Makes no request.
    ///
    /// # Errors
    /// The missing setting. A missing key is reported before a missing secret.
    fn readiness(&self) -> Result<(), Unavailable>;

    /// Makes a new session and returns its id. Takes at most a few seconds.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`] with the error of [`readiness`](Self::readiness), [`ProviderError::Busy`] or
    /// [`ProviderError::Failed`].
    fn create_session<'a>(&'a self, request: &'a SessionRequest, ambient: &'a Ambient) -> ProviderFuture<'a, String>;

    /// Makes the access of a participant to a session, valid from a few seconds ago, for an hour. Takes at most a few seconds.
    ///
    /// # Errors
    /// As [`create_session`](Self::create_session).
    fn grant_access<'a>(&'a self, participant: &'a Participant, ambient: &'a Ambient) -> ProviderFuture<'a, Access>;
}

/// Checks that key and secret are configured. A missing key is reported first.
pub(crate) fn require(key: &str, secret: &Secret) -> Result<(), Unavailable> {
    if key.is_empty() {
        return Err(Unavailable::KeyMissing);
    }
    if secret.is_empty() {
        return Err(Unavailable::SecretMissing);
    }
    Ok(())
}

/// Makes a JSON web token, signed with HMAC-SHA-256.
pub(crate) fn sign(claims: &impl Serialize, secret: &Secret) -> Result<String, ProviderError> {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(secret.expose().as_bytes()))
        .map_err(|error| ProviderError::Failed(format!("cannot sign a token: {error}")))
}

//! Meeting providers: services that hold video conferences, behind one trait. Which one serves a meeting is the
//! `provider_id` in the request; decision 7 of the contract has the rules, which are the guest's and not here.

mod jitsi;
mod tokbox;

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;

use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;
use thiserror::Error;

use crate::ambient::{Ambient, NoRandom};
use crate::config::{Meetings, Provider, Secret};

pub use jitsi::Jitsi;
pub use tokbox::Tokbox;

/// How long the token of a participant is good for, in seconds.
const TOKEN_SECONDS: i64 = 60 * 60;

pub use crate::component::bindings::meeting_provider::{Session, SessionRequest, Unavailable};

/// Why there is no session.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// The provider cannot serve: an answer for the client.
    #[error("the meeting provider cannot serve: {0:?}")]
    Unavailable(Unavailable),
    /// It should have, and did not: a text for the log, without secrets.
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

/// What [`MeetingProvider::create_session`] returns.
pub type SessionFuture<'a> = Pin<Box<dyn Future<Output = Result<Session, ProviderError>> + Send + 'a>>;

/// A service that holds video conferences.
pub trait MeetingProvider: Send + Sync {
    /// Whether it has what it needs. Only looks at the configuration.
    ///
    /// # Errors
    /// What is missing: the key is asked for before the secret.
    fn readiness(&self) -> Result<(), Unavailable>;

    /// Makes a fresh session; its tokens begin now. Takes at most a few seconds.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`] as [`readiness`](Self::readiness) says, [`ProviderError::Failed`] for the rest.
    fn create_session<'a>(&'a self, request: &'a SessionRequest, ambient: &'a Ambient) -> SessionFuture<'a>;
}

/// All the providers of this server, by id.
pub struct Providers {
    enabled: bool,
    by_id: BTreeMap<String, Box<dyn MeetingProvider>>,
}

impl Providers {
    /// These providers; `enabled` switches all of them on or off.
    #[must_use]
    pub fn new(enabled: bool, by_id: BTreeMap<String, Box<dyn MeetingProvider>>) -> Self {
        Self { enabled, by_id }
    }

    /// The providers of the configuration.
    ///
    /// # Errors
    /// [`ProviderError::Failed`] if this machine cannot make an HTTP client.
    pub fn from_config(meetings: &Meetings) -> Result<Self, ProviderError> {
        let mut by_id = BTreeMap::<String, Box<dyn MeetingProvider>>::new();
        for (id, provider) in &meetings.providers {
            let provider: Box<dyn MeetingProvider> = match provider {
                Provider::Jitsi(settings) => Box::new(Jitsi::new(settings.clone())),
                Provider::Tokbox(settings) => Box::new(Tokbox::new(settings.clone())?),
            };
            by_id.insert(id.clone(), provider);
        }
        Ok(Self::new(meetings.enabled, by_id))
    }

    /// Whether meetings can be made at all.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Whether any provider can serve: the answer of the best of those configured.
    ///
    /// # Errors
    /// The reason of the first, in the order of their ids, if none can; [`Unavailable::NotSupported`] if meetings are
    /// off or there is no provider.
    pub fn readiness(&self) -> Result<(), Unavailable> {
        if !self.enabled {
            return Err(Unavailable::NotSupported);
        }
        let mut answers = self.by_id.values().map(|provider| provider.readiness());
        let first = answers.next().unwrap_or(Err(Unavailable::NotSupported));
        if answers.any(|answer| answer.is_ok()) { Ok(()) } else { first }
    }

    /// Makes a fresh session at the provider with that id.
    ///
    /// # Errors
    /// [`Unavailable::NotSupported`] if meetings are off or nobody has that id; the provider's own otherwise.
    pub async fn create_session(
        &self,
        provider_id: &str,
        request: &SessionRequest,
        ambient: &Ambient,
    ) -> Result<Session, ProviderError> {
        let provider = self.by_id.get(provider_id).filter(|_| self.enabled).ok_or(Unavailable::NotSupported)?;
        provider.readiness()?;
        provider.create_session(request, ambient).await
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.by_id.keys().collect();
        f.debug_struct("Providers").field("enabled", &self.enabled).field("ids", &ids).finish()
    }
}

/// The key is asked for before the secret.
fn have(key: &str, secret: &Secret) -> Result<(), Unavailable> {
    if key.is_empty() {
        return Err(Unavailable::KeyMissing);
    }
    if secret.is_empty() {
        return Err(Unavailable::SecretMissing);
    }
    Ok(())
}

/// A JSON web token, signed with HMAC-SHA-256.
fn sign(claims: &impl Serialize, secret: &Secret) -> Result<String, ProviderError> {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(secret.expose().as_bytes()))
        .map_err(|error| ProviderError::Failed(format!("cannot sign a token: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn providers(variables: &[(&str, &str)]) -> Providers {
        let variables =
            variables.iter().map(|(name, value)| (format!("OBP_HOST_MEETINGS__{name}"), (*value).to_owned()));
        Providers::from_config(&Config::load(None, variables).unwrap().meetings).unwrap()
    }

    pub(super) fn request() -> SessionRequest {
        SessionRequest {
            meeting_id: "0f4a8b1c-6d2e-4c3a-9b7f-1e5d8a2c4b60".to_owned(),
            bank_id: "gh.29.uk".to_owned(),
            purpose_id: "onboarding".to_owned(),
            customer_user_id: "f2b9c7d0-3a1e-4f58-8c6b-7d9e0a1b2c3d".to_owned(),
            customer_name: "Ada & Co".to_owned(),
        }
    }

    #[test]
    fn meetings_switched_off_or_without_a_provider_are_not_supported() {
        let off = [("PROVIDERS__A__KIND", "jitsi"), ("PROVIDERS__A__APP_ID", "bank"), ("PROVIDERS__A__SECRET", "s")];
        assert_eq!(providers(&off).readiness(), Err(Unavailable::NotSupported));
        assert_eq!(providers(&[("ENABLED", "true")]).readiness(), Err(Unavailable::NotSupported));
    }

    #[test]
    fn the_best_provider_answers_and_else_the_first() {
        let mut variables =
            vec![("ENABLED", "true"), ("PROVIDERS__A__KIND", "jitsi"), ("PROVIDERS__A__APP_ID", "bank")];
        assert_eq!(providers(&variables).readiness(), Err(Unavailable::SecretMissing));
        variables.push(("PROVIDERS__B__KIND", "tokbox"));
        assert_eq!(providers(&variables).readiness(), Err(Unavailable::SecretMissing));
        variables.extend([("PROVIDERS__B__API_KEY", "4711"), ("PROVIDERS__B__SECRET", "s")]);
        assert_eq!(providers(&variables).readiness(), Ok(()));
        variables.push(("PROVIDERS__A__SECRET", "s"));
        assert_eq!(providers(&variables[..4]).readiness(), Err(Unavailable::SecretMissing));
        assert_eq!(providers(&variables).readiness(), Ok(()));
    }

    #[tokio::test]
    async fn a_session_is_made_by_the_provider_with_that_id_and_by_no_other() {
        let variables = [
            ("ENABLED", "true"),
            ("PROVIDERS__READY__KIND", "jitsi"),
            ("PROVIDERS__READY__APP_ID", "bank"),
            ("PROVIDERS__READY__SECRET", "s"),
            ("PROVIDERS__KEYLESS__KIND", "tokbox"),
        ];
        let providers = providers(&variables);
        assert!(providers.create_session("ready", &request(), &Ambient::fixed(0, 7)).await.is_ok());
        for (id, reason) in [("keyless", Unavailable::KeyMissing), ("nobody", Unavailable::NotSupported)] {
            let error = providers.create_session(id, &request(), &Ambient::fixed(0, 7)).await.unwrap_err();
            assert!(matches!(error, ProviderError::Unavailable(found) if found == reason), "{id}: {error}");
        }
    }
}

//! Meeting providers: services that hold video conferences, behind one trait. The `provider_id` of a request selects the
//! provider. The rules about meetings are in the guest (decision 7 of the contract).

pub mod config;
mod jitsi;
mod provider;
mod tokbox;

use std::collections::BTreeMap;
use std::fmt;

use ambient::Ambient;
use reqwest::Url;

use self::config::{Meetings, Provider};

pub use self::jitsi::Jitsi;
pub use self::provider::{MeetingProvider, ProviderError, SessionFuture};
pub use self::tokbox::Tokbox;
pub use bindings::meeting_provider::{Session, SessionRequest, Unavailable};

/// All providers of this server, by id.
pub struct Providers {
    enabled: bool,
    by_id: BTreeMap<String, Box<dyn MeetingProvider>>,
}

impl Providers {
    /// A set of providers. `enabled` switches all of them on or off.
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

    /// Whether meetings are switched on.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// The ids of the providers, in their order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// The URL at which a participant joins a session of that provider. `None` if there is none.
    #[must_use]
    pub fn join_url(&self, provider_id: &str, session_id: &str, token: &str) -> Option<Url> {
        self.by_id.get(provider_id)?.join_url(session_id, token)
    }

    /// Whether a configured provider is ready.
    ///
    /// # Errors
    /// The reason of the first provider, in the order of their ids, if none is ready. [`Unavailable::NotSupported`] if meetings
    /// are off or there is no provider.
    pub fn readiness(&self) -> Result<(), Unavailable> {
        if !self.enabled {
            return Err(Unavailable::NotSupported);
        }
        let mut answers = self.by_id.values().map(|provider| provider.readiness());
        let first = answers.next().unwrap_or(Err(Unavailable::NotSupported));
        if answers.any(|answer| answer.is_ok()) { Ok(()) } else { first }
    }

    /// Makes a new session at the provider with that id.
    ///
    /// # Errors
    /// [`Unavailable::NotSupported`] if meetings are off or no provider has that id. Otherwise the error of the provider.
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

#[cfg(test)]
mod tests {
    use settings::Secret;

    use super::*;

    const JITSI_URL: &str = "https://meet.example";

    fn jitsi(app_id: &str, secret: &str) -> Provider {
        let base_url = JITSI_URL.parse().unwrap();
        Provider::Jitsi(config::Jitsi { app_id: app_id.to_owned(), secret: Secret::new(secret), base_url })
    }

    fn tokbox(api_key: &str, secret: &str) -> Provider {
        let base_url = "https://api.opentok.com".parse().unwrap();
        Provider::Tokbox(config::Tokbox { api_key: api_key.to_owned(), secret: Secret::new(secret), base_url })
    }

    fn providers<const N: usize>(enabled: bool, providers: [(&str, Provider); N]) -> Providers {
        let providers = providers.into_iter().map(|(id, provider)| (id.to_owned(), provider)).collect();
        Providers::from_config(&Meetings { enabled, providers }).unwrap()
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
        assert_eq!(providers(false, [("a", jitsi("bank", "s"))]).readiness(), Err(Unavailable::NotSupported));
        assert_eq!(providers(true, []).readiness(), Err(Unavailable::NotSupported));
    }

    #[test]
    fn a_ready_provider_is_found_and_else_the_first_gives_the_reason() {
        let a = || ("a", jitsi("bank", ""));
        assert_eq!(providers(true, [a()]).readiness(), Err(Unavailable::SecretMissing));
        assert_eq!(providers(true, [a(), ("b", tokbox("", ""))]).readiness(), Err(Unavailable::SecretMissing));
        assert_eq!(providers(true, [a(), ("b", tokbox("4711", "s"))]).readiness(), Ok(()));
        assert_eq!(providers(true, [a(), ("b", tokbox("", "s"))]).readiness(), Err(Unavailable::SecretMissing));
    }

    #[tokio::test]
    async fn a_session_is_made_by_the_provider_with_the_requested_id() {
        let providers = providers(true, [("ready", jitsi("bank", "s")), ("keyless", tokbox("", ""))]);
        assert!(providers.create_session("ready", &request(), &Ambient::fixed(0, 7)).await.is_ok());
        for (id, reason) in [("keyless", Unavailable::KeyMissing), ("unknown", Unavailable::NotSupported)] {
            let error = providers.create_session(id, &request(), &Ambient::fixed(0, 7)).await.unwrap_err();
            assert!(matches!(error, ProviderError::Unavailable(found) if found == reason), "{id}: {error}");
        }
    }

    #[test]
    fn a_participant_joins_through_the_provider_of_the_meeting() {
        let providers = providers(true, [("rooms", jitsi("bank", "s")), ("sdk", tokbox("4711", "s"))]);
        assert_eq!(providers.ids().collect::<Vec<_>>(), ["rooms", "sdk"]);
        let url = providers.join_url("rooms", "room-1", "a.b-c_d").unwrap();
        assert_eq!(url.as_str(), format!("{JITSI_URL}/room-1?jwt=a.b-c_d"));
        assert_eq!(providers.join_url("sdk", "room-1", "token"), None);
        assert_eq!(providers.join_url("unknown", "room-1", "token"), None);
    }
}

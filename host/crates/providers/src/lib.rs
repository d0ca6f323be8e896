//! Meeting providers: services that hold video conferences, behind one trait. The `provider_id` of a request selects the
//! provider. The rules about meetings are in the guest (decision 7 of the contract).

pub mod config;
mod jitsi;
mod provider;
mod tokbox;

use std::collections::BTreeMap;
use std::fmt;

use ambient::Ambient;

use self::config::{Meetings, Provider};

pub use self::jitsi::Jitsi;
pub use self::provider::{MeetingProvider, ProviderError, ProviderFuture};
pub use self::tokbox::Tokbox;
pub use bindings::meeting_provider::{Access, Participant, Party, SessionRequest, Unavailable};

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

    /// Makes a new session at the provider with that id, and returns its id.
    ///
    /// # Errors
    /// [`Unavailable::NotSupported`] if meetings are off or no provider has that id. Otherwise the error of the provider.
    pub async fn create_session(
        &self,
        provider_id: &str,
        request: &SessionRequest,
        ambient: &Ambient,
    ) -> Result<String, ProviderError> {
        self.ready(provider_id)?.create_session(request, ambient).await
    }

    /// Makes the access of each participant at the provider with that id, in their order.
    ///
    /// # Errors
    /// As [`create_session`](Self::create_session).
    pub async fn grant_access(
        &self,
        provider_id: &str,
        participants: &[Participant],
        ambient: &Ambient,
    ) -> Result<Vec<Access>, ProviderError> {
        let provider = self.ready(provider_id)?;
        let mut granted = Vec::with_capacity(participants.len());
        for participant in participants {
            granted.push(provider.grant_access(participant, ambient).await?);
        }
        Ok(granted)
    }

    fn ready(&self, provider_id: &str) -> Result<&dyn MeetingProvider, Unavailable> {
        let provider = self.by_id.get(provider_id).filter(|_| self.enabled).ok_or(Unavailable::NotSupported)?;
        provider.readiness().map(|()| &**provider)
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
        let (api_key, secret) = (api_key.to_owned(), Secret::new(secret));
        Provider::Tokbox(config::Tokbox { api_key, secret, base_url, join_url: None })
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
        }
    }

    pub(super) fn participant(party: Party, session_id: &str) -> Participant {
        let SessionRequest { meeting_id, bank_id, .. } = request();
        Participant {
            meeting_id,
            bank_id,
            session_id: session_id.to_owned(),
            party,
            user_id: "f2b9c7d0-3a1e-4f58-8c6b-7d9e0a1b2c3d".to_owned(),
            username: "Ada & Co".to_owned(),
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

    #[tokio::test]
    async fn access_is_granted_by_the_provider_of_the_meeting_to_each_participant_in_order() {
        let providers = providers(true, [("rooms", jitsi("bank", "s")), ("sdk", tokbox("4711", "s"))]);
        assert_eq!(providers.ids().collect::<Vec<_>>(), ["rooms", "sdk"]);
        let participants = ["room-1", "room-2"].map(|room| participant(Party::Customer, room));
        let granted = async |id: &str| providers.grant_access(id, &participants, &Ambient::fixed(0, 7)).await;
        let rooms = granted("rooms").await.unwrap();
        for (access, room) in rooms.iter().zip(["room-1", "room-2"]) {
            assert_eq!(access.url, Some(format!("{JITSI_URL}/{room}?jwt={}", access.token)));
        }
        assert_eq!(rooms.len(), 2);
        assert!(granted("sdk").await.unwrap().iter().all(|access| access.url.is_none() && !access.token.is_empty()));
        let unknown = granted("unknown").await.unwrap_err();
        assert!(matches!(unknown, ProviderError::Unavailable(Unavailable::NotSupported)), "{unknown}");
    }
}

//! Jitsi Meet with token authentication. The server makes no request: a room exists as soon as a participant joins it. The tokens
//! have the right to join, and are signed with the secret that Jitsi has too.

use ambient::Ambient;
use bindings::meeting_provider::{Access, Participant, Party, SessionRequest, Unavailable};
use reqwest::Url;
use serde_json::json;

use crate::config;
use crate::provider::{
    MeetingProvider, ProviderError, ProviderFuture, TOKEN_SECONDS, TOKEN_SECONDS_BEFORE, require, sign,
};

/// A Jitsi Meet installation.
#[derive(Debug)]
pub struct Jitsi {
    settings: config::Jitsi,
}

impl Jitsi {
    /// The installation of these settings.
    #[must_use]
    pub fn new(settings: config::Jitsi) -> Self {
        Self { settings }
    }

    fn room(&self, request: &SessionRequest, ambient: &Ambient) -> Result<String, ProviderError> {
        self.readiness()?;
        // Jitsi compares rooms in lower case. The random part makes a room hard to guess: the id of a meeting is not secret.
        Ok(format!("{}-{}", request.meeting_id, ambient.hex()?).to_ascii_lowercase())
    }

    fn access(&self, participant: &Participant, ambient: &Ambient) -> Result<Access, ProviderError> {
        let Participant { session_id, party, user_id, username, .. } = participant;
        let now = ambient.now_ms() / 1000;
        let claims = json!({
            "aud": "jitsi",
            "iss": self.settings.app_id,
            "sub": self.settings.base_url.host_str().unwrap_or("*"),
            "room": session_id,
            "iat": now,
            "nbf": now.saturating_sub(TOKEN_SECONDS_BEFORE),
            "exp": now.saturating_add(TOKEN_SECONDS),
            "context": {"user": {"id": user_id, "name": username, "moderator": *party == Party::Staff}},
        });
        let token = sign(&claims, &self.settings.secret)?;
        Ok(Access { url: self.url(session_id, &token).map(String::from), token })
    }

    /// The URL of a room below the base URL, with the participant's token.
    fn url(&self, room: &str, token: &str) -> Option<Url> {
        let mut url = self.settings.base_url.clone();
        url.path_segments_mut().ok()?.pop_if_empty().push(room);
        url.query_pairs_mut().append_pair("jwt", token);
        Some(url)
    }
}

impl MeetingProvider for Jitsi {
    fn readiness(&self) -> Result<(), Unavailable> {
        require(&self.settings.app_id, &self.settings.secret)
    }

    fn create_session<'a>(&'a self, request: &'a SessionRequest, ambient: &'a Ambient) -> ProviderFuture<'a, String> {
        Box::pin(async move { self.room(request, ambient) })
    }

    fn grant_access<'a>(&'a self, participant: &'a Participant, ambient: &'a Ambient) -> ProviderFuture<'a, Access> {
        Box::pin(async move { self.access(participant, ambient) })
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use serde_json::Value;
    use settings::Secret;

    use super::super::tests::{participant, request};
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn jitsi(app_id: &str, secret: &str) -> Jitsi {
        let base_url = "https://meet.bank.example".parse().unwrap();
        Jitsi::new(config::Jitsi { app_id: app_id.to_owned(), secret: Secret::new(secret), base_url })
    }

    #[test]
    fn a_room_is_below_the_base_url() {
        for (base, url) in [
            ("https://meet.example", "https://meet.example/room-1?jwt=a.b-c_d"),
            ("https://meet.example/", "https://meet.example/room-1?jwt=a.b-c_d"),
            ("https://meet.example/tenant", "https://meet.example/tenant/room-1?jwt=a.b-c_d"),
            ("https://meet.example/tenant/", "https://meet.example/tenant/room-1?jwt=a.b-c_d"),
        ] {
            let base_url = base.parse().unwrap();
            let jitsi = Jitsi::new(config::Jitsi { app_id: "bank".to_owned(), secret: Secret::new("hush"), base_url });
            assert_eq!(jitsi.url("room-1", "a.b-c_d").unwrap().as_str(), url);
        }
    }

    fn verified(token: &str, secret: &str) -> jsonwebtoken::errors::Result<Value> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_audience(&["jitsi"]);
        validation.set_issuer(&["bank"]);
        Ok(jsonwebtoken::decode(token, &DecodingKey::from_secret(secret.as_bytes()), &validation)?.claims)
    }

    #[tokio::test]
    async fn a_token_has_the_claims_of_jitsi_and_only_staff_moderates() {
        let (jitsi, ambient) = (jitsi("bank", "hush"), Ambient::fixed(NOW * 1000, 7));
        for (party, moderator) in [(Party::Staff, true), (Party::Customer, false)] {
            let participant = participant(party, "room-1");
            let token = jitsi.grant_access(&participant, &ambient).await.unwrap().token;
            let user = json!({"id": participant.user_id, "name": "Ada & Co", "moderator": moderator});
            let expected = json!({
                "aud": "jitsi", "iss": "bank", "sub": "meet.bank.example", "room": "room-1",
                "iat": NOW, "nbf": NOW - 10, "exp": NOW + 3600, "context": {"user": user},
            });
            assert_eq!(verified(&token, "hush").unwrap(), expected);
            assert!(verified(&token, "another secret").is_err());
        }
    }

    #[tokio::test]
    async fn a_room_cannot_be_guessed_from_the_meeting() {
        let jitsi = jitsi("bank", "hush");
        let ambient = Ambient::fixed(NOW * 1000, 7);
        let first = jitsi.create_session(&request(), &ambient).await.unwrap();
        let second = jitsi.create_session(&request(), &ambient).await.unwrap();
        assert_ne!(first, second);
        let random = first.strip_prefix(&format!("{}-", request().meeting_id)).unwrap();
        assert_eq!(random.len(), 32);
    }

    #[tokio::test]
    async fn without_app_id_or_secret_jitsi_is_unavailable() {
        for (app_id, secret, reason) in [
            ("", "", Unavailable::KeyMissing),
            ("", "hush", Unavailable::KeyMissing),
            ("bank", "", Unavailable::SecretMissing),
        ] {
            let jitsi = jitsi(app_id, secret);
            assert_eq!(jitsi.readiness(), Err(reason));
            let error = jitsi.create_session(&request(), &Ambient::fixed(NOW * 1000, 7)).await.unwrap_err();
            assert!(matches!(error, ProviderError::Unavailable(found) if found == reason), "{error}");
        }
    }
}

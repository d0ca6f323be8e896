//! Jitsi Meet with token authentication. The server makes no request: a room exists as soon as a participant joins it. The tokens
//! carry the right to join, and are signed with the secret that Jitsi has too.

use ambient::Ambient;
use bindings::meeting_provider::{Session, SessionRequest, Unavailable};
use reqwest::Url;
use serde_json::{Value, json};

use crate::config;
use crate::provider::{MeetingProvider, ProviderError, SessionFuture, TOKEN_SECONDS, require, sign};

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

    fn session(&self, request: &SessionRequest, ambient: &Ambient) -> Result<Session, ProviderError> {
        let now = ambient.now_ms() / 1000;
        self.readiness()?;
        // Jitsi compares rooms in lower case. The random part makes a room hard to guess: the id of a meeting is not secret.
        let room = format!("{}-{}", request.meeting_id, ambient.hex()?).to_ascii_lowercase();
        let staff = json!({"id": "staff", "name": "staff", "moderator": true});
        let customer = json!({"id": request.customer_user_id, "name": request.customer_name, "moderator": false});
        let staff_token = self.token(&room, staff, now)?;
        let customer_token = self.token(&room, customer, now)?;
        Ok(Session { session_id: room, staff_token, customer_token })
    }

    fn token(&self, room: &str, user: Value, now: i64) -> Result<String, ProviderError> {
        let claims = json!({
            "aud": "jitsi",
            "iss": self.settings.app_id,
            "sub": self.settings.base_url.host_str().unwrap_or("*"),
            "room": room,
            "iat": now,
            "nbf": now,
            "exp": now.saturating_add(TOKEN_SECONDS),
            "context": {"user": user},
        });
        sign(&claims, &self.settings.secret)
    }
}

impl MeetingProvider for Jitsi {
    fn readiness(&self) -> Result<(), Unavailable> {
        require(&self.settings.app_id, &self.settings.secret)
    }

    fn create_session<'a>(&'a self, request: &'a SessionRequest, ambient: &'a Ambient) -> SessionFuture<'a> {
        Box::pin(async move { self.session(request, ambient) })
    }

    /// The URL of a room below the base URL, with the participant's token.
    fn join_url(&self, session_id: &str, token: &str) -> Option<Url> {
        let mut url = self.settings.base_url.clone();
        url.path_segments_mut().ok()?.pop_if_empty().push(session_id);
        url.query_pairs_mut().append_pair("jwt", token);
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use settings::Secret;

    use super::super::tests::request;
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
            assert_eq!(jitsi.join_url("room-1", "a.b-c_d").unwrap().as_str(), url);
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
    async fn the_tokens_have_the_claims_of_jitsi_and_only_staff_moderates() {
        let session = jitsi("bank", "hush").create_session(&request(), &Ambient::fixed(NOW * 1000, 7)).await.unwrap();
        let expected = |user: Value| {
            json!({
                "aud": "jitsi", "iss": "bank", "sub": "meet.bank.example", "room": session.session_id,
                "iat": NOW, "nbf": NOW, "exp": NOW + 3600, "context": {"user": user},
            })
        };
        let staff = json!({"id": "staff", "name": "staff", "moderator": true});
        let customer = json!({"id": request().customer_user_id, "name": "Ada & Co", "moderator": false});
        assert_eq!(verified(&session.staff_token, "hush").unwrap(), expected(staff));
        assert_eq!(verified(&session.customer_token, "hush").unwrap(), expected(customer));
        assert!(verified(&session.customer_token, "another secret").is_err());
    }

    #[tokio::test]
    async fn a_room_cannot_be_guessed_from_the_meeting() {
        let jitsi = jitsi("bank", "hush");
        let ambient = Ambient::fixed(NOW * 1000, 7);
        let first = jitsi.create_session(&request(), &ambient).await.unwrap().session_id;
        let second = jitsi.create_session(&request(), &ambient).await.unwrap().session_id;
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

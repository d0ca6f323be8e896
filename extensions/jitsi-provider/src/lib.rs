//! Jitsi Meet with token authentication. The extension sends nothing: a room exists as soon as a participant joins it. The tokens
//! give access. They are signed with a secret that Jitsi knows too.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use onboarding_extension::{
    Access, MeetingProvider, Participant, Party, SessionRequest, Unavailable, export_meeting_provider, fail, now,
    random_bytes, secret, setting,
};
use serde_json::{Value, json};
use sha2::Sha256;

/// The lifetime of a token from now on.
const TOKEN_SECONDS: i64 = 60 * 60;
/// The time before now from which a token is valid: Jitsi's clock may be slow.
const TOKEN_SECONDS_BEFORE: i64 = 10;

/// The provider.
pub struct Jitsi;

impl MeetingProvider for Jitsi {
    fn readiness(_bank_id: String) -> Result<(), Unavailable> {
        Installation::configured().map(|_| ())
    }

    fn create_session(_provider_id: String, request: SessionRequest) -> Result<String, Unavailable> {
        Installation::configured().map(|_| room(&request, &random_bytes(16)))
    }

    fn grant_access(_provider_id: String, participants: Vec<Participant>) -> Result<Vec<Access>, Unavailable> {
        let (installation, seconds) = (Installation::configured()?, now().milliseconds.div_euclid(1000));
        Ok(participants.iter().map(|participant| installation.access(participant, seconds)).collect())
    }
}

export_meeting_provider!(Jitsi);

/// A Jitsi Meet installation: the manifest's `app_id`, `base_url` and `jwt_secret`.
struct Installation {
    app_id: String,
    /// The URL, which does not end in a slash. Empty if the manifest has none.
    base_url: String,
    jwt_secret: String,
}

impl Installation {
    fn configured() -> Result<Self, Unavailable> {
        Self::of(setting("app_id"), setting("base_url"), secret("jwt_secret"))
    }

    fn of(app_id: Option<String>, base_url: Option<String>, jwt_secret: Option<String>) -> Result<Self, Unavailable> {
        let app_id = app_id.filter(|id| !id.is_empty()).ok_or(Unavailable::KeyMissing)?;
        let jwt_secret = jwt_secret.filter(|secret| !secret.is_empty()).ok_or(Unavailable::SecretMissing)?;
        let base_url = base_url.unwrap_or_default().trim_end_matches('/').to_owned();
        Ok(Self { app_id, base_url, jwt_secret })
    }

    fn access(&self, participant: &Participant, now: i64) -> Access {
        let Participant { session_id, party, user_id, username, .. } = participant;
        let claims = json!({
            "aud": "jitsi",
            "iss": self.app_id,
            "sub": domain(&self.base_url),
            "room": session_id,
            "iat": now,
            "nbf": now.saturating_sub(TOKEN_SECONDS_BEFORE),
            "exp": now.saturating_add(TOKEN_SECONDS),
            "context": {"user": {"id": user_id, "name": username, "moderator": *party == Party::Staff}},
        });
        let token = sign(&claims, self.jwt_secret.as_bytes());
        // Room and token consist of characters that need no escaping in a URL.
        let url = (!self.base_url.is_empty()).then(|| format!("{}/{session_id}?jwt={token}", self.base_url));
        Access { token, url }
    }
}

/// A new room. Jitsi compares rooms in lower case. The id of a meeting is not secret, so random bits keep the room from being
/// guessed.
fn room(request: &SessionRequest, random: &[u8]) -> String {
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{random}", request.meeting_id).to_ascii_lowercase()
}

/// The host of a URL, or `*` for every host.
fn domain(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() { "*" } else { host }
}

/// A JSON web token, signed with HMAC-SHA-256.
fn sign(claims: &Value, secret: &[u8]) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let signed = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { fail("the secret is not a valid key") };
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn installation() -> Installation {
        let text = |text: &str| Some(text.to_owned());
        Installation::of(text("bank"), text("https://meet.bank.example/"), text("hush")).unwrap()
    }

    fn participant(party: Party) -> Participant {
        Participant {
            meeting_id: "8A0D".to_owned(),
            bank_id: "gh.29.uk".to_owned(),
            session_id: "room-1".to_owned(),
            party,
            user_id: "user-1".to_owned(),
            username: "Ada & Co".to_owned(),
        }
    }

    fn claims(token: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn a_room_belongs_to_the_meeting_and_cannot_be_guessed() {
        let (meeting_id, bank_id, purpose_id) = ("8A0D".to_owned(), "gh.29.uk".to_owned(), "onboarding".to_owned());
        let room = room(&SessionRequest { meeting_id, bank_id, purpose_id }, &[7; 16]);
        assert_eq!(room, format!("8a0d-{}", "07".repeat(16)));
    }

    #[test]
    fn a_token_has_the_claims_that_jitsi_expects_and_only_staff_moderates() {
        for (party, moderator) in [(Party::Staff, true), (Party::Customer, false)] {
            let access = installation().access(&participant(party), NOW);
            let user = json!({"id": "user-1", "name": "Ada & Co", "moderator": moderator});
            let expected = json!({
                "aud": "jitsi", "iss": "bank", "sub": "meet.bank.example", "room": "room-1",
                "iat": NOW, "nbf": NOW - 10, "exp": NOW + 3600, "context": {"user": user},
            });
            assert_eq!(claims(&access.token), expected);
            assert_eq!(access.url, Some(format!("https://meet.bank.example/room-1?jwt={}", access.token)));
        }
    }

    /// The expected signature comes from Python's `hmac`.
    #[test]
    fn a_token_is_signed_with_the_secret() {
        let token = sign(&json!({"a": 1}), b"hush");
        assert_eq!(
            token,
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.tQzehPPuulYU3_kX_c1L1XezdqQl3dX0zqUfiNLlPPA"
        );
        assert_ne!(token, sign(&json!({"a": 1}), b"another"));
    }

    #[test]
    fn without_app_id_or_secret_the_provider_is_unavailable_for_that_reason() {
        let of = |app_id: Option<&str>, secret: Option<&str>| {
            Installation::of(app_id.map(str::to_owned), None, secret.map(str::to_owned))
                .map(|found| domain(&found.base_url).to_owned())
        };
        assert_eq!(of(None, None), Err(Unavailable::KeyMissing));
        assert_eq!(of(Some(""), Some("hush")), Err(Unavailable::KeyMissing));
        assert_eq!(of(Some("bank"), None), Err(Unavailable::SecretMissing));
        assert_eq!(of(Some("bank"), Some("")), Err(Unavailable::SecretMissing));
        assert_eq!(of(Some("bank"), Some("hush")), Ok("*".to_owned()));
    }
}

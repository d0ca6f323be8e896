//! Jitsi Meet with token authentication. The extension sends nothing: a room exists as soon as a participant joins it. The tokens
//! give access. They are signed with a secret that Jitsi knows too.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use onboarding_extension::{
    MeetingProvider, Session, SessionRequest, Unavailable, export_meeting_provider, fail, now, random_bytes, secret,
    setting,
};
use serde_json::{Value, json};
use sha2::Sha256;

/// The lifetime of a token.
const TOKEN_SECONDS: i64 = 60 * 60;

/// The provider.
pub struct Jitsi;

impl MeetingProvider for Jitsi {
    fn readiness(_bank_id: String) -> Result<(), Unavailable> {
        Installation::configured().map(|_| ())
    }

    fn create_session(_provider_id: String, request: SessionRequest) -> Result<Session, Unavailable> {
        let seconds = now().milliseconds.div_euclid(1000);
        Ok(Installation::configured()?.session(&request, &random_bytes(16), seconds))
    }
}

export_meeting_provider!(Jitsi);

/// A Jitsi Meet installation: the manifest's `app_id`, `base_url` and `jwt_secret`.
struct Installation {
    app_id: String,
    domain: String,
    jwt_secret: String,
}

impl Installation {
    fn configured() -> Result<Self, Unavailable> {
        Self::of(setting("app_id"), setting("base_url"), secret("jwt_secret"))
    }

    fn of(app_id: Option<String>, base_url: Option<String>, jwt_secret: Option<String>) -> Result<Self, Unavailable> {
        let app_id = app_id.filter(|id| !id.is_empty()).ok_or(Unavailable::KeyMissing)?;
        let jwt_secret = jwt_secret.filter(|secret| !secret.is_empty()).ok_or(Unavailable::SecretMissing)?;
        Ok(Self { app_id, domain: domain(&base_url.unwrap_or_default()).to_owned(), jwt_secret })
    }

    fn session(&self, request: &SessionRequest, random: &[u8], now: i64) -> Session {
        // Jitsi compares rooms in lower case. The id of a meeting is not secret, so random bits keep the room from being guessed.
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let room = format!("{}-{random}", request.meeting_id).to_ascii_lowercase();
        let staff = json!({"id": "staff", "name": "staff", "moderator": true});
        let customer = json!({"id": request.customer_user_id, "name": request.customer_name, "moderator": false});
        let staff_token = self.token(&room, &staff, now);
        let customer_token = self.token(&room, &customer, now);
        Session { session_id: room, staff_token, customer_token }
    }

    fn token(&self, room: &str, user: &Value, now: i64) -> String {
        let claims = json!({
            "aud": "jitsi",
            "iss": self.app_id,
            "sub": self.domain,
            "room": room,
            "iat": now,
            "nbf": now,
            "exp": now.saturating_add(TOKEN_SECONDS),
            "context": {"user": user},
        });
        sign(&claims, self.jwt_secret.as_bytes())
    }
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

    fn request() -> SessionRequest {
        SessionRequest {
            meeting_id: "8A0D".to_owned(),
            bank_id: "gh.29.uk".to_owned(),
            purpose_id: "onboarding".to_owned(),
            customer_user_id: "user-1".to_owned(),
            customer_name: "Ada & Co".to_owned(),
        }
    }

    fn claims(token: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn the_tokens_have_the_claims_that_jitsi_expects_and_only_staff_moderates() {
        let session = installation().session(&request(), &[7; 16], NOW);
        assert_eq!(session.session_id, format!("8a0d-{}", "07".repeat(16)));
        let expected = |user: Value| {
            json!({
                "aud": "jitsi", "iss": "bank", "sub": "meet.bank.example", "room": session.session_id,
                "iat": NOW, "nbf": NOW, "exp": NOW + 3600, "context": {"user": user},
            })
        };
        let staff = json!({"id": "staff", "name": "staff", "moderator": true});
        let customer = json!({"id": "user-1", "name": "Ada & Co", "moderator": false});
        assert_eq!(claims(&session.staff_token), expected(staff));
        assert_eq!(claims(&session.customer_token), expected(customer));
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
            Installation::of(app_id.map(str::to_owned), None, secret.map(str::to_owned)).map(|found| found.domain)
        };
        assert_eq!(of(None, None), Err(Unavailable::KeyMissing));
        assert_eq!(of(Some(""), Some("hush")), Err(Unavailable::KeyMissing));
        assert_eq!(of(Some("bank"), None), Err(Unavailable::SecretMissing));
        assert_eq!(of(Some("bank"), Some("")), Err(Unavailable::SecretMissing));
        assert_eq!(of(Some("bank"), Some("hush")), Ok("*".to_owned()));
    }
}

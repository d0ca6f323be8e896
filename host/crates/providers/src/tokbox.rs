//! OpenTok, formerly TokBox. Its REST interface makes a session; this module makes the tokens, in the format `T1`. Media run
//! through OpenTok's router, and nothing is archived automatically.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use ambient::Ambient;
use base64::prelude::{BASE64_STANDARD, Engine};
use bindings::meeting_provider::{Access, Participant, Party, SessionRequest, Unavailable};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::Deserialize;
use serde_json::json;
use sha1::Sha1;

use crate::config;
use crate::provider::{
    MeetingProvider, ProviderError, ProviderFuture, TOKEN_SECONDS, TOKEN_SECONDS_BEFORE, require, sign,
};

/// Time limit for a connection.
const CONNECT_SECONDS_MAX: u64 = 3;
/// Time limit for a whole request.
const ANSWER_SECONDS_MAX: u64 = 5;
/// The most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 65_536;
/// Time for which the token of our own request is valid, in seconds.
const REQUEST_TOKEN_SECONDS: i64 = 5 * 60;
/// The most characters of a name. OpenTok accepts 1000 characters of connection data.
const NAME_CHARS_MAX: usize = 900;

/// A project at OpenTok.
#[derive(Debug)]
pub struct Tokbox {
    settings: config::Tokbox,
    client: Client,
}

/// The element of OpenTok's answer, which is a list of one.
#[derive(Deserialize)]
struct Created {
    session_id: String,
}

impl Tokbox {
    /// The project of these settings.
    ///
    /// # Errors
    /// [`ProviderError::Failed`] if this machine cannot make an HTTP client, for example because it has no root certificates.
    pub fn new(settings: config::Tokbox) -> Result<Self, ProviderError> {
        let mut client = Client::builder()
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS_MAX))
            .timeout(Duration::from_secs(ANSWER_SECONDS_MAX))
            // A redirect could send our token to another host.
            .redirect(redirect::Policy::none());
        if is_loopback(&settings.base_url) {
            client = client.no_proxy();
        }
        Ok(Self { settings, client: client.build().map_err(failed)? })
    }

    async fn session(&self, ambient: &Ambient) -> Result<String, ProviderError> {
        self.readiness()?;
        self.session_id(ambient).await
    }

    fn access(&self, participant: &Participant, ambient: &Ambient) -> Result<Access, ProviderError> {
        let Participant { session_id, party, username, .. } = participant;
        let role = match party {
            Party::Staff => "moderator",
            Party::Customer => "publisher",
        };
        let token = self.token(session_id, role, username, ambient)?;
        Ok(Access { url: self.url(session_id, &token).map(String::from), token })
    }

    /// The URL of the operator's page for a session. OpenTok itself has no such page.
    fn url(&self, session_id: &str, token: &str) -> Option<Url> {
        let mut url = self.settings.join_url.clone()?;
        let api_key = self.settings.api_key.as_str();
        url.query_pairs_mut().extend_pairs([("api_key", api_key), ("session_id", session_id), ("token", token)]);
        Some(url)
    }

    /// Requests a session from OpenTok.
    async fn session_id(&self, ambient: &Ambient) -> Result<String, ProviderError> {
        let now = ambient.now_ms() / 1000;
        let claims = json!({
            "iss": self.settings.api_key,
            "ist": "project",
            "iat": now,
            "exp": now.saturating_add(REQUEST_TOKEN_SECONDS),
            "jti": ambient.hex()?,
        });
        let response = self
            .client
            .post(format!("{}/session/create", self.settings.base_url.as_str().trim_end_matches('/')))
            .header("X-OPENTOK-AUTH", sign(&claims, &self.settings.secret)?)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("p2p.preference=disabled&archiveMode=manual")
            .send()
            .await
            .map_err(failed)?;
        let status = response.status();
        if !status.is_success() {
            let text = format!("OpenTok answered {}", status.as_u16());
            let is_busy = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
            return Err(if is_busy { ProviderError::Busy(text) } else { ProviderError::Failed(text) });
        }
        let unreadable = || ProviderError::Failed("OpenTok's answer is not a list of one session".to_owned());
        let created: [Created; 1] = serde_json::from_slice(&body(response).await?).map_err(|_| unreadable())?;
        let [Created { session_id }] = created;
        // The id becomes part of signed data, and must not look like another part of it.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~=+/".contains(&byte);
        if !(1..=255).contains(&session_id.len()) || !session_id.bytes().all(plain) {
            return Err(unreadable());
        }
        Ok(session_id)
    }

    /// Makes a participant's token: its rights and their HMAC-SHA-1, as the format prescribes.
    fn token(&self, session_id: &str, role: &str, name: &str, ambient: &Ambient) -> Result<String, ProviderError> {
        let created = (ambient.now_ms() / 1000).saturating_sub(TOKEN_SECONDS_BEFORE);
        let name: String = name.chars().take(NAME_CHARS_MAX).collect();
        let data = format!(
            "session_id={session_id}&create_time={created}&expire_time={}&role={role}&nonce={}&connection_data={}",
            created.saturating_add(TOKEN_SECONDS_BEFORE).saturating_add(TOKEN_SECONDS),
            ambient.hex()?,
            utf8_percent_encode(&format!("name={name}"), NON_ALPHANUMERIC),
        );
        let mut mac = Hmac::<Sha1>::new_from_slice(self.settings.secret.expose().as_bytes())
            .map_err(|error| ProviderError::Failed(format!("cannot sign a token: {error}")))?;
        mac.update(data.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let token = format!("partner_id={}&sig={signature}:{data}", self.settings.api_key);
        Ok(format!("T1=={}", BASE64_STANDARD.encode(token)))
    }
}

impl MeetingProvider for Tokbox {
    fn readiness(&self) -> Result<(), Unavailable> {
        require(&self.settings.api_key, &self.settings.secret)
    }

    fn create_session<'a>(&'a self, _: &'a SessionRequest, ambient: &'a Ambient) -> ProviderFuture<'a, String> {
        Box::pin(self.session(ambient))
    }

    fn grant_access<'a>(&'a self, participant: &'a Participant, ambient: &'a Ambient) -> ProviderFuture<'a, Access> {
        Box::pin(async move { self.access(participant, ambient) })
    }
}

/// Whether the service runs on this machine, like the stand-in of tests. No proxy can reach it then.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

/// Reads the body up to its maximum size.
async fn body(mut response: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(ProviderError::Failed(format!("OpenTok's answer is longer than {ANSWER_BYTES_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The error with all its causes. They contain neither headers nor body of the request, and so no secret.
fn failed(error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        text.push_str(": ");
        text.push_str(&error.to_string());
        reason = error.source();
    }
    ProviderError::Failed(text)
}

#[cfg(test)]
mod tests;

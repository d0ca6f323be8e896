//! One request on its way through: what the handlers read from it, and how they call the rules.

use std::sync::Arc;

use ambient::Ambient;
use bindings::caller::Caller;
use bytes::Bytes;
use rules::Session;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::direct_login::Credentials;
use crate::errors::ApiError;
use crate::json;
use crate::service::Api;

/// A handler's answer: the body, or none.
pub type Answer = Result<Option<Vec<u8>>, ApiError>;

/// A request whose route, caller and body are known.
pub struct Call {
    /// The API that received it.
    pub(crate) api: Arc<Api>,
    /// The path's parameters, decoded, in the order of the path.
    pub(crate) params: Vec<String>,
    /// The query as it came, without the question mark.
    pub(crate) query: Option<String>,
    pub(crate) headers: hyper::HeaderMap,
    /// Credentials of an in-process caller, which stand in for those of the headers.
    pub(crate) credentials: Option<Credentials>,
    pub(crate) body: Bytes,
    /// The caller; `None` only on routes that need no login.
    pub(crate) caller: Option<Caller>,
    /// Calls the rules. Its first call reads from the snapshot that the login was read from.
    pub session: Session,
}

impl Call {
    /// The server's clock and randomness.
    #[must_use]
    pub fn ambient(&self) -> &Ambient {
        &self.api.onboarding.services.ambient
    }

    /// The path's parameter at that position.
    pub fn param(&self, index: usize) -> &str {
        self.params.get(index).map_or("", String::as_str)
    }

    /// Who calls.
    pub fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or(ApiError::NotLoggedIn(""))
    }

    /// The body as the operation's draft.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        json::read(&self.body).map_err(ApiError::JsonIncorrect)
    }

    /// A parameter of the query, if it is there and not empty.
    pub fn query(&self, name: &str) -> Option<String> {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        let mut values = pairs.filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
        let (_, value) = values.next()?;
        let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        (!value.is_empty()).then(|| value.into_owned())
    }

    /// A number of the query, at least `min`.
    pub fn query_number(&self, name: &'static str, default: u32, min: u32) -> Result<u32, ApiError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse().ok().filter(|number| *number >= min).ok_or(ApiError::QueryIncorrect(name))
    }
}

/// An answer with a body.
pub fn reply<T: Serialize + ?Sized>(answer: &T) -> Answer {
    json::write(answer).map(Some).map_err(|error| ApiError::Failed(format!("an answer has no JSON form: {error}")))
}

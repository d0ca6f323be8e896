//! One request on its way through: what the handlers read from it, and how they ask the component.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::faults::Fault;
use super::json;
use super::login::Credentials;
use crate::app::App;
use crate::calls::Session;
use bindings::caller::Caller;

/// What a handler answers: the body, or none.
pub(super) type Answer = Result<Option<Vec<u8>>, Fault>;

/// A request whose route, caller and body are known.
pub(super) struct Call {
    /// The path's parameters, decoded, in the order of the path.
    pub(super) params: Vec<String>,
    /// As it came, without the question mark.
    pub(super) query: Option<String>,
    pub(super) headers: hyper::HeaderMap,
    /// A login that stands in for that of the headers.
    pub(super) credentials: Option<Credentials>,
    pub(super) body: Bytes,
    /// Who calls; `None` only on routes that need no login.
    pub(super) caller: Option<Caller>,
    /// What the component is called through; its first call reads what the login was read from.
    pub(super) session: Session,
}

impl Call {
    /// The application that was asked.
    pub(super) fn app(&self) -> &App {
        self.session.app()
    }

    /// The path's parameter at that position.
    pub(super) fn param(&self, index: usize) -> &str {
        self.params.get(index).map_or("", String::as_str)
    }

    /// Who calls.
    pub(super) fn caller(&self) -> Result<&Caller, Fault> {
        self.caller.as_ref().ok_or(Fault::NotLoggedIn(""))
    }

    /// The body as the operation's draft.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        json::read(&self.body).map_err(Fault::JsonIncorrect)
    }

    /// A parameter of the query, if it is there and not empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        let mut values = pairs.filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
        let (_, value) = values.next()?;
        let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        (!value.is_empty()).then(|| value.into_owned())
    }

    /// A number of the query, at least `min`.
    pub(super) fn query_number(&self, name: &'static str, default: u32, min: u32) -> Result<u32, Fault> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse().ok().filter(|number| *number >= min).ok_or(Fault::QueryIncorrect(name))
    }
}

/// An answer with a body.
pub(super) fn reply<T: Serialize + ?Sized>(answer: &T) -> Answer {
    json::write(answer).map(Some).map_err(|error| Fault::Failed(format!("an answer has no JSON form: {error}")))
}

//! A request whose route and caller are known. Handlers read it, and call the rules through it.

use std::sync::Arc;

use ambient::Ambient;
use bindings::caller::Caller;
use bytes::Bytes;
use hyper::http::request::Parts;
use rules::{Onboarding, Session};
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(test)]
use crate::answer_budget::AnswerBudget;
use crate::answer_budget::{AnswerPermit, AnswerWriter};
use crate::errors::ApiError;
use crate::json;
use crate::login_room::LoginRoom;
use crate::settings::Settings;

/// A handler's answer: the body, or none.
pub type Answer = Result<Option<Reply>, ApiError>;

/// The body of an answer. It is written after the handler has returned, within the budget of answers.
pub struct Reply(Content);

type WriteRecord = Box<dyn Fn(&mut AnswerWriter, &'static str) -> serde_json::Result<()> + Send>;

enum Content {
    /// A record. The function writes it in the form of a version, and may be called again.
    Record(WriteRecord),
    /// A document that was written before.
    Document(Bytes),
}

/// The parts of the API that all calls share.
pub(crate) struct Api {
    pub(crate) onboarding: Arc<Onboarding>,
    pub(crate) settings: Settings,
    pub(crate) login_room: LoginRoom,
    pub(crate) documents: Box<dyn Documents>,
}

/// The documents about the API's own operations. Handlers get them here: the table of routes names the handlers, so handlers
/// cannot import the table.
pub(crate) trait Documents: Send + Sync {
    /// The resource docs that a call selects.
    fn resource_docs(&self, call: &Call) -> Answer;
    /// The Swagger document that a call selects.
    fn swagger(&self, call: &Call) -> Answer;
    /// The OpenAPI document that a call selects.
    fn openapi(&self, call: &Call) -> Answer;
}

/// A request whose route, caller and body are known.
pub struct Call {
    /// The API that received it.
    pub(crate) api: Arc<Api>,
    /// The version in the path, which the JSON of body and answer depends on.
    pub(crate) version: &'static str,
    /// The names and the decoded values of the path's parameters.
    pub(crate) path: Vec<(&'static str, String)>,
    /// The request's head. Its extensions can have the address of the client, from the program that embeds the API. They can
    /// also have credentials of an in-process caller, which replace those of the headers.
    pub(crate) head: Arc<Parts>,
    pub(crate) body: Bytes,
    /// The caller; `None` only on routes that need no login.
    pub(crate) caller: Option<Caller>,
    /// The SHA-256 of the caller's token.
    pub(crate) token_digest: Option<String>,
    /// Calls the rules. Its first call reads from the same snapshot as the login.
    pub session: Session,
}

impl Call {
    /// The server's clock and randomness.
    #[must_use]
    pub fn ambient(&self) -> &Ambient {
        &self.api.onboarding.services.ambient
    }

    /// The value of a parameter of the path, by its name in the route, such as `BANK_ID`.
    ///
    /// # Errors
    /// If the route's path has no such parameter, which is a bug.
    pub fn path(&self, name: &str) -> Result<&str, ApiError> {
        let parameter = self.path.iter().find(|(known, _)| *known == name);
        let (_, value) = parameter.ok_or_else(|| ApiError::Failed(format!("the route has no parameter {name}")))?;
        Ok(value)
    }

    /// The caller.
    ///
    /// # Errors
    /// If the route needs no login.
    pub fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or(ApiError::NotLoggedIn(""))
    }

    /// The body as the operation's draft.
    ///
    /// # Errors
    /// If the body is not JSON of the draft's types.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        json::read_as(&self.body, self.version).map_err(ApiError::JsonIncorrect)
    }

    /// A text of the body that may be left out. A null counts as left out.
    ///
    /// # Errors
    /// If it is no text, or is given twice.
    pub(crate) fn optional_text(&self, key: &str) -> Result<Option<String>, ApiError> {
        json::optional_text(&self.body, key).map_err(ApiError::JsonIncorrect)
    }

    /// The first parameter of the query with this name. An empty one counts as left out.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        parameter(self.head.uri.query().unwrap_or_default(), name)
    }

    /// A whole number of the query, at least `min`.
    ///
    /// # Errors
    /// If it is not a number, or is out of range.
    pub fn query_number(&self, name: &'static str, default: u32, min: u32) -> Result<u32, ApiError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse().ok().filter(|number| *number >= min).ok_or(ApiError::QueryIncorrect(name))
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
    (!value.is_empty()).then(|| value.into_owned())
}

impl Reply {
    /// A document, which is JSON already.
    pub(crate) fn document(document: impl Into<Bytes>) -> Self {
        Self(Content::Document(document.into()))
    }

    /// The body as JSON of a version, which counts in the budget of answers until it is dropped. `Ok(Err(…))` is the number of
    /// bytes that the body needs, if the budget has no room for it.
    ///
    /// # Errors
    /// If the record has no JSON form, which is a bug.
    pub(crate) fn written(
        &self,
        permit: AnswerPermit,
        version: &'static str,
    ) -> Result<Result<Bytes, usize>, ApiError> {
        match &self.0 {
            Content::Document(document) => Ok(permit.hold(document.clone())),
            Content::Record(write) => {
                let mut writer = AnswerWriter::new(permit);
                write(&mut writer, version)
                    .map_err(|error| ApiError::Failed(format!("an answer has no JSON form: {error}")))?;
                Ok(writer.finish())
            }
        }
    }
}

/// An answer with this record as its body. Its type is that of a handler's answer.
pub fn reply<T: Serialize + Send + 'static>(answer: T) -> Answer {
    Ok(Some(Reply(Content::Record(Box::new(move |writer, version| json::write_to(writer, &answer, version))))))
}

#[cfg(test)]
pub(crate) fn body_of(answer: Answer) -> String {
    let permit = AnswerBudget::new(64 << 20).whole().nothing();
    String::from_utf8(answer.unwrap().unwrap().written(permit, crate::versions::DOCUMENTED).unwrap().unwrap().to_vec())
        .unwrap()
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn a_query_is_form_encoded_and_its_first_value_counts() {
        for (query, value) in [
            ("role=CanGetUser", Some("CanGetUser")),
            ("a=b&role=one&role=two", Some("one")),
            ("role=a%20b+c%2B", Some("a b c+")),
            ("r%6fle=x", Some("x")),
            ("role=%ff", Some("\u{fffd}")),
            ("role=", None),
            ("role", None),
            ("role=&role=two", None),
            ("roles=x", None),
            ("", None),
        ] {
            assert_eq!(parameter(query, "role").as_deref(), value, "{query}");
        }
    }
}

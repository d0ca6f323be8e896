//! The API as the pages reach it: requests in this process, answered as any client's are.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde_json::Value;

use super::form::encoded;
use api::{Credentials, Service};

const DIRECT_LOGIN: HeaderName = HeaderName::from_static("directlogin");

/// The API, for whoever holds that token.
#[derive(Clone, Copy)]
pub(super) struct Client<'a> {
    api: &'a Service,
    token: Option<&'a str>,
}

/// An answer of the API, whatever its status.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A refusal of the API, in its own words.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) message: String,
}

impl<'a> Client<'a> {
    pub(super) fn new(api: &'a Service, token: Option<&'a str>) -> Self {
        Self { api, token }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Refused> {
        self.asked(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.asked(Method::POST, path, Some(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.asked(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Value, Refused> {
        self.asked(Method::DELETE, path, None).await
    }

    async fn asked(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Refused> {
        let body = body.map(ToString::to_string).unwrap_or_default();
        self.send(method, path, Bytes::from(body), None).await?.accepted()
    }

    /// Makes a call. The header, if one is given, stands in for the one with the token.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        direct_login: Option<&str>,
    ) -> Result<Reply, Refused> {
        let mut request = Request::builder().method(method).uri(path);
        let token = self.token.map(|token| format!("token={token}"));
        if let Some(value) = direct_login.or(token.as_deref()) {
            let value = HeaderValue::from_bytes(value.as_bytes());
            let value = value.map_err(|_| Refused::ours("A header cannot hold what was typed."))?;
            request = request.header(DIRECT_LOGIN, value);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(body)).map_err(|_| Refused::ours("This cannot be part of a URL."))?;
        Ok(Reply::of(self.api.answer(request).await).await)
    }

    /// `POST /my/logins/direct`: a new token, with every rule that a login has.
    pub(super) async fn log_in(&self, credentials: Credentials) -> Result<String, Refused> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_static("/my/logins/direct");
        request.extensions_mut().insert(credentials);
        let reply = Reply::of(self.api.answer(request).await).await;
        Ok(text(&reply.accepted()?, "token").to_owned())
    }
}

impl Reply {
    async fn of(answer: Response<Full<Bytes>>) -> Self {
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Self { status: head.status, headers: head.headers, body }
    }

    /// The answer's JSON, if it is what was wished for.
    pub(super) fn accepted(self) -> Result<Value, Refused> {
        let json: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        if self.status.is_success() {
            return Ok(json);
        }
        Err(Refused { status: self.status, message: text(&json, "message").to_owned() })
    }
}

impl Refused {
    /// The words of an answer that is none of success.
    pub(super) async fn from_answer(answer: Response<Full<Bytes>>) -> Self {
        match Reply::of(answer).await.accepted() {
            Err(refused) => refused,
            Ok(_) => Self::ours("Something else was answered than was asked for."),
        }
    }

    /// A refusal of the pages themselves.
    pub(super) fn ours(message: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.to_owned() }
    }

    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The code that the message begins with, such as 30111 has one, and the words behind it.
    pub(super) fn parts(&self) -> (Option<&str>, &str) {
        split_code(&self.message)
    }
}

/// A message of the API: its code, if it begins with one, and its words.
pub(super) fn split_code(message: &str) -> (Option<&str>, &str) {
    match message.split_once(": ").or_else(|| message.split_once(' ')) {
        Some((code, words)) if is_code(code) => (Some(code), words),
        _ => (None, message),
    }
}

fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix("OBP").and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A path below the documented version, of these segments.
pub(super) fn path(segments: &[&str]) -> String {
    let segments: Vec<_> = segments.iter().map(|segment| encoded(segment)).collect();
    format!("/obp/v3.1.0/{}", segments.join("/"))
}

/// The text of that key; empty if there is none.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The items of that list; none if there is none.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_split_at_its_code_if_it_has_one() {
        for (message, code, words) in [
            ("OBP-30111: Invalid Bank Id.", Some("OBP-30111"), "Invalid Bank Id."),
            ("User with the same username already exists.", None, "User with the same username already exists."),
            ("Note: none", None, "Note: none"),
            ("OBP-1: x", None, "OBP-1: x"),
        ] {
            assert_eq!(split_code(message), (code, words));
        }
    }

    #[test]
    fn what_is_typed_stays_in_its_segment() {
        assert_eq!(path(&["banks", "a/b?c#d e", "x"]), "/obp/v3.1.0/banks/a%2Fb%3Fc%23d%20e/x");
    }
}

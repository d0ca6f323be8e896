//! The API as the pages call it: typed requests in this process, answered as those of any other client.

use std::net::IpAddr;

use api::{Credentials, Token, json};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::form::encoded;
use crate::refusal::PageRefusal;

const DIRECT_LOGIN: HeaderName = HeaderName::from_static("directlogin");
const LOGINS: &str = "/my/logins/direct";

/// Calls the API with a user's token, or without one.
///
/// A path is a list of segments below `/obp/v3.1.0`. They are percent-encoded here: a user's input cannot leave its segment.
#[derive(Clone, Copy)]
pub(crate) struct ApiClient<'a> {
    api: &'a api::Service,
    token: Option<&'a str>,
    /// The browser's address, if the server knows it. Failed logins count for it.
    peer: Option<IpAddr>,
}

/// A response of the API, with any status.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The part of the API's error envelope that users read.
#[derive(Deserialize)]
struct ErrorBody {
    message: String,
}

impl<'a> ApiClient<'a> {
    pub(crate) fn new(api: &'a api::Service, token: Option<&'a str>, peer: Option<IpAddr>) -> Self {
        Self { api, token, peer }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, PageRefusal> {
        self.send(Method::GET, &url(path), Bytes::new(), None).await?.record()
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        draft: &impl Serialize,
    ) -> Result<T, PageRefusal> {
        self.send(Method::POST, &url(path), body(draft)?, None).await?.record()
    }

    pub(crate) async fn put(&self, path: &[&str], draft: &impl Serialize) -> Result<(), PageRefusal> {
        self.send(Method::PUT, &url(path), body(draft)?, None).await?.success().map(drop)
    }

    /// A PUT without a body, whose answer is a record.
    pub(crate) async fn put_for<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, PageRefusal> {
        self.send(Method::PUT, &url(path), Bytes::new(), None).await?.record()
    }

    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), PageRefusal> {
        self.send(Method::DELETE, &url(path), Bytes::new(), None).await?.success().map(drop)
    }

    /// Sends a request that a user has written. A DirectLogin header, if given, replaces the one with the token.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        body: Bytes,
        direct_login: Option<&str>,
    ) -> Result<ApiResponse, PageRefusal> {
        let mut request = Request::builder().method(method).uri(url);
        let token = self.token.map(|token| format!("token={token}"));
        if let Some(value) = direct_login.or(token.as_deref()) {
            let value = HeaderValue::from_bytes(value.as_bytes());
            let value =
                value.map_err(|_| PageRefusal::bad_request("A header cannot contain one of these characters."))?;
            request = request.header(DIRECT_LOGIN, value);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(body));
        let request = request.map_err(|_| PageRefusal::bad_request("This is not a valid URL."))?;
        Ok(self.answer(request).await)
    }

    /// `POST /my/logins/direct`: creates a token, under all rules of a login.
    pub(crate) async fn log_in(&self, credentials: Credentials) -> Result<Token, PageRefusal> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_static(LOGINS);
        request.extensions_mut().insert(credentials);
        self.answer(request).await.record()
    }

    async fn answer(&self, mut request: Request<Full<Bytes>>) -> ApiResponse {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        ApiResponse::read(self.api.answer(request).await).await
    }

    /// `DELETE /my/logins/direct`: revokes the token.
    pub(crate) async fn log_out(&self) -> Result<(), PageRefusal> {
        self.send(Method::DELETE, LOGINS, Bytes::new(), None).await?.success().map(drop)
    }
}

impl ApiResponse {
    pub(crate) async fn read(response: Response<Full<Bytes>>) -> Self {
        let (head, body) = response.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Self { status: head.status, headers: head.headers, body }
    }

    /// The response as a refusal. Its message is empty if the body is not the API's error envelope.
    pub(crate) fn refusal(&self) -> PageRefusal {
        let message = json::read(&self.body).map(|ErrorBody { message }| message).unwrap_or_default();
        PageRefusal { status: self.status, message }
    }

    fn success(self) -> Result<Bytes, PageRefusal> {
        if self.status.is_success() { Ok(self.body) } else { Err(self.refusal()) }
    }

    fn record<T: DeserializeOwned>(self) -> Result<T, PageRefusal> {
        json::read(&self.success()?).map_err(|error| {
            let message = format!("The pages cannot read the API's response: {error}");
            PageRefusal { status: StatusCode::INTERNAL_SERVER_ERROR, message }
        })
    }
}

fn body(draft: &impl Serialize) -> Result<Bytes, PageRefusal> {
    json::write(draft).map(Bytes::from).map_err(|error| PageRefusal::bad_request(&error.to_string()))
}

fn url(path: &[&str]) -> String {
    let segments: Vec<_> = path.iter().map(|segment| encoded(segment)).collect();
    format!("/obp/v3.1.0/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_stays_in_its_segment_of_the_path() {
        assert_eq!(url(&["banks", "a/b?c#d e", "x"]), "/obp/v3.1.0/banks/a%2Fb%3Fc%23d%20e/x");
    }
}

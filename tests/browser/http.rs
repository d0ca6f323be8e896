//! Requests to the pages without a browser.

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, StatusCode, redirect};

use crate::support::TestApp;
use crate::support::world::token;

/// A response.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The token in the page's forms.
    pub(super) fn form_token(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"form_token\" value=\"").expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    /// The cookie of that name, as a request sends it.
    pub(super) fn cookie(&self, name: &str) -> String {
        let set = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let mut found = set.filter(|cookie| cookie.starts_with(&format!("{name}=")));
        found.next().expect("the cookie").split(';').next().unwrap().to_owned()
    }
}

pub(super) async fn ask(
    app: &TestApp,
    method: Method,
    path: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> Answer {
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    let url = format!("http://{}{path}", app.address);
    let response = client.request(method, url).headers(headers).body(body).send().await.unwrap();
    Answer { status: response.status(), headers: response.headers().clone(), body: response.text().await.unwrap() }
}

pub(super) async fn get(app: &TestApp, path: &str, headers: &[(&'static str, String)]) -> Answer {
    ask(app, Method::GET, path, headers, String::new()).await
}

/// Sends a form as a browser does from a page of this server.
pub(super) async fn post(app: &TestApp, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let form_token = get(app, "/sign-in", &[("cookie", cookie.to_owned())]).await.form_token();
    let fields: Vec<_> = fields.iter().copied().chain([("form_token", form_token.as_str())]).collect();
    let headers = [("cookie", cookie.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
    ask(app, Method::POST, path, &headers, encoded(&fields)).await
}

pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let field = |(name, value): &(&str, &str)| format!("{name}={}", value.bytes().map(byte).collect::<String>());
    fields.iter().map(field).collect::<Vec<_>>().join("&")
}

pub(super) fn session(name: &str) -> String {
    format!("session={}", token(name))
}

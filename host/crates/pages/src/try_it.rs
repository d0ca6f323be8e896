//! Sends a call that the user wrote in the Explorer to the API, and shows the response.

use std::time::Duration;

use api::docs::indented;
use bytes::Bytes;
use hyper::Method;
use hyper::header::HeaderValue;
use maud::{Markup, html};
use serde::Serialize;
use tokio::time::Instant;

use crate::accept::accepts_json;
use crate::client::ApiResponse;
use crate::curl::curl;
use crate::inputs::form_token;
use crate::layout::{page, refused};
use crate::parts::{self, status_line};
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::visit::Visit;

/// A call and its response.
struct TriedCall {
    method: Method,
    url: String,
    response: ApiResponse,
    took: Duration,
    curl: String,
}

/// The result of a call, for the script.
#[derive(Serialize)]
struct CallResult {
    status: u16,
    /// Status and reason, such as `200 OK`.
    line: String,
    took: String,
    headers: Vec<(String, String)>,
    /// The body, indented.
    body: String,
    curl: String,
}

/// The reason why a call was not sent, for the script.
#[derive(Serialize)]
struct NotSent {
    message: String,
}

/// `POST /try`: responds to the script with JSON, and to other clients with a page.
pub(crate) async fn call(visit: &Visit<'_>) -> PageResponse {
    match (tried(visit).await, accepts_json(&visit.headers)) {
        (Ok(tried), true) => PageResponse::json(&tried.into_result()),
        (Ok(tried), false) => page(visit, "Call result", &tried.markup(visit)),
        (Err(PageRefusal { status, message }), true) => PageResponse::json(&NotSent { message }).with_status(status),
        (Err(refusal), false) => refused(visit, &refusal),
    }
}

async fn tried(visit: &Visit<'_>) -> Result<TriedCall, PageRefusal> {
    let form = &visit.form;
    let url = form.owned("url");
    // Only paths of the API: the form can reach no page of this server and no other server.
    let is_api = ["/obp/", "/my/logins/", "/openapi.json"].iter().any(|start| url.starts_with(start));
    if !is_api {
        let message = "The URL must be a path of the API, which begins with /obp/ or /my/logins/.";
        return Err(PageRefusal::bad_request(message));
    }
    let method = Method::from_bytes(form.text("method").as_bytes()).ok();
    let known = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
    let method = method.filter(|method| known.contains(method));
    let method = method.ok_or_else(|| PageRefusal::bad_request("The method must be GET, POST, PUT or DELETE."))?;
    let has_body = matches!(method, Method::POST | Method::PUT);
    let body = if has_body { form.text("body").replace("\r\n", "\n") } else { String::new() };
    let login = form.find("direct_login").map(str::trim).filter(|header| !header.is_empty());
    let curl = curl(&visit.origin(), &method, &url, &body, login, visit.user.is_some());
    let begun = Instant::now();
    let response = visit.client().send(method.clone(), &url, Bytes::from(body), login).await?;
    Ok(TriedCall { method, url, response, took: begun.elapsed(), curl })
}

impl TriedCall {
    fn headers(&self) -> Vec<(String, String)> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.response.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    fn body(&self) -> String {
        indented(&String::from_utf8_lossy(&self.response.body))
    }

    fn took(&self) -> String {
        format!("{:.1} ms", self.took.as_secs_f64() * 1000.0)
    }

    fn into_result(self) -> CallResult {
        let status = self.response.status.as_u16();
        CallResult {
            status,
            line: status_line(status),
            took: self.took(),
            headers: self.headers(),
            body: self.body(),
            curl: self.curl,
        }
    }

    fn markup(&self, visit: &Visit<'_>) -> Markup {
        let good = self.response.status.is_success();
        let line = status_line(self.response.status.as_u16());
        let refusal = self.response.refusal();
        let back = visit.form.text("back");
        let back = if back.starts_with("/?") || back.starts_with("/#") { back } else { "/" };
        let headers: Vec<_> = self.headers().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        html! {
            h1 { (parts::method_badge(self.method.as_str())) " " code.url { (self.url) } }
            p.outcome { (parts::state(good, &line, &line)) " " span.muted { "in " (self.took()) } }
            @if !good && !refusal.message.is_empty() { (parts::refusal(&refusal)) }
            h2 { "Body" }
            @if self.response.body.is_empty() { p.empty { "None." } } @else { (parts::code("Response body", &self.body())) }
            h2 { "Headers" }
            (parts::code("Response headers", &headers.join("\n")))
            h2 { "As curl" }
            (parts::copyable("The call as a curl command", &self.curl))
            h2 { "Send it again" }
            (self.again(visit, back))
            p { a href=(back) { "Back to the Explorer" } }
        }
    }

    /// A form with the call as the user wrote it, because the link back to the Explorer shows the example again.
    fn again(&self, visit: &Visit<'_>, back: &str) -> Markup {
        let form = &visit.form;
        html! {
            form.try method="post" action="/try" {
                (form_token(visit))
                input type="hidden" name="method" value=(self.method.as_str());
                input type="hidden" name="back" value=(back);
                label for="again-url" { "URL" }
                input.exact type="text" id="again-url" name="url" value=(self.url) autocomplete="off" spellcheck="false";
                @if let Some(body) = form.find("body") {
                    label for="again-body" { "Body" }
                    textarea id="again-body" name="body" rows=(body.lines().count().clamp(3, 18)) spellcheck="false" { (body) }
                }
                div.send { button type="submit" { "Send again" } }
            }
        }
    }
}

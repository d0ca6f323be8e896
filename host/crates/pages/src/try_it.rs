//! A call tried out: what the form says goes to the API, and what the API answers is shown as it is.

use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use hyper::header::HeaderValue;
use maud::{Markup, html};
use serde_json::json;
use tokio::time::Instant;

use super::client::{Refused, Reply};
use super::explain::status_line;
use super::layout::{Answer, page};
use super::parts;
use super::visit::Visit;
use api::docs::indented;

/// A call and its answer.
struct Tried {
    method: Method,
    url: String,
    reply: Reply,
    took: Duration,
    curl: String,
}

/// `POST /try`: for the script as JSON, else as a page.
pub(super) async fn call(visit: &Visit<'_>) -> Answer {
    let tried = tried(visit).await;
    let for_script = super::accepts_json(&visit.headers);
    match &tried {
        Ok(tried) if for_script => Answer::json(&tried.json()),
        Err(refused) if for_script => Answer::json(&json!({"message": refused.message})).with_status(refused.status),
        Ok(tried) => page(visit, "Tried out", &tried.markup(visit)),
        Err(refused) => visit.refused(refused),
    }
}

async fn tried(visit: &Visit<'_>) -> Result<Tried, Refused> {
    let form = &visit.form;
    let url = form.text("url").to_owned();
    // The paths of the API; nothing else of this server can be reached from here, and no other server.
    let is_api = ["/obp/", "/my/logins/", "/openapi.json"].iter().any(|start| url.starts_with(start));
    if !is_api {
        return Err(Refused::ours("The URL must be a path of the API, which begins with /obp/ or /my/logins/."));
    }
    let method = Method::from_bytes(form.text("method").as_bytes()).ok();
    let known = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
    let method = method.filter(|method| known.contains(method));
    let method = method.ok_or_else(|| Refused::ours("The method must be GET, POST, PUT or DELETE."))?;
    let has_body = matches!(method, Method::POST | Method::PUT);
    let body = if has_body { form.text("body").replace("\r\n", "\n") } else { String::new() };
    let login = form.find("direct_login").map(str::trim).filter(|header| !header.is_empty());
    let curl = curl(&visit.origin(), &method, &url, &body, login, visit.user.is_some());
    let begun = Instant::now();
    let reply = visit.api().send(method.clone(), &url, Bytes::from(body), login).await?;
    Ok(Tried { method, url, reply, took: begun.elapsed(), curl })
}

/// The call as a line for a shell. The token is not in it: it would end up in somebody's history.
pub(super) fn curl(
    origin: &str,
    method: &Method,
    url: &str,
    body: &str,
    direct_login: Option<&str>,
    signed_in: bool,
) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut parts = vec![match *method {
        Method::GET => format!("curl {}", quoted(&format!("{origin}{url}"))),
        _ => format!("curl -X {method} {}", quoted(&format!("{origin}{url}"))),
    }];
    match direct_login {
        Some(login) => parts.push(format!("-H {}", quoted(&format!("DirectLogin: {login}")))),
        None if signed_in => parts.push("-H \"DirectLogin: token=$TOKEN\"".to_owned()),
        None => {}
    }
    if !body.is_empty() {
        parts.push("-H 'Content-Type: application/json'".to_owned());
        parts.push(format!("--data-raw {}", quoted(body)));
    }
    parts.join(" \\\n  ")
}

impl Tried {
    fn headers(&self) -> Vec<(String, String)> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.reply.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    fn body(&self) -> String {
        indented(&String::from_utf8_lossy(&self.reply.body))
    }

    fn took(&self) -> String {
        format!("{:.1} ms", self.took.as_secs_f64() * 1000.0)
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "status": self.reply.status.as_u16(),
            "line": status_line(self.reply.status.as_u16()),
            "took": self.took(),
            "headers": self.headers(),
            "body": self.body(),
            "curl": self.curl,
        })
    }

    fn markup(&self, visit: &Visit<'_>) -> Markup {
        let good = self.reply.status.is_success();
        let refused = Refused { status: self.reply.status, message: self.message() };
        let back = visit.form.text("back");
        let back = if back.starts_with("/?") || back.starts_with("/#") { back } else { "/" };
        let headers: Vec<_> = self.headers().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        html! {
            h1 { (parts::verb(self.method.as_str())) " " code.url { (self.url) } }
            p.outcome { span class={ "state " (if good { "good" } else { "bad" }) } { (status_line(self.reply.status.as_u16())) }
                " " span.muted { "in " (self.took()) } }
            @if !good && !refused.message.is_empty() { (parts::refusal(&refused)) }
            h2 { "Body" }
            @if self.reply.body.is_empty() { p.empty { "None." } } @else { (parts::code("Body of the answer", &self.body())) }
            h2 { "Headers" }
            (parts::code("Headers of the answer", &headers.join("\n")))
            h2 { "As curl" }
            (parts::copyable("The call as a curl line", &self.curl))
            p { a href=(back) { "Back to the Explorer" } }
        }
    }

    fn message(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.reply.body).unwrap_or_default();
        super::client::text(&json, "message").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curl_line_is_one_word_a_value_whatever_it_holds() {
        let line = curl("http://h", &Method::PUT, "/obp/x?a=b&c='d'", "{\"a\":\n\"it's\"}", None, true);
        let expected = "curl -X PUT 'http://h/obp/x?a=b&c='\\''d'\\''' \\\n  -H \"DirectLogin: token=$TOKEN\" \\\n  \
            -H 'Content-Type: application/json' \\\n  --data-raw '{\"a\":\n\"it'\\''s\"}'";
        assert_eq!(line, expected);
        assert_eq!(curl("http://h", &Method::GET, "/obp/x", "", None, false), "curl 'http://h/obp/x'");
        let login = curl("http://h", &Method::POST, "/my/logins/direct", "", Some("username=\"a\""), true);
        assert_eq!(login, "curl -X POST 'http://h/my/logins/direct' \\\n  -H 'DirectLogin: username=\"a\"'");
    }
}

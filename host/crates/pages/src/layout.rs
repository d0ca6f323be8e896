//! What all pages look like, and what their answers carry.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON, SCRIPT, STYLE};
use super::form::link;
use super::visit::Visit;

/// Everything from this server, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a page answers.
pub(super) struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: String,
    location: Option<String>,
    cookie: Option<String>,
}

impl Answer {
    /// After a form: the page to go on with.
    pub(super) fn see(path: String) -> Self {
        Self {
            status: StatusCode::SEE_OTHER,
            content_type: "text/html;charset=utf-8",
            body: String::new(),
            location: Some(path),
            cookie: None,
        }
    }

    /// For the script.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        Self { content_type: "application/json;charset=utf-8", body: value.to_string(), ..Self::html(String::new()) }
    }

    fn html(body: String) -> Self {
        Self { status: StatusCode::OK, content_type: "text/html;charset=utf-8", body, location: None, cookie: None }
    }

    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn with_cookie(self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    /// With the headers that every page carries.
    pub(super) fn into_response(self, visit: &Visit<'_>) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        guard(headers);
        if let Some(location) = self.location.and_then(|path| HeaderValue::try_from(path).ok()) {
            headers.insert(header::LOCATION, location);
        }
        // The handler's own cookie comes last: of two for one name, browsers keep that.
        for cookie in visit.cookies.iter().cloned().chain(self.cookie) {
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                headers.append(header::SET_COOKIE, cookie);
            }
        }
        response
    }
}

/// What a browser must not do with a page.
fn guard(headers: &mut header::HeaderMap) {
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::VARY, "Cookie"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A page has no such method.
pub(super) fn other_method(allowed: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"This page has other methods.\n")));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
    guard(headers);
    response
}

/// A page of ordinary width.
pub(super) fn page(visit: &Visit<'_>, title: &str, body: &Markup) -> Answer {
    framed(visit, title, &html! { main.page #content tabindex="-1" { (body) } })
}

/// A page; `main` brings its own landmarks.
pub(super) fn framed(visit: &Visit<'_>, title: &str, main: &Markup) -> Answer {
    let organisation = &visit.pages.settings.organisation;
    let owner = if organisation.is_empty() { "Open Bank Project" } else { organisation };
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // Without a referrer browsers do not say either where a form comes from. No other host is told.
                meta name="referrer" content="same-origin";
                title { (title) " · API Explorer" }
                link rel="icon" type="image/svg+xml" href=(ICON.url());
                link rel="stylesheet" href=(STYLE.url());
                script src=(SCRIPT.url()) defer {}
            }
            body {
                a.skip href="#content" { "Skip to content" }
                header.top {
                    a.brand href="/" { span.mark aria-hidden="true" {} span { "API Explorer" } }
                    (navigation(visit))
                    (who(visit))
                }
                (main)
                footer.bottom {
                    p { (owner) " · OBP v3.1.0" }
                    p {
                        a href="/obp/v3.1.0/resource-docs/v3.1.0/obp" { "Resource docs" } " · "
                        a href="/obp/v3.1.0/resource-docs/v3.1.0/swagger" { "Swagger" } " · "
                        a href="/openapi.json" { "OpenAPI" } " · "
                        a href="/explain" { "Errors explained" }
                    }
                }
            }
        }
    };
    Answer::html(markup.into_string())
}

fn navigation(visit: &Visit<'_>) -> Markup {
    let signed_in = visit.user.is_some();
    let places = [
        ("/", "Explorer", true),
        ("/kyc", "KYC file", true),
        ("/meetings", "Meetings", true),
        ("/applications", "Applications", true),
        ("/roles", "Roles", true),
        ("/administration", "Administration", signed_in && super::administration::may(visit)),
    ];
    let is_here = |path: &str| visit.path == path || (path != "/" && visit.path.starts_with(&format!("{path}/")));
    html! {
        nav.main aria-label="Pages" {
            @for (path, name, _) in places.iter().filter(|(_, _, shown)| *shown) {
                a href=(path) aria-current=[is_here(path).then_some("page")] { (name) }
            }
        }
    }
}

fn who(visit: &Visit<'_>) -> Markup {
    html! {
        div.who {
            @if let Some(user) = &visit.user {
                span.name { span.unseen { "Signed in as " } (user.username) }
                (visit.form("/sign-out", &html! { button.quiet type="submit" { "Sign out" } }))
            } @else {
                a href=(link("/sign-in", &[("next", next(visit))])) { "Sign in" }
                a.button.small href="/sign-up" { "Create a user" }
            }
        }
    }
}

/// Where signing in leads back to.
fn next<'a>(visit: &'a Visit<'_>) -> &'a str {
    match visit.path.as_str() {
        "/" | "/sign-in" | "/sign-up" | "/sign-out" | "/try" => "",
        path => path,
    }
}

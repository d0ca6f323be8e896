//! One request to a page: what it says, who is signed in, and the API for them.

use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::header::HeaderMap;
use hyper::{Method, Request, StatusCode};
use maud::{Markup, html};
use serde_json::Value;

use super::client::{self, Client, Refused};
use super::form::Form;
use super::layout::{self, Answer};
use super::session::{Session, is_of_this_machine, is_same_origin};
use super::{Pages, parts};
use api::Incoming;

/// Forms hold JSON, which takes up to three times its bytes in one.
const FORM_BYTES_A_BODY_BYTE: usize = 3;
/// What is in a form beside the body of a call.
const FORM_BYTES_BESIDE: usize = 16 << 10;

/// Who is signed in, as the API says.
#[derive(Debug)]
pub(super) struct User {
    pub(super) user_id: String,
    pub(super) username: String,
    pub(super) super_admin: bool,
    /// Role and bank; no bank for a system role.
    pub(super) roles: Vec<(String, String)>,
}

/// A request to a page.
pub(super) struct Visit<'a> {
    pub(super) pages: &'a Pages,
    /// The path, without its query.
    pub(super) path: String,
    pub(super) query: Form,
    /// What a form says; empty for a GET.
    pub(super) form: Form,
    pub(super) headers: HeaderMap,
    /// The server, as the browser calls it.
    authority: String,
    pub(super) session: Session,
    pub(super) user: Option<User>,
    /// Why it could not be found out who is signed in, if the API could not say now.
    pub(super) unknown: Option<Refused>,
    /// Set-Cookie, if forms had nothing to be bound to or the session is over.
    pub(super) cookies: Vec<String>,
}

impl<'a> Visit<'a> {
    /// Reads the request. A POST must come from a page of ours.
    pub(super) async fn begin<B: Incoming>(pages: &'a Pages, request: Request<B>) -> Result<Self, (Self, Refused)> {
        let (head, body) = request.into_parts();
        let authority = head.uri.authority().map(|authority| authority.as_str().to_owned());
        let same_origin = is_same_origin(&head.headers, authority.as_deref());
        let mut visit = Self::only_reading(pages, head.headers).await;
        head.uri.path().clone_into(&mut visit.path);
        visit.query = Form::read(head.uri.query().unwrap_or_default());
        if let Some(authority) = authority {
            visit.authority = authority;
        }
        let settings = &pages.settings;
        if settings.loopback_only && !is_of_this_machine(&visit.authority, &settings.hostname) {
            return Err((visit, Refused::ours(OTHER_NAME).with_status(StatusCode::FORBIDDEN)));
        }
        if let Some(unknown) = visit.unknown.take() {
            return Err((visit, unknown));
        }
        if head.method != Method::POST {
            return Ok(visit);
        }
        if !same_origin {
            return Err((visit, Refused::ours(NOT_OURS).with_status(StatusCode::FORBIDDEN)));
        }
        match read_form(pages, body).await {
            Ok(form) => visit.form = form,
            Err(refused) => return Err((visit, refused)),
        }
        if !visit.session.is_of_form(visit.form.raw("form_token")) {
            return Err((visit, Refused::ours(OUTDATED).with_status(StatusCode::FORBIDDEN)));
        }
        Ok(visit)
    }

    /// A request of which the headers are known.
    pub(super) async fn only_reading(pages: &'a Pages, headers: HeaderMap) -> Self {
        let mut session = Session::of(&headers, pages.settings.tls);
        let mut cookies = Vec::new();
        let (user, unknown) = match &session.token {
            Some(token) => match user(pages, token).await {
                Ok(user) => (Some(user), None),
                // Expired, signed out elsewhere, or of an application that was switched off.
                Err(refused) if refused.status == StatusCode::UNAUTHORIZED => (None, None),
                Err(refused) => (None, Some(refused)),
            },
            None => (None, None),
        };
        if session.token.is_some() && user.is_none() && unknown.is_none() {
            cookies.push(session.end());
            session.token = None;
        }
        cookies.extend(session.bind_forms(pages.settings.ambient()).ok().flatten());
        let host = headers.get(hyper::header::HOST).and_then(|host| host.to_str().ok());
        let authority = host.unwrap_or("localhost").to_owned();
        let (query, form) = (Form::default(), Form::default());
        Self { pages, path: String::new(), query, form, headers, authority, session, user, unknown, cookies }
    }

    /// The API, for who is signed in.
    pub(super) fn api(&self) -> Client<'_> {
        self.pages.client(self.session.token.as_deref())
    }

    /// The server's own URL, as the browser writes it.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.pages.settings.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// Whether who is signed in holds one of these roles, wherever.
    pub(super) fn holds(&self, roles: &[&str]) -> bool {
        self.user.as_ref().is_some_and(|user| user.roles.iter().any(|(role, _)| roles.contains(&role.as_str())))
    }

    /// A form that posts there.
    pub(super) fn form(&self, action: &str, fields: &Markup) -> Markup {
        html! {
            form method="post" action=(action) {
                (self.form_token())
                (fields)
            }
        }
    }

    /// What every form carries.
    pub(super) fn form_token(&self) -> Markup {
        html! { input type="hidden" name="form_token" value=(self.session.form_token().unwrap_or_default()); }
    }

    /// A page that says why not, where there is no other to say it on.
    pub(super) fn refused(&self, refused: &Refused) -> Answer {
        let title = match refused.status {
            StatusCode::NOT_FOUND => "Nothing here",
            StatusCode::FORBIDDEN => "Not taken",
            _ => "That did not work",
        };
        let body = html! {
            h1 { (title) }
            (parts::refusal(refused))
            p { a href="/" { "Back to the Explorer" } }
        };
        layout::page(self, title, &body).with_status(refused.status)
    }

    /// The page for who has to sign in first.
    pub(super) fn sign_in_first(&self, title: &str, why: &str) -> Answer {
        let target = super::form::link("/sign-in", &[("next", &self.path)]);
        let body = html! {
            h1 { (title) }
            p.lead { (why) }
            p { a.button href=(target) { "Sign in" } " " a href="/sign-up" { "or create a user" } }
        };
        layout::page(self, title, &body)
    }
}

/// The role that the caller's own entitlements end with, if the operator has named the caller as super admin.
const SUPER_ADMIN: &str = "SuperAdmin";

const OTHER_NAME: &str = "This server is for its own machine only, and was called by a name that is not that machine's: another site may have sent \
    the browser here. Open it as localhost; or name it by the setting `hostname`, where a proxy stands before it.";
const NOT_OURS: &str = "This was not sent by a page of this server, so nothing was done.";
const OUTDATED: &str =
    "This form is of another session, so nothing was done. Go back, load the page again and send it once more.";

async fn user(pages: &Pages, token: &str) -> Result<User, Refused> {
    let client = pages.client(Some(token));
    let user = client.get(&client::path(&["users", "current"])).await?;
    let entitlements = client.get(&client::path(&["my", "entitlements"])).await?;
    let role = |role: &Value| (client::text(role, "role_name").to_owned(), client::text(role, "bank_id").to_owned());
    let mut roles: Vec<_> = client::list(&entitlements, "list").iter().map(role).collect();
    let super_admin = roles.pop_if(|(role, _)| role == SUPER_ADMIN).is_some();
    Ok(User {
        user_id: client::text(&user, "user_id").to_owned(),
        username: client::text(&user, "username").to_owned(),
        super_admin,
        roles,
    })
}

async fn read_form<B: Incoming>(pages: &Pages, body: B) -> Result<Form, Refused> {
    let limits = &pages.settings;
    let max = limits.body_bytes_max.saturating_mul(FORM_BYTES_A_BODY_BYTE).saturating_add(FORM_BYTES_BESIDE);
    let read = tokio::time::timeout(Duration::from_millis(limits.body_read_ms_max), Limited::new(body, max).collect());
    let too_slow = || Refused::ours("The form did not arrive in time.").with_status(StatusCode::REQUEST_TIMEOUT);
    let too_large = || Refused::ours("The form is too large.").with_status(StatusCode::PAYLOAD_TOO_LARGE);
    let read = read.await.map_err(|_| too_slow())?.map_err(|_| too_large())?;
    Ok(Form::read(&String::from_utf8_lossy(&read.to_bytes())))
}

//! One request to a page: its query and form, its session, and the signed-in user.

use std::net::IpAddr;
use std::time::Duration;

use api::{Incoming, canonical_path, content_coding};
use http_body_util::{BodyExt as _, Limited};
use hyper::header::{HOST, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};

use crate::client::ApiClient;
use crate::form::{Form, link, shortened, shortened_next};
use crate::origin::{has_authority, is_of_this_machine, is_same_origin};
use crate::refusal::PageRefusal;
use crate::session::CookieSession;
use crate::settings::Settings;
use crate::user::SignedInUser;

/// Bytes of a form for each byte of a call's body: a percent-encoded byte takes three.
const FORM_BYTES_PER_BODY_BYTE: usize = 3;
/// Bytes of a form's other fields.
const FORM_BYTES_BESIDE_BODY: usize = 16 << 10;

const OTHER_NAME: &str = "This server accepts requests only by the names of its own machine, because another site may have sent \
    your browser here. Open the page as localhost. If a proxy stands before the server, set `public_url` to the proxy's URL.";
const OTHER_ORIGIN: &str = "This form was not sent by a page of this server. Nothing was changed.";
const OTHER_SESSION: &str =
    "This form belongs to another session. Nothing was changed. Go back, reload the page and send the form again.";

/// A request to a page, whose form has arrived.
pub(crate) struct PageRequest {
    head: Parts,
    authority: Option<String>,
    /// `None` if the form is of another origin and was not read.
    form: Option<Result<Form, PageRefusal>>,
}

/// A request to a page.
pub(crate) struct Visit<'a> {
    api: &'a api::Service,
    pub(crate) settings: &'a Settings,
    /// The path, without its query.
    pub(crate) path: String,
    /// Whether a form was sent.
    is_post: bool,
    pub(crate) query: Form,
    /// The fields of a form; empty for a GET.
    pub(crate) form: Form,
    pub(crate) headers: HeaderMap,
    /// The browser's address, if the server knows it.
    peer: Option<IpAddr>,
    /// The server's name and port, as the browser calls it.
    authority: String,
    pub(crate) session: CookieSession,
    pub(crate) user: Option<SignedInUser>,
    /// Set if the API could not say which user is signed in.
    user_unknown: Option<PageRefusal>,
    /// Values of `Set-Cookie`: a new visitor's cookie, or the end of a session.
    pub(crate) cookies: Vec<String>,
}

impl PageRequest {
    pub(crate) async fn read<B: Incoming>(settings: &Settings, request: Request<B>) -> Self {
        let (head, body) = request.into_parts();
        let authority = head.uri.authority().map(|authority| authority.as_str().to_owned());
        let same_origin = is_same_origin(&head.headers, settings.public_url.as_ref(), authority.as_deref());
        let form = match head.method {
            Method::POST if !same_origin => None,
            Method::POST => Some(read_form(settings, &head.headers, body).await),
            _ => Some(Ok(Form::default())),
        };
        Self { head, authority, form }
    }
}

impl<'a> Visit<'a> {
    /// Begins the visit of a request. A refusal comes with the visit, because its page shows who is signed in.
    pub(crate) async fn begin(
        api: &'a api::Service,
        settings: &'a Settings,
        request: PageRequest,
    ) -> Result<Self, (Self, PageRefusal)> {
        let PageRequest { head, authority, form } = request;
        let mut visit = Self::from_headers(api, settings, head.headers).await;
        visit.peer = head.extensions.get().copied();
        visit.is_post = head.method == Method::POST;
        shortened(canonical_path(head.uri.path())).clone_into(&mut visit.path);
        visit.query = Form::of_query(head.uri.query().unwrap_or_default());
        if let Some(authority) = authority {
            visit.authority = known_authority(&authority);
        }
        match visit.admit(&head.method, form) {
            Ok(form) => Ok(Self { form, ..visit }),
            Err(refusal) => Err((visit, refusal)),
        }
    }

    /// A visit of which only the headers are read.
    pub(crate) async fn from_headers(api: &'a api::Service, settings: &'a Settings, headers: HeaderMap) -> Self {
        let mut session = CookieSession::read(&headers, settings.is_secure());
        let mut cookies = Vec::new();
        let (user, user_unknown) = match &session.token {
            Some(token) => match SignedInUser::read(ApiClient::new(api, Some(token), None)).await {
                Ok(user) => (Some(user), None),
                // The token has expired, was revoked, or its application was switched off.
                Err(refusal) if refusal.status == StatusCode::UNAUTHORIZED => (None, None),
                Err(refusal) => (None, Some(refusal)),
            },
            None => (None, None),
        };
        if session.token.is_some() && user.is_none() && user_unknown.is_none() {
            cookies.push(session.end());
            session.token = None;
        }
        cookies.extend(session.bind_forms(&settings.ambient).ok().flatten());
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = known_authority(host.unwrap_or("localhost"));
        let (path, is_post, query, form) = (String::new(), false, Form::default(), Form::default());
        Self {
            api,
            settings,
            path,
            is_post,
            query,
            form,
            headers,
            peer: None,
            authority,
            session,
            user,
            user_unknown,
            cookies,
        }
    }

    /// The form of a request that the pages accept; empty for a GET.
    fn admit(&mut self, method: &Method, form: Option<Result<Form, PageRefusal>>) -> Result<Form, PageRefusal> {
        let forbidden = |message| Err(PageRefusal::new(StatusCode::FORBIDDEN, message));
        let is_public = self.settings.public_url.as_ref().is_some_and(|url| has_authority(url, &self.authority));
        let is_known = is_public || is_of_this_machine(&self.authority, &self.settings.hostname);
        if self.settings.loopback_only && !is_known {
            return forbidden(OTHER_NAME);
        }
        if let Some(refusal) = self.user_unknown.take() {
            return Err(refusal);
        }
        let Some(form) = form else { return forbidden(OTHER_ORIGIN) };
        let form = form?;
        if *method == Method::POST && !self.session.accepts(form.raw("form_token")) {
            return forbidden(OTHER_SESSION);
        }
        Ok(form)
    }

    /// The API, called as the signed-in user.
    pub(crate) fn client(&self) -> ApiClient<'_> {
        ApiClient::new(self.api, self.session.token.as_deref(), self.peer)
    }

    /// The API, called without a login.
    pub(crate) fn anonymous_client(&self) -> ApiClient<'_> {
        ApiClient::new(self.api, None, self.peer)
    }

    /// The page to come back to after signing in, with its query: this one, or the page of the form that was sent. Empty for
    /// the start page.
    pub(crate) fn place(&self) -> String {
        let place = match self.path.as_str() {
            "/sign-in" | "/sign-up" | "/sign-out" | "/try" => {
                let form = if self.is_post { &self.form } else { &self.query };
                shortened_next(form.text("next")).to_owned()
            }
            path if self.is_post => {
                let page = path.split('/').nth(1).unwrap_or_default();
                let chosen = ["bank_id", "customer_id", "username"].map(|name| (name, shortened(self.form.text(name))));
                link(&format!("/{page}"), &chosen)
            }
            path => format!("{path}{}", self.query.as_query()),
        };
        if place == "/" { String::new() } else { place }
    }

    /// The link to the page to sign in at, which leads back here.
    pub(crate) fn sign_in_link(&self) -> String {
        link("/sign-in", &[("next", &self.place())])
    }

    /// The link to the page to sign up at, which leads back here.
    pub(crate) fn sign_up_link(&self) -> String {
        link("/sign-up", &[("next", &self.place())])
    }

    /// Whether a form has just saved the record of that kind and id.
    pub(crate) fn has_saved(&self, kind: &str, id: &str) -> bool {
        self.query.text("done") == kind && self.query.text("id") == id
    }

    /// The server's own URL, as the browser writes it.
    pub(crate) fn origin(&self) -> String {
        match &self.settings.public_url {
            Some(url) => url.to_string(),
            None => format!("{}://{}", if self.settings.tls { "https" } else { "http" }, self.authority),
        }
    }
}

/// The name by which the browser calls the server. No name that is longer than a link may be is one of this server.
fn known_authority(authority: &str) -> String {
    if shortened(authority).len() < authority.len() { String::new() } else { authority.to_owned() }
}

async fn read_form<B: Incoming>(settings: &Settings, headers: &HeaderMap, body: B) -> Result<Form, PageRefusal> {
    if content_coding(headers).is_some() {
        let message = "The form must be sent without a Content-Encoding.";
        return Err(PageRefusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let max = settings.body_bytes_max.saturating_mul(FORM_BYTES_PER_BODY_BYTE).saturating_add(FORM_BYTES_BESIDE_BODY);
    let time = Duration::from_millis(settings.body_read_ms_max);
    let read = tokio::time::timeout(time, Limited::new(body, max).collect()).await;
    let read = read.map_err(|_| PageRefusal::new(StatusCode::REQUEST_TIMEOUT, "The form did not arrive in time."))?;
    let read = read.map_err(|_| PageRefusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large."))?;
    Ok(Form::read(&String::from_utf8_lossy(&read.to_bytes())))
}

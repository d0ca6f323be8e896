//! The pages to sign in, sign out and sign up.

use api::{Credentials, Token};
use bindings::users_types::{UserDetails, UserDraft};
use guest::users::{USERNAME_CHARS_MAX, USERNAME_SPECIAL_CHARS};
use hyper::StatusCode;
use maud::html;

use crate::form::{link, shortened};
use crate::inputs::{self, InputField};
use crate::layout::page;
use crate::password::new_password;
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::sent::{SentForm, with_refusal};
use crate::visit::Visit;

/// `GET /sign-in`.
pub(crate) async fn sign_in_form(visit: &Visit<'_>) -> PageResponse {
    sign_in_page(visit, visit.query.text("username"), None)
}

/// `POST /sign-in`: a DirectLogin with the key of the pages' own application.
pub(crate) async fn sign_in(visit: &Visit<'_>) -> PageResponse {
    let (username, next) = (visit.form.text("username"), visit.form.text("next"));
    match token(visit, username, visit.form.raw("password")).await {
        Ok(token) => PageResponse::redirect(own_path(next).to_owned()).with_cookie(visit.session.begin(&token)),
        Err(refusal) => sign_in_page(visit, shortened(username), Some(&refusal)).with_status(refusal.status),
    }
}

/// `POST /sign-out`: revokes the token.
pub(crate) async fn sign_out(visit: &Visit<'_>) -> PageResponse {
    if visit.session.token.is_some()
        && let Err(refusal) = visit.client().log_out().await
    {
        // The token still expires.
        tracing::warn!("a token could not be revoked: {}", refusal.message);
    }
    PageResponse::redirect("/".to_owned()).with_cookie(visit.session.end())
}

/// `GET /sign-up`.
pub(crate) async fn sign_up_form(visit: &Visit<'_>) -> PageResponse {
    sign_up_page(visit, None)
}

/// `POST /sign-up`: createUser, then directLogin.
pub(crate) async fn sign_up(visit: &Visit<'_>) -> PageResponse {
    let form = &visit.form;
    let (username, password) = (form.text("username"), form.raw("password"));
    let draft = UserDraft {
        email: form.owned("email"),
        username: username.to_owned(),
        password: password.to_owned(),
        first_name: form.owned("first_name"),
        last_name: form.owned("last_name"),
    };
    if let Err(refusal) = visit.client().post::<UserDetails>(&["users"], &draft).await {
        return sign_up_page(visit, Some(&refusal)).with_status(refusal.status);
    }
    let next = form.text("next");
    let place = if next.is_empty() { link("/", &[("done", "user")]) } else { own_path(next).to_owned() };
    match token(visit, username, password).await {
        Ok(token) => PageResponse::redirect(place).with_cookie(visit.session.begin(&token)),
        Err(_) => PageResponse::redirect(link("/sign-in", &[("username", username), ("next", next)])),
    }
}

/// A new token of that user, under all rules of a login over the API: locks, limits, messages.
async fn token(visit: &Visit<'_>, username: &str, password: &str) -> Result<String, PageRefusal> {
    let consumer_key = (visit.settings.consumer_key)().await.map_err(|_| {
        let message = "The consumer key of the pages is not available. Please try again.";
        PageRefusal::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    let credentials = Credentials { username: username.to_owned(), password: password.to_owned(), consumer_key };
    visit.anonymous_client().log_in(credentials).await.map(|Token { token }| token)
}

/// The path to continue at: a path of this server, never a URL of another.
fn own_path(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if is_path && next.is_ascii() { next } else { "/" }
}

fn sign_in_page(visit: &Visit<'_>, username: &str, refusal: Option<&PageRefusal>) -> PageResponse {
    let sent = SentForm::posted(visit, "/sign-in", refusal);
    let name = InputField::text("username", "User name", username).autocompleted_as("username").with_sent(sent);
    let password = InputField::text("password", "Password", "").of_kind("password");
    let fields = html! {
        input type="hidden" name="next" value=(visit.place());
        (name.markup("in"))
        (password.autocompleted_as("current-password").with_sent(sent).markup("in"))
        button type="submit" { "Sign in" }
    };
    let rest = html! {
        (inputs::form(visit, "/sign-in", &fields))
        p.beside { "New here? " a href=(visit.sign_up_link()) { "Sign up" } }
        p.beside { "Like other clients of the API, this page signs in by DirectLogin, with its own consumer key." }
    };
    page(visit, "Sign in", &html! { div.narrow { h1 { "Sign in" } (with_refusal(refusal, &rest)) } })
}

fn sign_up_page(visit: &Visit<'_>, refusal: Option<&PageRefusal>) -> PageResponse {
    let sent = SentForm::posted(visit, "/sign-up", refusal);
    let name = InputField::text("username", "User name", "").autocompleted_as("username");
    let hint =
        format!("Your e-mail address, or 1 to {USERNAME_CHARS_MAX} letters, digits and {USERNAME_SPECIAL_CHARS}");
    let name = name.with_hint(&hint);
    let email = InputField::text("email", "E-mail", "").of_kind("email").autocompleted_as("email");
    let first = InputField::text("first_name", "First name", "").autocompleted_as("given-name").optional();
    let last = InputField::text("last_name", "Last name", "").autocompleted_as("family-name").optional();
    let fields = html! {
        input type="hidden" name="next" value=(visit.place());
        (name.with_sent(sent).markup("up"))
        (email.with_sent(sent).markup("up"))
        div.pair { (first.with_sent(sent).markup("up")) (last.with_sent(sent).markup("up")) }
        (new_password("up", "password", "Password", sent))
        button type="submit" { "Sign up" }
    };
    let rest = html! {
        (inputs::form(visit, "/sign-up", &fields))
        p.beside { "Already signed up? " a href=(visit.sign_in_link()) { "Sign in" } }
    };
    page(visit, "Sign up", &html! { div.narrow { h1 { "Sign up" } (with_refusal(refusal, &rest)) } })
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn signing_in_continues_on_this_server_only() {
        for (next, path) in [
            ("/roles", "/roles"),
            ("/kyc?bank_id=b", "/kyc?bank_id=b"),
            ("/?tags=Bank#OBPv2_2_0-createBank", "/?tags=Bank#OBPv2_2_0-createBank"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(own_path(next), path, "{next}");
        }
    }
}

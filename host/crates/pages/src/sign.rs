//! Sign in, sign out, create a user.

use hyper::StatusCode;
use maud::{Markup, html};
use serde_json::json;

use super::client::{self, Refused};
use super::form::link;
use super::layout::{Answer, page};
use super::parts::{self, Field};
use super::visit::Visit;
use api::Credentials;

/// `GET /sign-in`.
pub(super) async fn in_form(visit: &Visit<'_>) -> Answer {
    sign_in_page(visit, visit.query.text("username"), visit.query.text("next"), None)
}

/// `POST /sign-in`: a DirectLogin with the key of the pages' own application.
pub(super) async fn sign_in(visit: &Visit<'_>) -> Answer {
    let (username, next) = (visit.form.text("username"), visit.form.text("next"));
    match token(visit, username, visit.form.raw("password")).await {
        Ok(token) => Answer::see(own_path(next).to_owned()).with_cookie(visit.session.begin(&token)),
        Err(refused) => sign_in_page(visit, username, next, Some(&refused)).with_status(refused.status),
    }
}

/// `POST /sign-out`: the token is good for nothing afterwards.
pub(super) async fn sign_out(visit: &Visit<'_>) -> Answer {
    if visit.session.token.is_some()
        && let Err(refused) = visit.api().delete("/my/logins/direct").await
    {
        // The token expires by itself.
        tracing::warn!("a token could not be revoked: {}", refused.message);
    }
    Answer::see("/".to_owned()).with_cookie(visit.session.end())
}

/// `GET /sign-up`.
pub(super) async fn up_form(visit: &Visit<'_>) -> Answer {
    sign_up_page(visit, None)
}

/// `POST /sign-up`: createUser, and then signs in.
pub(super) async fn sign_up(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let (username, password) = (form.text("username"), form.raw("password"));
    let draft = json!({
        "email": form.text("email"),
        "username": username,
        "password": password,
        "first_name": form.text("first_name"),
        "last_name": form.text("last_name"),
    });
    if let Err(refused) = visit.api().post(&client::path(&["users"]), &draft).await {
        return sign_up_page(visit, Some(&refused)).with_status(refused.status);
    }
    match token(visit, username, password).await {
        Ok(token) => Answer::see(link("/", &[("done", "user")])).with_cookie(visit.session.begin(&token)),
        Err(_) => Answer::see(link("/sign-in", &[("username", username)])),
    }
}

/// A new token of that user's, with every rule that a login over the API has: locks, limits, texts.
async fn token(visit: &Visit<'_>, username: &str, password: &str) -> Result<String, Refused> {
    let consumer_key = (visit.pages.settings.consumer_key)().await.map_err(|_| Refused {
        status: StatusCode::SERVICE_UNAVAILABLE,
        message: "The key of the pages' own application cannot be read. Please try again.".to_owned(),
    })?;
    let credentials = Credentials { username: username.to_owned(), password: password.to_owned(), consumer_key };
    visit.pages.client(None).log_in(credentials).await
}

/// Where to go on: a path of this server, never an address.
fn own_path(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if is_path && next.is_ascii() { next } else { "/" }
}

fn sign_in_page(visit: &Visit<'_>, username: &str, next: &str, refused: Option<&Refused>) -> Answer {
    let fields = html! {
        input type="hidden" name="next" value=(next);
        (Field::text("username", "User name", username).filled_in_as("username").markup("in"))
        (Field::text("password", "Password", "").of_kind("password").filled_in_as("current-password").markup("in"))
        button type="submit" { "Sign in" }
    };
    let body = html! {
        div.narrow {
            h1 { "Sign in" }
            @if let Some(refused) = refused { (parts::refusal(refused)) }
            (visit.form("/sign-in", &fields))
            p.beside { "New here? " a href="/sign-up" { "Create a user" } }
            p.beside { "The page signs in as the API's clients do, by DirectLogin, with the key of its own application." }
        }
    };
    page(visit, "Sign in", &body)
}

fn sign_up_page(visit: &Visit<'_>, refused: Option<&Refused>) -> Answer {
    let form = &visit.form;
    let name = Field::text("username", "User name", "").filled_in_as("username");
    let name = name.with_hint("Letters, digits, blanks and - . _ @; at most 64 characters.");
    let email = Field::text("email", "E-mail", "").of_kind("email").filled_in_as("email");
    let first = Field::text("first_name", "First name", "").filled_in_as("given-name").optional();
    let last = Field::text("last_name", "Last name", "").filled_in_as("family-name").optional();
    let fields = html! {
        (name.typed(form).markup("up"))
        (email.typed(form).markup("up"))
        div.pair { (first.typed(form).markup("up")) (last.typed(form).markup("up")) }
        div.field {
            label for="up-password" { "Password" }
            input type="password" id="up-password" name="password" required autocomplete="new-password"
                aria-describedby="up-password-rule" data-password-rule="up-password-rule";
            (password_rule())
        }
        button type="submit" { "Create user" }
    };
    let body = html! {
        div.narrow {
            h1 { "Create a user" }
            @if let Some(refused) = refused { (parts::refusal(refused)) }
            (visit.form("/sign-up", &fields))
            p.beside { "Have one already? " a href="/sign-in" { "Sign in" } }
        }
    };
    page(visit, "Create a user", &body)
}

/// What a password must be like, for people; whether it is, the API says. The script marks what holds while one types.
fn password_rule() -> Markup {
    html! {
        div.rule id="up-password-rule" {
            p { "Either longer than 16 characters" }
            ul { li data-rule="long" { "17 characters or more" } }
            p { "or at least 10, mixed:" }
            ul {
                li data-rule="ten" { "10 characters or more" }
                li data-rule="upper" { "an upper case letter" }
                li data-rule="lower" { "a lower case letter" }
                li data-rule="digit" { "a digit" }
                li data-rule="special" { "a special character, such as ! or -, and no blank, bracket or accent" }
            }
            p.verdict data-verdict="" aria-live="polite" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn signing_in_leads_to_no_other_server() {
        for (next, path) in [
            ("/roles", "/roles"),
            ("/kyc?bank_id=b", "/kyc?bank_id=b"),
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

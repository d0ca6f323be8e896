//! The page to change one's password, and the input for a new password with its rule.

use api::PasswordChange;
use guest::passwords::{PASSWORD_LONG_CHARS_MIN, PASSWORD_SHORT_CHARS_MIN};
use maud::{Markup, html};

use crate::form::link;
use crate::inputs::{self, InputField, described_by};
use crate::layout::{page, sign_in_first};
use crate::parts;
use crate::refusal::PageRefusal;
use crate::response::PageResponse;
use crate::sent::{SentForm, field_error, with_refusal};
use crate::visit::Visit;

const PATH: &str = "/password";
const TITLE: &str = "Change password";

/// `GET /password`.
pub(crate) async fn show(visit: &Visit<'_>) -> PageResponse {
    password_page(visit, None)
}

/// `POST /password`: changeMyPassword. The session stays, all other tokens of the user are revoked.
pub(crate) async fn change(visit: &Visit<'_>) -> PageResponse {
    let change = PasswordChange {
        current_password: visit.form.raw("current_password").to_owned(),
        new_password: visit.form.raw("new_password").to_owned(),
    };
    match visit.client().put(&["my", "password"], &change).await {
        Ok(()) => PageResponse::redirect(link(PATH, &[("done", "password")])),
        Err(refusal) => password_page(visit, Some(&refusal)).with_status(refusal.status),
    }
}

fn password_page(visit: &Visit<'_>, refusal: Option<&PageRefusal>) -> PageResponse {
    let Some(user) = &visit.user else {
        return sign_in_first(visit, TITLE, "Sign in to change your password.");
    };
    let sent = SentForm::posted(visit, PATH, refusal);
    let current = InputField::text("current_password", "Current password", "").of_kind("password");
    let fields = html! {
        // Password managers store the new password under this name.
        input type="hidden" name="username" value=(user.username) autocomplete="username";
        (current.autocompleted_as("current-password").with_sent(sent).markup("pw"))
        (new_password("pw", "new_password", "New password", sent))
        button type="submit" { "Change password" }
    };
    let rest = html! {
        (inputs::form(visit, PATH, &fields))
        p.beside { "All other sessions and tokens of yours will be signed out." }
    };
    let body = html! {
        div.narrow {
            h1 { (TITLE) }
            @if visit.query.text("done") == "password" {
                (parts::done("The password is changed. Other sessions and tokens of yours are signed out."))
            }
            (with_refusal(refusal, &rest))
        }
    };
    page(visit, TITLE, &body)
}

/// The input for a new password, with its rule and the refusal of a sent one.
pub(crate) fn new_password(within: &str, name: &str, label: &str, sent: SentForm<'_>) -> Markup {
    let id = format!("{within}-{name}");
    let (rule_id, error_id) = (format!("{id}-rule"), format!("{id}-error"));
    let error = sent.error(name);
    html! {
        div.field {
            label for=(id) { (label) }
            input type="password" id=(id) name=(name) required autocomplete="new-password" autofocus[error.is_some()]
                aria-invalid=[error.map(|_| "true")] data-password-rule=(rule_id)
                aria-describedby=[described_by(&[(true, &rule_id), (error.is_some(), &error_id)])];
            @if let Some(refusal) = error { (field_error(&error_id, refusal)) }
            (password_rule(&rule_id))
        }
    }
}

/// The rule for passwords, for readers; the API checks it. The script marks the met parts while the user types.
fn password_rule(id: &str) -> Markup {
    html! {
        div.rule id=(id) data-long-min=(PASSWORD_LONG_CHARS_MIN) data-short-min=(PASSWORD_SHORT_CHARS_MIN) {
            p { "Either more than " (PASSWORD_LONG_CHARS_MIN - 1) " characters" }
            ul { li data-rule="long" { (PASSWORD_LONG_CHARS_MIN) " characters or more" } }
            p { "or at least " (PASSWORD_SHORT_CHARS_MIN) ", mixed:" }
            ul {
                li data-rule="short" { (PASSWORD_SHORT_CHARS_MIN) " characters or more" }
                li data-rule="upper" { "an upper case letter" }
                li data-rule="lower" { "a lower case letter" }
                li data-rule="digit" { "a digit" }
                li data-rule="special" { "a special character, which is neither a letter nor a digit" }
            }
            p.verdict data-verdict="" aria-live="polite" {}
        }
    }
}

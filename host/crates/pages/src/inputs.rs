//! Forms and their inputs.

use bindings::banks_types::{Bank, Banks};
use maud::{Markup, html};

use crate::form::Form;
use crate::visit::Visit;

/// A choice: its value, and its label.
pub(crate) type Choice = (String, String);

/// A labelled input of a form.
pub(crate) struct InputField<'a> {
    pub(crate) name: &'a str,
    label: &'a str,
    /// The input's type in HTML.
    kind: &'a str,
    value: &'a str,
    hint: &'a str,
    required: bool,
    /// The value of `autocomplete`.
    autocomplete: &'a str,
    /// Suggestions for the value.
    suggestions: &'a [Choice],
}

impl<'a> InputField<'a> {
    /// A required line of text.
    pub(crate) fn text(name: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { name, label, kind: "text", value, hint: "", required: true, autocomplete: "off", suggestions: &[] }
    }

    /// A required date.
    pub(crate) fn date(name: &'a str, label: &'a str) -> Self {
        Self { kind: "date", ..Self::text(name, label, "") }
    }

    /// A required date with a time.
    pub(crate) fn time(name: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { kind: "datetime-local", ..Self::text(name, label, value) }
    }

    pub(crate) fn of_kind(self, kind: &'a str) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn with_hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(crate) fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    pub(crate) fn autocompleted_as(self, autocomplete: &'a str) -> Self {
        Self { autocomplete, ..self }
    }

    pub(crate) fn with_suggestions(self, suggestions: &'a [Choice]) -> Self {
        Self { suggestions, ..self }
    }

    /// Shows the value that the user sent, if any.
    pub(crate) fn with_sent(self, form: &'a Form) -> Self {
        let value = form.find(self.name).unwrap_or(self.value);
        Self { value, ..self }
    }

    /// Renders the field. `within` makes ids unique if fields of one name stand on one page.
    pub(crate) fn markup(&self, within: &str) -> Markup {
        let id = format!("{within}-{}", self.name);
        let (hint_id, list_id) = (format!("{id}-hint"), format!("{id}-list"));
        let is_time = self.kind == "datetime-local";
        html! {
            div.field {
                label for=(id) { (self.label) @if !self.required { " " span.optional { "optional" } } }
                input type=(self.kind) id=(id) name=(self.name) value=(self.value) required[self.required]
                    autocomplete=(self.autocomplete) step=[is_time.then_some("1")]
                    autocapitalize="off" spellcheck="false"
                    list=[(!self.suggestions.is_empty()).then_some(&list_id)]
                    aria-describedby=[(!self.hint.is_empty()).then_some(&hint_id)];
                @if !self.hint.is_empty() { p.hint id=(hint_id) { (self.hint) } }
                @if !self.suggestions.is_empty() {
                    datalist id=(list_id) { @for (value, label) in self.suggestions { option value=(value) { (label) } } }
                }
            }
        }
    }
}

/// A form that posts to that path.
pub(crate) fn form(visit: &Visit<'_>, action: &str, fields: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            (form_token(visit))
            (fields)
        }
    }
}

/// The hidden input that each form that posts must contain.
pub(crate) fn form_token(visit: &Visit<'_>) -> Markup {
    html! { input type="hidden" name="form_token" value=(visit.session.form_token().unwrap_or_default()); }
}

/// A drop-down list.
pub(crate) fn select(within: &str, name: &str, label: &str, choices: &[Choice], chosen: &str) -> Markup {
    let id = format!("{within}-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @for (value, text) in choices { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// The banks of this server, as choices. None if the API does not list them.
pub(crate) async fn bank_choices(visit: &Visit<'_>) -> Vec<Choice> {
    let Ok(Banks { banks }) = visit.client().get(&["banks"]).await else { return Vec::new() };
    let choice = |Bank { id, short_name, .. }: Bank| {
        let label = if short_name.is_empty() { id.clone() } else { format!("{short_name} ({id})") };
        (id, label)
    };
    banks.into_iter().map(choice).collect()
}

/// A drop-down list of banks, with an empty choice.
pub(crate) fn bank_select(within: &str, banks: &[Choice], chosen: &str) -> Markup {
    let none = if banks.is_empty() { "No bank yet" } else { "Choose a bank" };
    let mut choices = vec![(String::new(), none.to_owned())];
    choices.extend_from_slice(banks);
    if !chosen.is_empty() && banks.iter().all(|(id, _)| id != chosen) {
        choices.push((chosen.to_owned(), format!("{chosen} (unknown)")));
    }
    select(within, "bank_id", "Bank", &choices, chosen)
}

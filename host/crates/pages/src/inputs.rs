//! Forms and their inputs.

use bindings::banks_types::{Bank, Banks};
use maud::{Markup, html};

use crate::sent::{SentForm, field_error};
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
    /// The only possible values, if the input is a drop-down list.
    choices: Option<&'a [Choice]>,
    sent: SentForm<'a>,
}

impl<'a> InputField<'a> {
    /// A required line of text.
    pub(crate) fn text(name: &'a str, label: &'a str, value: &'a str) -> Self {
        let (kind, hint, autocomplete) = ("text", "", "off");
        let (suggestions, choices, sent) = (&[][..], None, SentForm::default());
        Self { name, label, kind, value, hint, required: true, autocomplete, suggestions, choices, sent }
    }

    /// A drop-down list.
    pub(crate) fn select(name: &'a str, label: &'a str, choices: &'a [Choice], chosen: &'a str) -> Self {
        Self { choices: Some(choices), ..Self::text(name, label, chosen) }
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

    /// Shows the value that the user sent, and the refusal if it is about this field. A password is not sent back.
    pub(crate) fn with_sent(self, sent: SentForm<'a>) -> Self {
        let value = if self.kind == "password" { None } else { sent.value(self.name) };
        Self { value: value.unwrap_or(self.value), sent, ..self }
    }

    /// Renders the field. `within` makes ids unique if fields of one name stand on one page.
    pub(crate) fn markup(&self, within: &str) -> Markup {
        let id = format!("{within}-{}", self.name);
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let error = self.sent.error(self.name);
        let described_by = described_by(&[(!self.hint.is_empty(), &hint_id), (error.is_some(), &error_id)]);
        html! {
            div.field {
                label for=(id) { (self.label) @if !self.required { " " span.optional { "optional" } } }
                @match self.choices {
                    Some(choices) => (self.drop_down(&id, choices, described_by.as_deref())),
                    None => (self.line(&id, described_by.as_deref())),
                }
                @if let Some(refusal) = error { (field_error(&error_id, refusal)) }
                @if !self.hint.is_empty() { p.hint id=(hint_id) { (self.hint) } }
            }
        }
    }

    fn drop_down(&self, id: &str, choices: &[Choice], described_by: Option<&str>) -> Markup {
        let invalid = self.sent.error(self.name).is_some();
        html! {
            select id=(id) name=(self.name) autofocus[invalid] aria-invalid=[invalid.then_some("true")]
                aria-describedby=[described_by] {
                @for (value, text) in choices { option value=(value) selected[value == self.value] { (text) } }
            }
        }
    }

    fn line(&self, id: &str, described_by: Option<&str>) -> Markup {
        let invalid = self.sent.error(self.name).is_some();
        let list_id = format!("{id}-list");
        html! {
            input type=(self.kind) id=(id) name=(self.name) value=(self.value) required[self.required]
                autocomplete=(self.autocomplete) step=[(self.kind == "datetime-local").then_some("1")]
                autocapitalize="off" spellcheck="false" autofocus[invalid] aria-invalid=[invalid.then_some("true")]
                list=[(!self.suggestions.is_empty()).then_some(&list_id)] aria-describedby=[described_by];
            @if !self.suggestions.is_empty() {
                datalist id=(list_id) { @for (value, label) in self.suggestions { option value=(value) { (label) } } }
            }
        }
    }
}

/// The value of `aria-describedby`: the ids of the texts that are there.
pub(crate) fn described_by(texts: &[(bool, &str)]) -> Option<String> {
    let ids: Vec<_> = texts.iter().filter(|(is_there, _)| *is_there).map(|(_, id)| *id).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A checkbox.
pub(crate) fn tick(within: &str, name: &str, label: &str, sent: SentForm<'_>) -> Markup {
    let id = format!("{within}-{name}");
    html! {
        div.tick {
            input type="checkbox" id=(id) name=(name) value="true" checked[sent.value(name).is_some()];
            label for=(id) { (label) }
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
pub(crate) fn bank_select(within: &str, banks: &[Choice], chosen: &str, sent: SentForm<'_>) -> Markup {
    let none = if banks.is_empty() { "No bank yet" } else { "Choose a bank" };
    let mut choices = vec![(String::new(), none.to_owned())];
    choices.extend_from_slice(banks);
    if !chosen.is_empty() && banks.iter().all(|(id, _)| id != chosen) {
        choices.push((chosen.to_owned(), format!("{chosen} (unknown)")));
    }
    InputField::select("bank_id", "Bank", &choices, chosen).with_sent(sent).markup(within)
}

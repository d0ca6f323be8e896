//! What pages are made of.

use maud::{Markup, PreEscaped, html};

use serde_json::Value;

use super::client::{self, Refused};
use super::form::Form;
use super::time::shown;
use super::visit::Visit;

/// A refusal as the API words it, with a link to what its code means.
pub(super) fn refusal(refused: &Refused) -> Markup {
    let (code, words) = refused.parts();
    html! {
        div.notice.bad role="alert" {
            p {
                @if let Some(code) = code { strong { (code) ":" } " " }
                (words)
            }
            @if let Some(code) = code {
                p.more { a href={ "/explain/" (code) } { "What " (code) " means, and what to do" } }
            }
        }
    }
}

/// A refusal, if there is one.
pub(super) fn refusal_of<T>(result: Result<&T, &Refused>) -> Markup {
    html! { @if let Err(refused) = result { (refusal(refused)) } }
}

/// Something went well.
pub(super) fn done(words: &str) -> Markup {
    html! { div.notice.good role="status" { p { (words) } } }
}

/// Something to know.
pub(super) fn hint(words: &Markup) -> Markup {
    html! { div.notice { (words) } }
}

/// A field of a form: its label, and what is known of it.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) hint: &'a str,
    pub(super) required: bool,
    /// What browsers may fill in.
    pub(super) autocomplete: &'a str,
    /// What may be chosen instead of typed.
    pub(super) choices: &'a [(String, String)],
}

impl<'a> Field<'a> {
    /// A required line of text.
    pub(super) fn text(name: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { name, label, kind: "text", value, hint: "", required: true, autocomplete: "off", choices: &[] }
    }

    pub(super) fn of_kind(self, kind: &'a str) -> Self {
        Self { kind, ..self }
    }

    pub(super) fn with_hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(super) fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    pub(super) fn filled_in_as(self, autocomplete: &'a str) -> Self {
        Self { autocomplete, ..self }
    }

    pub(super) fn with_choices(self, choices: &'a [(String, String)]) -> Self {
        Self { choices, ..self }
    }

    /// As it was typed before, if it was.
    pub(super) fn typed(self, form: &'a Form) -> Self {
        let value = form.find(self.name).unwrap_or(self.value);
        Self { value, ..self }
    }

    /// The field; `within` tells fields of one name on one page apart.
    pub(super) fn markup(&self, within: &str) -> Markup {
        let id = format!("{within}-{}", self.name);
        let (hint_id, list_id) = (format!("{id}-hint"), format!("{id}-list"));
        let is_time = self.kind == "datetime-local";
        html! {
            div.field {
                label for=(id) { (self.label) @if !self.required { " " span.optional { "optional" } } }
                input type=(self.kind) id=(id) name=(self.name) value=(self.value) required[self.required]
                    autocomplete=(self.autocomplete) step=[is_time.then_some("1")]
                    autocapitalize="off" spellcheck="false"
                    list=[(!self.choices.is_empty()).then_some(&list_id)]
                    aria-describedby=[(!self.hint.is_empty()).then_some(&hint_id)];
                @if !self.hint.is_empty() { p.hint id=(hint_id) { (self.hint) } }
                @if !self.choices.is_empty() {
                    datalist id=(list_id) { @for (value, label) in self.choices { option value=(value) { (label) } } }
                }
            }
        }
    }
}

/// A choice of few.
pub(super) fn choice(within: &str, name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Markup {
    let id = format!("{within}-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// JSON, or anything else that has lines, on a soft ground.
pub(super) fn code(label: &str, text: &str) -> Markup {
    html! { pre.code tabindex="0" role="region" aria-label=(label) { code { (text) } } }
}

/// A method as a badge.
pub(super) fn verb(method: &str) -> Markup {
    html! { span class={ "verb " (method.to_ascii_lowercase()) } { (method) } }
}

/// A table that scrolls by itself where it is too wide.
pub(super) fn table(label: &str, heads: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows { tr { @for (index, cell) in row.iter().enumerate() {
                    td data-head=[heads.get(index)] { div { (cell) } }
                } } } }
            }
        }
    }
}

/// A text as a cell.
pub(super) fn cell(text: &str) -> Markup {
    html! { (text) }
}

/// A date of the API's as a cell.
pub(super) fn date(date: &str) -> Markup {
    html! { span.date { (shown(date)) } }
}

/// A text of which every character counts, as a cell.
pub(super) fn exact(text: &str) -> Markup {
    html! { code { (text) } }
}

/// Something worth copying: the script adds a button.
pub(super) fn copyable(label: &str, text: &str) -> Markup {
    html! { div.copyable data-copy { (code(label, text)) } }
}

/// Markup that others made well-formed and without attributes.
pub(super) fn trusted(xhtml: String) -> Markup {
    PreEscaped(xhtml)
}

/// The banks there are, by id and name.
pub(super) async fn banks(visit: &Visit<'_>) -> Vec<(String, String)> {
    let banks = visit.api().get(&client::path(&["banks"])).await.unwrap_or_default();
    let named = |bank: &Value| {
        let (id, name) = (client::text(bank, "id"), client::text(bank, "short_name"));
        (id.to_owned(), if name.is_empty() { id.to_owned() } else { format!("{name} ({id})") })
    };
    client::list(&banks, "banks").iter().map(named).collect()
}

/// A choice of one of the banks, or of none.
pub(super) fn bank_choice(within: &str, banks: &[(String, String)], chosen: &str) -> Markup {
    let none = if banks.is_empty() { "No bank yet" } else { "Choose a bank" };
    let mut options = vec![(String::new(), none.to_owned())];
    options.extend_from_slice(banks);
    if !chosen.is_empty() && banks.iter().all(|(id, _)| id != chosen) {
        options.push((chosen.to_owned(), format!("{chosen} (not known)")));
    }
    choice(within, "bank_id", "Bank", &options, chosen)
}

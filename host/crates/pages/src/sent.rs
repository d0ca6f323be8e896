//! A form that came back: what the user typed, and the refusal that names one of its fields.

use maud::{Markup, html};

use crate::form::Form;
use crate::parts;
use crate::refusal::PageRefusal;
use crate::visit::Visit;

/// The attribute of a field whose value was refused.
const INVALID: &str = "aria-invalid=\"true\"";

/// One form of a page. Its fields show what was sent, and the refusal of what was sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct SentForm<'a> {
    /// `None` if this form was not sent.
    form: Option<&'a Form>,
    refusal: Option<&'a PageRefusal>,
}

impl<'a> SentForm<'a> {
    /// The form that posts to `action`. Of the forms on a page, only the one that was sent shows values and a refusal.
    pub(crate) fn posted(visit: &'a Visit<'_>, action: &str, refusal: Option<&'a PageRefusal>) -> Self {
        if visit.path == action { Self { form: Some(&visit.form), refusal } } else { Self::default() }
    }

    /// A form that was sent as the query of this page.
    pub(crate) fn queried(visit: &'a Visit<'_>, refusal: Option<&'a PageRefusal>) -> Self {
        Self { form: Some(&visit.query), refusal }
    }

    pub(crate) fn was_sent(self) -> bool {
        self.form.is_some()
    }

    /// The value of the field as the user typed it.
    pub(crate) fn value(self, name: &str) -> Option<&'a str> {
        self.form.and_then(|form| form.find(name))
    }

    /// The refusal, if it is about this field.
    pub(crate) fn error(self, name: &str) -> Option<&'a PageRefusal> {
        self.refusal.filter(|refusal| self.was_sent() && refusal.is_about(name))
    }
}

/// The error of a field. `id` is for the field's `aria-describedby`.
pub(crate) fn field_error(id: &str, refusal: &PageRefusal) -> Markup {
    html! { p.error id=(id) role="alert" { (parts::explained(&refusal.message)) } }
}

/// The rest of a page, below the refusal if no field of the rest shows it.
pub(crate) fn with_refusal(refusal: Option<&PageRefusal>, rest: &Markup) -> Markup {
    // Texts of users cannot contain the attribute: their quotes are escaped.
    let at_top = refusal.filter(|_| !rest.0.contains(INVALID));
    html! {
        @if let Some(refusal) = at_top { (parts::refusal(refusal)) }
        (rest)
    }
}

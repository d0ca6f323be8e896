//! The frame of the forms that add a record to a KYC file.

use maud::{Markup, html};

use crate::inputs::{self, InputField};
use crate::time::as_field;
use crate::visit::Visit;

/// The file that the forms add to.
pub(super) struct KycFile<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) bank_id: &'a str,
    pub(super) customer_id: &'a str,
    /// Empty if the user may not read the customer.
    pub(super) customer_number: &'a str,
    pub(super) now_ms: i64,
}

/// A form for one kind of record.
pub(super) struct AddForm<'a> {
    file: &'a KycFile<'a>,
    /// The kind of the record: the last segment of the form's path.
    kind: &'static str,
    title: &'static str,
}

impl KycFile<'_> {
    pub(super) fn add_form(&self, kind: &'static str, title: &'static str) -> AddForm<'_> {
        AddForm { file: self, kind, title }
    }
}

impl AddForm<'_> {
    /// The form. It is folded, unless it was sent and refused.
    pub(super) fn markup(&self, fields: &Markup) -> Markup {
        let KycFile { visit, bank_id, customer_id, customer_number, .. } = self.file;
        let number = InputField::text("customer_number", "Customer number", customer_number).optional();
        let fields = html! {
            input type="hidden" name="bank_id" value=(bank_id);
            input type="hidden" name="customer_id" value=(customer_id);
            input type="hidden" name="what" value=(self.kind);
            (fields)
            (self.field(number))
            button type="submit" { (self.title) }
        };
        html! {
            details.add open[self.was_sent()] {
                summary { (self.title) }
                (inputs::form(visit, &format!("/kyc/{}", self.kind), &fields))
            }
        }
    }

    /// A field, with the value that was sent if this form was.
    pub(super) fn field(&self, field: InputField<'_>) -> Markup {
        if self.was_sent() { field.with_sent(&self.file.visit.form).markup(self.kind) } else { field.markup(self.kind) }
    }

    /// The record's id, which the client chooses. A random one is suggested.
    pub(super) fn id(&self) -> Markup {
        let random = self.file.visit.settings.ambient.hex().unwrap_or_default();
        let id = format!("{}-{}", self.kind, random.chars().take(8).collect::<String>());
        let hint = "Choose any id. The id of an existing record replaces that record.";
        self.field(InputField::text("id", "Id", &id).with_hint(hint))
    }

    /// The field `date`, with the current time.
    pub(super) fn date(&self, label: &str) -> Markup {
        self.field(InputField::time("date", label, &as_field(self.file.now_ms)))
    }

    /// A drop-down list, with the value that was sent if this form was.
    pub(super) fn select(&self, name: &str, label: &str, choices: &[inputs::Choice]) -> Markup {
        inputs::select(self.kind, name, label, choices, self.file.visit.form.text(name))
    }

    fn was_sent(&self) -> bool {
        self.file.visit.form.text("what") == self.kind
    }
}

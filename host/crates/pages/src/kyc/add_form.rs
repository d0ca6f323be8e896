//! The frame of the forms that add a record to a KYC file.

use maud::{Markup, html};

use crate::inputs::{self, InputField};
use crate::refusal::PageRefusal;
use crate::sent::SentForm;
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
    /// The refusal of the form that was sent.
    pub(super) refusal: Option<&'a PageRefusal>,
}

/// A form for one kind of record.
pub(super) struct AddForm<'a> {
    file: &'a KycFile<'a>,
    /// The kind of the record: the last segment of the form's path.
    kind: &'static str,
    title: &'static str,
    action: String,
    sent: SentForm<'a>,
}

impl KycFile<'_> {
    pub(super) fn add_form(&self, kind: &'static str, title: &'static str) -> AddForm<'_> {
        let action = format!("/kyc/{kind}");
        let sent = SentForm::posted(self.visit, &action, self.refusal);
        AddForm { file: self, kind, title, action, sent }
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
            (fields)
            (self.field(number))
            button type="submit" { (self.title) }
        };
        html! {
            details.add open[self.sent.was_sent()] {
                summary { (self.title) }
                (inputs::form(visit, &self.action, &fields))
            }
        }
    }

    /// A field, with the value that was sent if this form was.
    pub(super) fn field<'f>(&'f self, field: InputField<'f>) -> Markup {
        field.with_sent(self.sent).markup(self.kind)
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

    /// A checkbox, as it was sent if this form was.
    pub(super) fn tick(&self, name: &str, label: &str) -> Markup {
        inputs::tick(self.kind, name, label, self.sent)
    }
}

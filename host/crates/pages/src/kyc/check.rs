//! The checks of a KYC file: draft, form and table.

use bindings::kyc_types::{KycCheck, KycCheckDraft};
use maud::{Markup, html};

use super::add_form::KycFile;
use crate::draft::{DraftBody, FormDates};
use crate::inputs::InputField;
use crate::parts::{self, ListResult, cell, date, exact, saved_mark};
use crate::visit::Visit;

pub(super) fn draft(visit: &Visit<'_>) -> DraftBody<KycCheckDraft> {
    let form = &visit.form;
    let mut dates = FormDates::default();
    let draft = KycCheckDraft {
        customer_number: form.owned("customer_number"),
        date: dates.read(form, "date"),
        how: form.owned("how"),
        staff_user_id: visit.user.as_ref().map(|user| user.user_id.clone()).unwrap_or_default(),
        staff_name: form.owned("staff_name"),
        satisfied: form.is_on("satisfied"),
        comments: form.owned("comments"),
    };
    dates.body(draft)
}

pub(super) fn form(file: &KycFile<'_>) -> Markup {
    let form = file.add_form("check", "Add a check");
    let me = file.visit.user.as_ref().map(|user| user.username.as_str()).unwrap_or_default();
    form.markup(&html! {
        div.pair { (form.id()) (form.date("Date, UTC")) }
        div.pair {
            (form.field(InputField::text("how", "How", "").with_hint("For example online_meeting")))
            (form.field(InputField::text("staff_name", "Made by", me)))
        }
        (form.field(InputField::text("comments", "Comments", "").optional()))
        (form.tick("satisfied", "Satisfied"))
    })
}

pub(super) fn table(visit: &Visit<'_>, checks: &ListResult<KycCheck>) -> Markup {
    let heads = ["Date", "How", "Result", "By", "Comments", "Id"];
    parts::record_table(checks, "None yet.", "Checks", &heads, |check| {
        let mark = saved_mark(visit.has_saved("check", &check.id));
        vec![
            html! { (mark) (date(check.date)) },
            cell(&check.how),
            parts::state(check.satisfied, "Satisfied", "Not satisfied"),
            cell(&check.staff_name),
            cell(&check.comments),
            exact(&check.id),
        ]
    })
}

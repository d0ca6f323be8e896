//! The forms that add to a KYC file, and what becomes of them.

use maud::{Markup, html};
use serde_json::{Value, json};

use crate::client;
use crate::layout::Answer;
use crate::parts::{self, Field};
use crate::time::{field_of, from_field};
use crate::visit::Visit;

/// Whose file is added to.
pub(super) struct Target<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) bank_id: &'a str,
    pub(super) customer_id: &'a str,
    /// Empty if it is not known.
    pub(super) customer_number: &'a str,
}

/// `POST /kyc/document`: addKycDocument.
pub(crate) async fn add_document(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let draft = json!({
        "customer_number": form.text("customer_number"),
        "type": form.text("type"),
        "number": form.text("number"),
        "issue_date": from_field(form.text("issue_date")),
        "issue_place": form.text("issue_place"),
        "expiry_date": from_field(form.text("expiry_date")),
    });
    put(visit, &["kyc_documents", form.text("id")], &draft, "document").await
}

/// `POST /kyc/check`: addKycCheck.
pub(crate) async fn add_check(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let draft = json!({
        "customer_number": form.text("customer_number"),
        "date": from_field(form.text("date")),
        "how": form.text("how"),
        "staff_user_id": visit.user.as_ref().map(|user| user.user_id.as_str()).unwrap_or_default(),
        "staff_name": form.text("staff_name"),
        "satisfied": form.is_on("satisfied"),
        "comments": form.text("comments"),
    });
    put(visit, &["kyc_check", form.text("id")], &draft, "check").await
}

/// `POST /kyc/media`: addKycMedia.
pub(crate) async fn add_media(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let draft = json!({
        "customer_number": form.text("customer_number"),
        "type": form.text("type"),
        "url": form.text("url"),
        "date": from_field(form.text("date")),
        "relates_to_kyc_document_id": form.text("relates_to_kyc_document_id"),
        "relates_to_kyc_check_id": form.text("relates_to_kyc_check_id"),
    });
    put(visit, &["kyc_media", form.text("id")], &draft, "media").await
}

/// `POST /kyc/status`: addKycStatus.
pub(crate) async fn add_status(visit: &Visit<'_>) -> Answer {
    let form = &visit.form;
    let draft = json!({
        "customer_number": form.text("customer_number"),
        "ok": form.text("ok") == "true",
        "date": from_field(form.text("date")),
    });
    put(visit, &["kyc_statuses"], &draft, "status").await
}

async fn put(visit: &Visit<'_>, what: &[&str], draft: &Value, done: &str) -> Answer {
    let (bank_id, customer_id) = (visit.form.text("bank_id"), visit.form.text("customer_id"));
    let path = [&["banks", bank_id, "customers", customer_id], what].concat();
    match visit.api().put(&client::path(&path), draft).await {
        Ok(_) => Answer::see(super::address(bank_id, customer_id, done)),
        Err(refused) => super::file(visit, bank_id, customer_id, Some(&refused)).await.with_status(refused.status),
    }
}

impl Target<'_> {
    pub(super) fn document_form(&self) -> Markup {
        let field = |name, label| Field::text(name, label, "");
        self.form("document", "Add a document", &html! {
            div.pair { (self.id("document")) (self.typed("document", field("type", "Type").with_hint("Such as passport."))) }
            div.pair {
                (self.typed("document", field("number", "Number")))
                (self.typed("document", field("issue_place", "Place of issue").optional()))
            }
            div.pair {
                (self.typed("document", field("issue_date", "Issued on").of_kind("date")))
                (self.typed("document", field("expiry_date", "Expires on").of_kind("date")))
            }
        })
    }

    pub(super) fn check_form(&self, now_ms: i64) -> Markup {
        let now = field_of(now_ms);
        let me = self.visit.user.as_ref().map(|user| user.username.as_str()).unwrap_or_default();
        let date = Field::text("date", "Date, UTC", &now).of_kind("datetime-local");
        let how = Field::text("how", "How", "").with_hint("Such as online_meeting.");
        self.form(
            "check",
            "Add a check",
            &html! {
                div.pair { (self.id("check")) (self.typed("check", date)) }
                div.pair {
                    (self.typed("check", how))
                    (self.typed("check", Field::text("staff_name", "Made by", me)))
                }
                (self.typed("check", Field::text("comments", "Comments", "").optional()))
                div.tick {
                    input type="checkbox" id="check-satisfied" name="satisfied" value="true";
                    label for="check-satisfied" { "Satisfied" }
                }
            },
        )
    }

    pub(super) fn media_form(&self, now_ms: i64) -> Markup {
        let now = field_of(now_ms);
        let date = Field::text("date", "Date, UTC", &now).of_kind("datetime-local");
        let related = |name, label| Field::text(name, label, "").optional();
        self.form("media", "Add a medium", &html! {
            div.pair { (self.id("media")) (self.typed("media", Field::text("type", "Type", "").with_hint("Such as image."))) }
            div.pair {
                (self.typed("media", Field::text("url", "URL", "").of_kind("url").with_hint("It is kept, never fetched.")))
                (self.typed("media", date))
            }
            div.pair {
                (self.typed("media", related("relates_to_kyc_document_id", "Document's id")))
                (self.typed("media", related("relates_to_kyc_check_id", "Check's id")))
            }
        })
    }

    pub(super) fn status_form(&self, now_ms: i64) -> Markup {
        let now = field_of(now_ms);
        let date = Field::text("date", "Since, UTC", &now).of_kind("datetime-local");
        let options =
            [("true", "All well"), ("false", "Not well")].map(|(value, label)| (value.to_owned(), label.to_owned()));
        self.form(
            "status",
            "Add a status",
            &html! {
                div.pair {
                    (parts::choice("status", "ok", "Status", &options, self.visit.form.text("ok")))
                    (self.typed("status", date))
                }
            },
        )
    }

    /// A form that is folded until it is wanted, or was refused.
    fn form(&self, what: &str, title: &str, fields: &Markup) -> Markup {
        let number = Field::text("customer_number", "Customer number", self.customer_number).optional();
        html! {
            details.add open[self.was_sent(what)] {
                summary { (title) }
                form method="post" action={ "/kyc/" (what) } {
                    (self.visit.form_token())
                    input type="hidden" name="bank_id" value=(self.bank_id);
                    input type="hidden" name="customer_id" value=(self.customer_id);
                    input type="hidden" name="what" value=(what);
                    (fields)
                    (self.typed(what, number))
                    button type="submit" { (title) }
                }
            }
        }
    }

    /// The record's id, which is the client's to choose.
    fn id(&self, what: &str) -> Markup {
        let random = self.visit.pages.settings.ambient().hex().unwrap_or_default();
        let id = format!("{what}-{}", random.chars().take(8).collect::<String>());
        self.typed(
            what,
            Field::text("id", "Id", &id).with_hint("Yours to choose. The same id again replaces the record."),
        )
    }

    /// A field as it was sent, if this form was.
    fn typed(&self, what: &str, field: Field<'_>) -> Markup {
        if !self.was_sent(what) {
            return field.markup(what);
        }
        let value = self.visit.form.find(field.name).unwrap_or(field.value);
        Field { value, ..field }.markup(what)
    }

    fn was_sent(&self, what: &str) -> bool {
        self.visit.form.text("what") == what
    }
}

//! Typed drafts from forms.

use bindings::timestamp::Timestamp;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use crate::form::Form;
use crate::time::as_api_date;

/// Reads the dates of a form. It keeps each text that is not a date, so that the API can name it in its own refusal.
#[derive(Default)]
pub(crate) struct FormDates {
    as_typed: Vec<(&'static str, String)>,
}

/// The body of a request: a typed draft, and the texts that stand in it instead of dates.
pub(crate) struct DraftBody<T> {
    draft: T,
    as_typed: Vec<(&'static str, String)>,
}

impl FormDates {
    /// The date in that field, which is also the key in the draft. A text that is not a date gives 1970 for now;
    /// [`FormDates::body`] puts the text back.
    pub(crate) fn read(&mut self, form: &Form, key: &'static str) -> Timestamp {
        let typed = as_api_date(form.text(key));
        Timestamp::parse(&typed).unwrap_or_else(|| {
            self.as_typed.push((key, typed));
            Timestamp { milliseconds: 0 }
        })
    }

    /// The same for a field that may be empty.
    pub(crate) fn read_optional(&mut self, form: &Form, key: &'static str) -> Option<Timestamp> {
        (!form.text(key).trim().is_empty()).then(|| self.read(form, key))
    }

    /// The body with that draft, whose dates were read here.
    pub(crate) fn body<T: Serialize>(self, draft: T) -> DraftBody<T> {
        DraftBody { draft, as_typed: self.as_typed }
    }
}

impl<T: Serialize> Serialize for DraftBody<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.as_typed.is_empty() {
            return self.draft.serialize(serializer);
        }
        let mut json = serde_json::to_value(&self.draft).map_err(S::Error::custom)?;
        for (key, typed) in &self.as_typed {
            if let Some(value) = json.get_mut(key) {
                *value = typed.as_str().into();
            }
        }
        json.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use api::json;
    use bindings::kyc_types::KycDocumentDraft;
    use bindings::samples;

    use super::*;

    fn body(issue_date: &str) -> Vec<u8> {
        let form = Form::read(&format!("issue_date={issue_date}&expiry_date=2029-05-01"));
        let mut dates = FormDates::default();
        let (issue_date, expiry_date) = (dates.read(&form, "issue_date"), dates.read_optional(&form, "expiry_date"));
        json::write(&dates.body(KycDocumentDraft { issue_date, expiry_date, ..samples::kyc_document_draft() })).unwrap()
    }

    #[test]
    fn the_api_reads_the_dates_of_a_form_and_names_a_text_that_is_not_a_date() {
        let draft: KycDocumentDraft = json::read(&body("2019-05-02")).unwrap();
        assert_eq!(
            (draft.issue_date.format(), draft.type_),
            ("2019-05-02T00:00:00Z".to_owned(), "passport".to_owned())
        );
        let refused = json::read::<KycDocumentDraft>(&body("soon")).unwrap_err();
        assert_eq!(refused, "The value of issue_date must be a date such as 2017-09-19T00:00:00Z.");
        assert!(String::from_utf8(body("soon")).unwrap().contains(r#""issue_date":"soon""#));
    }
}

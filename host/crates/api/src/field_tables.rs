//! The tables of an operation's fields for people: type, limit and meaning.
//!
//! An example gives names and types. The WIT gives the meanings, and `docs::meanings` those that it leaves open. A limit is that of
//! the WIT, or of the field's [`Shape`].

use bindings::records::{RECORDS, Record};
use bindings::timestamp::Timestamp;
use guest::kyc::RECORD_ID_CHARS_MAX;
use guest::limits::ID_CHARS_MAX;
use serde_json::{Map, Value};

use crate::docs::fields::{Field, Query, QueryShape, Shape};
use crate::docs::{markdown, meanings};
use crate::route::Route;

/// A row of a table.
#[derive(Clone, Debug)]
pub struct FieldRow {
    /// The place in the body, such as `balance.amount` or `checks[].date`, or the parameter's name.
    pub name: String,
    /// The type in words.
    pub kind: &'static str,
    /// The limit, in Markdown. Empty if there is none.
    pub limit: String,
    /// The meaning, in Markdown.
    pub meaning: String,
}

impl FieldRow {
    /// The limit as well-formed XHTML without attributes.
    #[must_use]
    pub fn limit_html(&self) -> String {
        markdown::to_xhtml(&self.limit)
    }

    /// The meaning as well-formed XHTML without attributes.
    #[must_use]
    pub fn meaning_html(&self) -> String {
        markdown::to_xhtml(&self.meaning)
    }
}

/// The parameters of the path, then those of the query.
#[must_use]
pub fn parameters(route: &Route) -> Vec<FieldRow> {
    let of_path = |name: &'static str| FieldRow {
        name: name.to_owned(),
        kind: "text",
        limit: path_limit(name),
        meaning: meanings::find(&name.to_lowercase()).to_owned(),
    };
    let of_query = |query: &Query| {
        let (kind, limit) = match query.shape {
            QueryShape::Number(min) => ("whole number", format!("At least {min}.")),
            QueryShape::Role => ("text", "The name of a role.".to_owned()),
            QueryShape::List => ("text", "Names, separated by commas.".to_owned()),
            QueryShape::Any => ("text", String::new()),
        };
        FieldRow { name: query.name.to_owned(), kind, limit, meaning: query.description.to_owned() }
    };
    route.parameters().map(of_path).chain(route.doc.query.iter().map(of_query)).collect()
}

/// The fields of the body. Empty if the operation reads none.
#[must_use]
pub fn request(route: &Route) -> Vec<FieldRow> {
    table(route.doc.request(), route.doc.fields)
}

/// The fields of the answer, without limits. Empty if the answer has no body.
#[must_use]
pub fn response(route: &Route) -> Vec<FieldRow> {
    let without_limit = |row: FieldRow| FieldRow { limit: String::new(), ..row };
    table(route.doc.response(), &[]).into_iter().map(without_limit).collect()
}

fn path_limit(name: &str) -> String {
    match name {
        "BANK_ID" | "ACCOUNT_ID" => format!("1 to {ID_CHARS_MAX} letters, digits, `-`, `.` and `_`."),
        "KYC_CHECK_ID" | "KYC_DOCUMENT_ID" | "KYC_MEDIA_ID" => {
            format!("1 to {RECORD_ID_CHARS_MAX} characters that a reader can see.")
        }
        _ => String::new(),
    }
}

fn table(example: Option<String>, shapes: &[Field]) -> Vec<FieldRow> {
    let example = example.and_then(|json| serde_json::from_str(&json).ok());
    let mut rows = Vec::new();
    if let Some(Value::Object(fields)) = example {
        add_rows(&mut rows, &fields, "", shapes);
    }
    rows
}

/// Adds a row for each field of an object, and for the fields inside it. `within` is the place of the object, with its dot.
fn add_rows(rows: &mut Vec<FieldRow>, fields: &Map<String, Value>, within: &str, shapes: &[Field]) {
    for (key, value) in fields {
        let name = format!("{within}{key}");
        let shape = shapes.iter().find(|(place, _)| *place == name).map(|(_, shape)| *shape);
        let documented = documented(fields, key);
        let limit = if has_length(&documented.limit) { documented.limit } else { shape.map(limit).unwrap_or_default() };
        let meaning = if documented.meaning.is_empty() { meanings::find(key).to_owned() } else { documented.meaning };
        rows.push(FieldRow { name: name.clone(), kind: kind(value), limit, meaning });
        match (value, value.get(0)) {
            (Value::Object(inner), _) => add_rows(rows, inner, &format!("{name}."), shapes),
            (_, Some(Value::Object(inner))) => add_rows(rows, inner, &format!("{name}[]."), shapes),
            _ => {}
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "number",
        Value::String(text) if Timestamp::parse(text).is_some() => "date",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// The limit of a shape, as the WIT words its limits.
fn limit(shape: Shape) -> String {
    match shape {
        Shape::Text(0, max) => format!("At most {} characters. May be empty.", with_comma(max)),
        Shape::Text(min, max) => format!("{min} to {} characters.", with_comma(max)),
        Shape::Visible(min, max) => format!("{min} to {max} characters that a reader can see."),
        Shape::Pattern(_, max) => format!("At most {max} characters."),
        Shape::BankId(min, max) => format!("{min} to {max} letters, digits, `-`, `.` and `_`."),
        Shape::Email(max) => format!("An e-mail address. At most {max} characters."),
        Shape::OneOf(names) => format!("`{}`.", names.join("` or `")),
        Shape::Currency => "A code of ISO 4217 in upper case.".to_owned(),
        Shape::Zero(_) => "Zero.".to_owned(),
        Shape::Decimal(max) => format!("A decimal number. At most {max} characters."),
        Shape::AsMany(count, _) => format!("As many as `{count}`."),
        Shape::Password => "The password rule.".to_owned(),
        Shape::RoleWithBank(_) => "The name of a role.".to_owned(),
    }
}

fn with_comma(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// The documentation of a field in the WIT.
#[derive(Default)]
struct Documented {
    limit: String,
    meaning: String,
}

/// The documentation of the record that has exactly these fields. A draft's field that has none means the same as the record's.
fn documented(fields: &Map<String, Value>, key: &str) -> Documented {
    let has_these = |record: &&Record| {
        record.fields.len() == fields.len() && record.fields.iter().all(|(name, _)| value(fields, name).is_some())
    };
    let Some(record) = RECORDS.iter().find(has_these) else { return Documented::default() };
    let own = docs(record, key);
    let original =
        record.name.strip_suffix("-draft").and_then(|name| RECORDS.iter().find(|record| record.name == name));
    let (limits, mut meanings): (Vec<_>, Vec<_>) = sentences(own).into_iter().partition(|sentence| is_limit(sentence));
    if meanings.is_empty() {
        let of_original = original.map(|record| sentences(docs(record, key))).unwrap_or_default();
        meanings = of_original.into_iter().filter(|sentence| !is_limit(sentence)).collect();
    }
    // In JSON, the WIT's `none` is null.
    Documented { limit: limits.join(" "), meaning: meanings.join(" ").replace("`none`", "`null`") }
}

/// The value of that field. Some keys of JSON are in camel case.
fn value<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.iter().find(|(key, _)| snake(key) == name).map(|(_, value)| value)
}

fn docs(record: &Record, key: &str) -> &'static str {
    record.fields.iter().find(|(name, _)| *name == snake(key)).map_or("", |(_, docs)| *docs)
}

/// `branchId` becomes `branch_id`.
fn snake(key: &str) -> String {
    let mut name = String::new();
    for character in key.chars() {
        if character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

fn sentences(text: &str) -> Vec<&str> {
    let is_end = |(index, _): &(usize, &str)| {
        let (before, after) = (text.get(..*index).unwrap_or_default(), text.get(index + 2..).unwrap_or_default());
        !before.ends_with("e.g") && after.starts_with(|next: char| next.is_ascii_uppercase() || next == '`')
    };
    let mut found = Vec::new();
    let mut start = 0;
    for (index, _) in text.match_indices(". ").filter(is_end) {
        found.extend(text.get(start..=index));
        start = index + 2;
    }
    found.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    found
}

fn has_length(text: &str) -> bool {
    ["characters", "bytes"].iter().any(|unit| text.contains(unit))
}

fn is_limit(sentence: &str) -> bool {
    has_length(sentence)
        || sentence.starts_with("Neither ")
        || ["May be empty.", "Not empty.", "Never empty."].contains(&sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    fn route(operation: &str) -> &'static Route {
        ROUTES.iter().find(|route| route.operation == operation).unwrap()
    }

    #[test]
    fn every_field_and_parameter_of_every_operation_has_a_meaning() {
        let mut open = std::collections::BTreeSet::new();
        for route in ROUTES.iter() {
            for row in [parameters(route), request(route), response(route)].concat() {
                if row.meaning.is_empty() {
                    open.insert(format!("{}: {}", row.name, route.operation));
                }
            }
        }
        assert!(open.is_empty(), "{open:#?}");
    }

    #[test]
    fn a_field_has_its_type_its_limit_and_its_meaning() {
        for (operation, name, kind, limit, meaning) in [
            (
                "addKycCheck",
                "how",
                "text",
                "At most 32 characters. May be empty.",
                "The method of the check, e.g. `online_meeting`.",
            ),
            ("addKycCheck", "date", "date", "", "The day of the check, according to the client."),
            ("addKycCheck", "satisfied", "true or false", "", "Whether the customer passed the check."),
            ("addKycDocument", "expiry_date", "date", "", "`null`: the document never expires."),
            ("createCustomer", "face_image.url", "text", "At most 2,048 characters. May be empty.", "Not checked."),
        ] {
            let row = request(route(operation)).into_iter().find(|row| row.name == name).unwrap();
            assert_eq!((row.kind, &*row.limit, &*row.meaning), (kind, limit, meaning), "{operation} {name}");
        }
    }

    #[test]
    fn sentences_end_where_a_reader_sees_the_end() {
        let text = "The method, e.g. `a`. Neither `.` nor `..`. `none`: never. At most 5 characters.";
        let expected = ["The method, e.g. `a`.", "Neither `.` nor `..`.", "`none`: never.", "At most 5 characters."];
        assert_eq!(sentences(text), expected);
        assert_eq!(sentences(""), [""; 0]);
        assert_eq!(expected.map(is_limit), [false, true, false, true]);
    }
}

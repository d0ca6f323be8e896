//! JSON schemas, derived from the examples. An example gives keys and types; a doc's fields give the shapes of a request's
//! values.

use guest::refusals::RefusalCode;
use serde_json::{Map, Value, json};

use super::operation::merged;
use super::shapes;
use crate::docs::fields::{Field, Shape};
use crate::route::Route;

/// The keywords that a schema may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The keywords that JSON Schema had from the beginning: for Swagger 2.0, and for people.
    Plain,
    /// JSON Schema 2020-12, as in OpenAPI 3.1. It can also tell that a number is accepted in place of a text (decision 4).
    Full,
}

/// The keys whose value may be null, in requests and answers (decision 8).
const NULLABLE: [&str; 1] = ["expiry_date"];

/// The format of a date in answers.
const WRITTEN_DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
/// A date of RFC 3339 in requests.
const READ_DATE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
/// The other dates in requests (decision 5), of days that each month has: no format of JSON Schema tells which days exist.
const READ_OTHER_DATE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?$";

/// The schema of an operation's body. It has no properties if the operation reads no body.
pub(super) fn of_request(route: &Route, dialect: Dialect) -> serde_json::Result<Value> {
    let example = serde_json::from_str(route.doc.request().as_deref().unwrap_or("{}"))?;
    let request = Request { fields: route.doc.fields, dialect };
    let mut schema = request.value(&example, "");
    let conditions: Vec<_> = request.fields.iter().filter_map(|(key, shape)| shapes::condition(key, *shape)).collect();
    if dialect == Dialect::Full && !conditions.is_empty() {
        set(&mut schema, "allOf", json!(conditions));
    }
    Ok(schema)
}

/// The schema of an operation's answer under a version.
pub(super) fn of_response(route: &Route, version: &str, dialect: Dialect) -> serde_json::Result<Value> {
    let example = serde_json::from_str(route.doc.response_under(version).as_deref().unwrap_or("{}"))?;
    Ok(written(&example, dialect))
}

/// The schema of the error envelope.
pub(super) fn of_error() -> Value {
    json!({
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "integer", "description": "The HTTP status.", "example": 404},
            "message": {
                "type": "string",
                "description": "The code and the text of the error; details may follow after a space.",
                "example": RefusalCode::BankUnknown.message(),
            },
        },
    })
}

/// The schema of a value in an answer. Answers have every key.
fn written(example: &Value, dialect: Dialect) -> Value {
    match example {
        Value::Object(entries) => object(entries, dialect, |_, value| written(value, dialect)),
        Value::Array(items) => {
            json!({"type": "array", "items": items.first().map_or(json!({}), |item| written(item, dialect))})
        }
        Value::String(text) if is_date(text) => with_example(date(WRITTEN_DATE), example),
        scalar => with_example(json!({"type": type_of(scalar)}), scalar),
    }
}

/// The schema of a request, made on a walk through its example.
struct Request {
    fields: &'static [Field],
    dialect: Dialect,
}

impl Request {
    /// The schema of the value at this place of the body. The place has dots between keys, and is empty for the whole body.
    fn value(&self, example: &Value, place: &str) -> Value {
        match example {
            Value::Object(entries) => {
                let inner = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
                object(entries, self.dialect, |key, value| self.value(value, &inner(key)))
            }
            Value::Array(items) => {
                let item = items.first().map_or(json!({}), |item| self.value(item, &format!("{place}[]")));
                let mut schema = json!({"type": "array", "items": item});
                if let Some(Shape::AsMany(_, max)) = self.shape(place) {
                    set(&mut schema, "maxItems", json!(max));
                }
                schema
            }
            scalar => with_example(self.scalar(scalar, place), scalar),
        }
    }

    fn scalar(&self, example: &Value, place: &str) -> Value {
        match (self.shape(place), example) {
            (Some(shape), _) => shapes::schema(shape, self.dialect),
            (None, Value::String(text)) if is_date(text) => self.date(),
            (None, Value::String(_)) => shapes::any_text(self.dialect),
            (None, number) if number.is_i64() => json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
            (None, other) => json!({"type": type_of(other)}),
        }
    }

    fn date(&self) -> Value {
        match self.dialect {
            Dialect::Plain => date(READ_DATE),
            Dialect::Full => json!({"anyOf": [date(READ_DATE), {"type": "string", "pattern": READ_OTHER_DATE}]}),
        }
    }

    fn shape(&self, place: &str) -> Option<Shape> {
        self.fields.iter().find(|(field, _)| *field == place).map(|(_, shape)| *shape)
    }
}

/// The schema of an object with the keys of the example. `of` makes the schema of a value.
fn object(example: &Map<String, Value>, dialect: Dialect, of: impl Fn(&str, &Value) -> Value) -> Value {
    let property =
        |key: &str, value| if NULLABLE.contains(&key) { or_null(of(key, value), dialect) } else { of(key, value) };
    let properties: Map<_, _> = example.iter().map(|(key, value)| (key.clone(), property(key, value))).collect();
    let required: Vec<_> = properties.keys().cloned().collect();
    let mut schema = json!({"type": "object", "properties": properties});
    // Swagger forbids an empty list of required keys.
    if !required.is_empty() {
        set(&mut schema, "required", json!(required));
    }
    schema
}

/// The schema of a value that may be null. Swagger 2.0 has no word for it; its tools know this extension.
fn or_null(schema: Value, dialect: Dialect) -> Value {
    match dialect {
        Dialect::Full => json!({"anyOf": [schema, {"type": "null"}]}),
        Dialect::Plain => merged(schema, json!({"x-nullable": true})),
    }
}

fn date(pattern: &str) -> Value {
    json!({"type": "string", "format": "date-time", "pattern": pattern})
}

fn with_example(mut schema: Value, example: &Value) -> Value {
    set(&mut schema, "example", example.clone());
    schema
}

pub(super) fn set(schema: &mut Value, key: &str, value: Value) {
    if let Value::Object(entries) = schema {
        entries.insert(key.to_owned(), value);
    }
}

fn is_date(text: &str) -> bool {
    bindings::timestamp::Timestamp::parse(text).is_some()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

//! JSON schemas, derived from the examples: keys and types are those of the example, and what a request's values must look
//! like beyond that is what the docs list as its fields.

use guest::currency;
use guest::roles::{Role, Scope};
use serde_json::{Map, Value, json};

use crate::docs::fields::{EMAIL, Field, ID, Shape};
use crate::routes::Route;

/// Which keywords there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Those that JSON Schema had from the beginning: for Swagger 2.0, and for people.
    Plain,
    /// JSON Schema 2020-12, as in OpenAPI 3.1. Says too that a number passes for a text (decision 4).
    Full,
}

/// The form of a point in time, as it is written.
const WRITTEN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
/// The form of a point in time, as it is read (decision 5).
const READ: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
/// Not every store can hold U+0000.
const NO_NUL: &str = "^[^\\u0000]*$";
const ZERO: &str = "^[+-]?(0+(\\.0*)?|\\.0+)([eE][+-]?[0-9]+)?$";
const DECIMAL: &str = "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?$";
/// Up to there, and down to minus that, programs write numbers without the plus of an exponent.
const PLAIN_NUMBER_MAX: i64 = 1_000_000_000_000_000;

/// Of the body that an operation reads; an object of nothing where it reads none.
pub(super) fn of_request(route: &Route, dialect: Dialect) -> serde_json::Result<Value> {
    let example: Value = serde_json::from_str(route.doc.request.unwrap_or("{}"))?;
    Ok(Reader { fields: route.doc.fields, dialect }.object(&example, ""))
}

/// Of the body that it answers.
pub(super) fn of_response(route: &Route) -> serde_json::Result<Value> {
    Ok(written(&serde_json::from_str(route.doc.response.unwrap_or("{}"))?))
}

/// Of the envelope.
pub(super) fn of_error() -> Value {
    json!({
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "integer", "description": "The HTTP status.", "example": 404},
            "message": {
                "type": "string",
                "description": "The code and the text of the error; detail may follow after a blank.",
                "example": guest::refusals::RefusalCode::BankUnknown.message(),
            },
        },
    })
}

/// Of what the server writes: every key, always.
fn written(example: &Value) -> Value {
    match example {
        Value::Object(entries) => {
            let properties: Map<_, _> = entries.iter().map(|(key, value)| (key.clone(), written(value))).collect();
            object(properties)
        }
        Value::Array(items) => json!({"type": "array", "items": items.first().map_or(json!({}), written)}),
        Value::String(text) if is_date(text) => {
            json!({"type": "string", "format": "date-time", "pattern": WRITTEN, "example": text})
        }
        other => with_example(json!({"type": type_of(other)}), other),
    }
}

fn object(properties: Map<String, Value>) -> Value {
    let required: Vec<_> = properties.keys().cloned().collect();
    let mut schema = json!({"type": "object", "properties": properties});
    // Swagger has no empty list of what is required.
    if !required.is_empty() {
        set(&mut schema, "required", json!(required));
    }
    schema
}

/// Of what the server reads.
struct Reader {
    fields: &'static [Field],
    dialect: Dialect,
}

impl Reader {
    fn object(&self, example: &Value, place: &str) -> Value {
        let Value::Object(entries) = example else { return self.value(example, place) };
        let inner = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
        let properties: Map<_, _> =
            entries.iter().map(|(key, value)| (key.clone(), self.object(value, &inner(key)))).collect();
        let mut schema = object(properties);
        if place.is_empty() && self.dialect == Dialect::Full {
            let conditions: Vec<_> = self.fields.iter().filter_map(|(key, shape)| condition(key, *shape)).collect();
            if !conditions.is_empty() {
                set(&mut schema, "allOf", json!(conditions));
            }
        }
        schema
    }

    fn value(&self, example: &Value, place: &str) -> Value {
        let shape = self.fields.iter().find(|(field, _)| *field == place).map(|(_, shape)| *shape);
        let schema = match (example, shape) {
            (Value::String(text), None) if is_date(text) => {
                json!({"type": "string", "format": "date-time", "pattern": READ})
            }
            (Value::Array(items), shape) => {
                let items = items.first().map_or(json!({}), |item| self.object(item, &format!("{place}[]")));
                let mut schema = json!({"type": "array", "items": items});
                if let Some(Shape::AsMany(_, max)) = shape {
                    set(&mut schema, "maxItems", json!(max));
                }
                return schema;
            }
            (Value::String(_), None) => self.text(json!({"type": "string", "pattern": NO_NUL})),
            (_, Some(shape)) => self.shaped(shape),
            (other, None) if other.is_i64() => json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
            (other, None) => json!({"type": type_of(other)}),
        };
        with_example(schema, example)
    }

    fn shaped(&self, shape: Shape) -> Value {
        match shape {
            Shape::Text(min, max) => {
                let mut text = json!({"type": "string", "maxLength": max, "pattern": NO_NUL});
                if min > 0 {
                    set(&mut text, "minLength", json!(min));
                }
                self.text(text)
            }
            Shape::Pattern(pattern, max) => self.or_any(
                json!({"type": "string", "maxLength": max, "pattern": pattern}),
                &[
                    json!({"type": "number", "minimum": -PLAIN_NUMBER_MAX, "maximum": PLAIN_NUMBER_MAX}),
                    json!({"type": "integer"}),
                ],
            ),
            Shape::BankId(min, max) => self.or_any(
                json!({"type": "string", "minLength": min, "maxLength": max, "pattern": ID}),
                &[json!({"type": "number"})],
            ),
            Shape::Email(max) => json!({"type": "string", "maxLength": max, "pattern": EMAIL}),
            Shape::OneOf(names) => json!({"type": "string", "enum": names}),
            Shape::Currency => json!({"type": "string", "enum": currency::ACTIVE}),
            Shape::Zero => self.or_any(
                json!({"type": "string", "maxLength": 255, "pattern": ZERO}),
                &[json!({"type": "number", "const": 0})],
            ),
            Shape::Decimal(max) => self
                .or_any(json!({"type": "string", "maxLength": max, "pattern": DECIMAL}), &[json!({"type": "number"})]),
            Shape::AsMany(_, max) => json!({"type": "array", "maxItems": max}),
            Shape::Password => self.password(),
            Shape::RoleWithBank(_) => {
                json!({"type": "string", "enum": Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>()})
            }
        }
    }

    /// A text for which any number passes.
    fn text(&self, mut text: Value) -> Value {
        if self.dialect == Dialect::Full {
            set(&mut text, "type", json!(["string", "number"]));
        }
        text
    }

    /// A text for which these numbers pass.
    fn or_any(&self, text: Value, numbers: &[Value]) -> Value {
        if self.dialect == Dialect::Plain {
            return text;
        }
        let either: Vec<_> = std::iter::once(text).chain(numbers.iter().cloned()).collect();
        json!({"anyOf": either})
    }

    fn password(&self) -> Value {
        let long = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
        if self.dialect == Dialect::Plain {
            return json!({"type": "string", "format": "password", "minLength": 10, "maxLength": 512});
        }
        json!({"anyOf": [
            {"type": "string", "minLength": 17, "maxLength": 128, "pattern": long},
            {"type": "string", "minLength": 17, "maxLength": 512, "pattern": "^[ -~]*$"},
            {
                "type": "string",
                "minLength": 10,
                "maxLength": 16,
                "pattern": "^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[!-/:-@\\\\^_`{|}~])[!-Z\\\\^-~]*$",
            },
        ]})
    }
}

/// What holds between two values of a body.
fn condition(key: &str, shape: Shape) -> Option<Value> {
    match shape {
        Shape::AsMany(count, max) => {
            let exactly = |n| json!({"properties": {count: {"const": n}, key: {"minItems": n, "maxItems": n}}});
            Some(json!({"anyOf": (0..=max).map(exactly).collect::<Vec<_>>()}))
        }
        Shape::RoleWithBank(bank) => {
            let names = |scope| {
                Role::ALL.iter().filter(move |role| role.scope() == scope).map(|role| role.name()).collect::<Vec<_>>()
            };
            Some(json!({"anyOf": [
                {"properties": {key: {"enum": names(Scope::Bank)}, bank: {"type": ["string", "number"], "pattern": ID}}},
                {"properties": {key: {"enum": names(Scope::System)}, bank: {"type": "string", "maxLength": 0}}},
            ]}))
        }
        _ => None,
    }
}

fn with_example(mut schema: Value, example: &Value) -> Value {
    set(&mut schema, "example", example.clone());
    schema
}

fn set(schema: &mut Value, key: &str, value: Value) {
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

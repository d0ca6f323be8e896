//! The schemas of the shapes that a request's values have.

use guest::currency;
use guest::passwords::{PASSWORD_BYTES_MAX, PASSWORD_LONG_CHARS_MIN, PASSWORD_SHORT_CHARS_MIN};
use guest::roles::{Role, Scope};
use serde_json::{Value, json};

use super::schema::{Dialect, set};
use crate::docs::fields::{EMAIL, ID, PASSWORD_CHARACTERS, Shape, VISIBLE};

/// Any text without U+0000, which PostgreSQL cannot store.
const NO_NUL: &str = "^[^\\u0000]*$";
const ZERO: &str = "^[+-]?(0+(\\.0*)?|\\.0+)([eE][+-]?[0-9]+)?$";
const DECIMAL: &str = "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?$";
/// Programs write numbers up to this one, and down to its negative, without the plus sign of an exponent.
const PLAIN_NUMBER_MAX: i64 = 1_000_000_000_000_000;
/// A character of a text has at most this many bytes.
const CHAR_BYTES_MAX: usize = 4;

/// The schema of a value with this shape.
pub(super) fn schema(shape: Shape, dialect: Dialect) -> Value {
    match shape {
        Shape::Text(min, max) => or_number(text(min, max, NO_NUL), dialect),
        Shape::Visible(min, max) => or_number(text(min, max, VISIBLE), dialect),
        Shape::Pattern(pattern, max) => any_of(
            json!({"type": "string", "maxLength": max, "pattern": pattern}),
            &[
                json!({"type": "number", "minimum": -PLAIN_NUMBER_MAX, "maximum": PLAIN_NUMBER_MAX}),
                json!({"type": "integer"}),
            ],
            dialect,
        ),
        Shape::BankId(min, max) => any_of(
            json!({"type": "string", "minLength": min, "maxLength": max, "pattern": ID}),
            &[json!({"type": "number"})],
            dialect,
        ),
        Shape::Email(max) => json!({"type": "string", "maxLength": max, "pattern": EMAIL}),
        Shape::OneOf(names) => json!({"type": "string", "enum": names}),
        Shape::Currency => json!({"type": "string", "enum": currency::ACTIVE}),
        Shape::Zero(max) => any_of(
            json!({"type": "string", "maxLength": max, "pattern": ZERO}),
            &[json!({"type": "number", "const": 0})],
            dialect,
        ),
        Shape::Decimal(max) => any_of(
            json!({"type": "string", "maxLength": max, "pattern": DECIMAL}),
            &[json!({"type": "number"})],
            dialect,
        ),
        Shape::AsMany(_, max) => json!({"type": "array", "maxItems": max}),
        Shape::Password => password(dialect),
        Shape::RoleWithBank(_) => {
            json!({"type": "string", "enum": Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>()})
        }
    }
}

fn text(min: usize, max: usize, pattern: &str) -> Value {
    let mut text = json!({"type": "string", "maxLength": max, "pattern": pattern});
    if min > 0 {
        set(&mut text, "minLength", json!(min));
    }
    text
}

/// The schema of a text without a shape.
pub(super) fn any_text(dialect: Dialect) -> Value {
    or_number(json!({"type": "string", "pattern": NO_NUL}), dialect)
}

/// A rule about two values of a body, for the shapes that have one.
pub(super) fn condition(key: &str, shape: Shape) -> Option<Value> {
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

/// A text in whose place any number is accepted.
fn or_number(mut text: Value, dialect: Dialect) -> Value {
    if dialect == Dialect::Full {
        set(&mut text, "type", json!(["string", "number"]));
    }
    text
}

/// A text in whose place these numbers are accepted.
fn any_of(text: Value, numbers: &[Value], dialect: Dialect) -> Value {
    if dialect == Dialect::Plain {
        return text;
    }
    let either: Vec<_> = std::iter::once(text).chain(numbers.iter().cloned()).collect();
    json!({"anyOf": either})
}

/// The password rule. Its limit is in bytes: a schema counts characters, so it has one case for any text and one for ASCII. The
/// case of mixed characters is ASCII only: the patterns of all tools agree on those.
fn password(dialect: Dialect) -> Value {
    if dialect == Dialect::Plain {
        let (min, max) = (PASSWORD_SHORT_CHARS_MIN, PASSWORD_BYTES_MAX);
        return json!({"type": "string", "format": "password", "minLength": min, "maxLength": max});
    }
    let any_max = PASSWORD_BYTES_MAX / CHAR_BYTES_MAX;
    json!({"anyOf": [
        {"type": "string", "minLength": PASSWORD_LONG_CHARS_MIN, "maxLength": any_max, "pattern": PASSWORD_CHARACTERS},
        {"type": "string", "minLength": PASSWORD_LONG_CHARS_MIN, "maxLength": PASSWORD_BYTES_MAX, "pattern": "^[ -~]*$"},
        {
            "type": "string",
            "minLength": PASSWORD_SHORT_CHARS_MIN,
            "maxLength": PASSWORD_LONG_CHARS_MIN - 1,
            "pattern": "^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[ -/:-@\\[-`{-~])[ -~]*$",
        },
    ]})
}

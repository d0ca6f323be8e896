//! Conversion of JSON values between the names of the WIT, which the vectors use, and the names of the host's bindings.

use obp_host::component::timestamp::Timestamp;
use serde_json::{Map, Value, json};

/// The fields of replies and changes that are points in time. The bindings write them as text.
const TIMES: [&str; 5] = ["date", "issue-date", "expiry-date", "last-ok-date", "when"];

/// Converts the WIT's names to those of the bindings.
pub(crate) fn to_bindings(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(to_bindings).collect(),
        Value::Object(fields) => match (fields.get("milliseconds"), fields.get("tag")) {
            (Some(milliseconds), _) => {
                Timestamp { milliseconds: milliseconds.as_i64().unwrap_or_default() }.format().into()
            }
            (_, Some(tag)) => {
                let case = capitals(tag.as_str().unwrap_or_default());
                fields.get("val").map_or_else(|| case.clone().into(), |value| json!({ &case: to_bindings(value) }))
            }
            _ => fields
                .iter()
                .map(|(name, value)| match value.as_str() {
                    // The only enum in a record is a string, and needs another name.
                    Some(case) if name == "profile" => (name.clone(), capitals(case).into()),
                    _ => (snake(name), to_bindings(value)),
                })
                .collect::<Map<_, _>>()
                .into(),
        },
        _ => value.clone(),
    }
}

/// Converts the bindings' names to those of the WIT.
pub(crate) fn to_wit(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(to_wit).collect(),
        Value::Object(fields) => {
            let named = fields.iter().map(|(name, value)| {
                let name = kebab(name);
                let time = value.as_str().filter(|_| TIMES.contains(&name.as_str())).and_then(Timestamp::parse);
                let time = time.map(|Timestamp { milliseconds }| json!({ "milliseconds": milliseconds }));
                let value = time.unwrap_or_else(|| to_wit(value));
                (name, value)
            });
            named.collect::<Map<_, _>>().into()
        }
        _ => value.clone(),
    }
}

/// Converts a change. The bindings write it as an object whose only key is the case.
pub(crate) fn change_to_wit(change: &Value) -> Value {
    let Some((case, value)) = change.as_object().and_then(|fields| fields.iter().next()) else { return Value::Null };
    let mut tag = String::new();
    for letter in case.chars() {
        if letter.is_uppercase() && !tag.is_empty() {
            tag.push('-');
        }
        tag.extend(letter.to_lowercase());
    }
    json!({ "tag": tag, "val": to_wit(value) })
}

fn capitals(kebab: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    kebab.split('-').map(word).collect()
}

fn snake(kebab: &str) -> String {
    if kebab == "type" { "type_".to_owned() } else { kebab.replace('-', "_") }
}

fn kebab(snake: &str) -> String {
    snake.trim_end_matches('_').replace('_', "-")
}

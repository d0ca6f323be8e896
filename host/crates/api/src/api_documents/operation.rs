//! The parts that an operation has in both Swagger and OpenAPI: parameters of its path and query, statuses of its answers.

use std::collections::BTreeMap;

use guest::kyc::RECORD_ID_CHARS_MAX;
use guest::limits::ID_CHARS_MAX;
use guest::roles::Role;
use serde_json::{Value, json};

use super::schema::Dialect;
use crate::docs::fields::{ID, Query, QueryShape, VISIBLE};
use crate::error_codes::HostErrorCode as Code;
use crate::route::{Body, Login, Route, VERSIONS, is_parameter};

/// The path with braces around its parameters.
pub(super) fn template(route: &Route, version: &str) -> String {
    let path = route.path_under(version);
    let segments = path
        .split('/')
        .map(|segment| if is_parameter(segment) { format!("{{{segment}}}") } else { segment.to_owned() });
    segments.collect::<Vec<_>>().join("/")
}

/// The schema of a parameter of a path, in both dialects the same.
pub(super) fn parameter(name: &str) -> Value {
    match name {
        "BANK_ID" | "ACCOUNT_ID" => json!({"type": "string", "minLength": 1, "maxLength": ID_CHARS_MAX, "pattern": ID}),
        "KYC_CHECK_ID" | "KYC_DOCUMENT_ID" | "KYC_MEDIA_ID" => json!({
            "type": "string", "minLength": 1, "maxLength": RECORD_ID_CHARS_MAX, "pattern": VISIBLE,
        }),
        "VERSION" => {
            let named = |version: &&str| [format!("OBP{version}"), (*version).to_owned()];
            json!({"type": "string", "enum": VERSIONS.iter().flat_map(named).collect::<Vec<_>>()})
        }
        _ => json!({"type": "string", "minLength": 1}),
    }
}

/// The schema of a parameter of the query. An empty parameter counts as left out.
pub(super) fn query(query: &Query, dialect: Dialect) -> Value {
    let schema = match query.shape {
        QueryShape::Number(min) => json!({"type": "integer", "minimum": min, "maximum": u32::MAX}),
        QueryShape::Role => {
            json!({"type": "string", "enum": Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>()})
        }
        QueryShape::List | QueryShape::Any => return json!({"type": "string"}),
    };
    match dialect {
        Dialect::Full => json!({"anyOf": [schema, {"type": "string", "maxLength": 0}]}),
        Dialect::Plain => merged(schema, json!({"allowEmptyValue": true})),
    }
}

/// An object with the entries of both.
pub(super) fn merged(mut first: Value, second: Value) -> Value {
    if let (Value::Object(first), Value::Object(second)) = (&mut first, second) {
        first.extend(second);
    }
    first
}

/// The statuses of the error answers, each with its possible messages.
pub(super) fn refusals(route: &Route) -> BTreeMap<u16, Vec<String>> {
    let mut refusals = BTreeMap::<u16, Vec<String>>::new();
    let mut add = |status: u16, text: String| {
        let texts = refusals.entry(status).or_default();
        if !texts.contains(&text) {
            texts.push(text);
        }
    };
    for error in route.errors().iter().filter(|error| is_possible(route, error.number())) {
        // Codes with several statuses follow below, for the statuses that the operation can have.
        if let [status] = error.statuses() {
            add(*status, error.message());
        }
    }
    if route.login == Login::Needed {
        for code in [Code::NotLoggedIn, Code::LoginParametersMissing, Code::TokenInvalid, Code::ConsumerKeyInvalid] {
            add(401, code.message());
        }
    }
    // A body that may be absent is never refused for its content.
    let of_body: &[u16] = match route.body {
        Body::Json => Code::JsonIncorrect.statuses(),
        Body::Login => &[408, 413],
        Body::Ignored => &[],
    };
    for status in of_body {
        add(*status, Code::JsonIncorrect.message());
    }
    if route.parameters().next().is_some() {
        add(404, Code::PathUnknown.message());
    }
    add(405, Code::MethodUnknown.message());
    for status in Code::Unknown.statuses() {
        let own = route.write_error.filter(|code| code.statuses().contains(status));
        add(*status, own.unwrap_or(Code::Unknown).message());
    }
    add(503, Code::Saturated.message());
    refusals
}

/// Whether the error can occur. The seed page lists a missing login for createUser, which needs none (decision 9).
fn is_possible(route: &Route, number: &str) -> bool {
    route.login == Login::Needed || number != Code::NotLoggedIn.number()
}

/// The name with a capital: `AddKycCheck` for `addKycCheck`.
pub(super) fn capitalised(operation: &str) -> String {
    let mut characters = operation.chars();
    characters.next().map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}

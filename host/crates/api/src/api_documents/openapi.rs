//! The operations as an OpenAPI 3.1 document.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::operation::merged;
use super::schema::{self, Dialect};
use super::swagger::capitalised;
use super::{DOCUMENTED, SORTED, has_no_form, operation};
use crate::errors::ApiError;
use crate::routes::{Body, Login, Route};

static WHOLE: LazyLock<serde_json::Result<Vec<u8>>> = LazyLock::new(written);

/// Every operation.
pub(super) fn document() -> Result<Vec<u8>, ApiError> {
    WHOLE.as_ref().cloned().map_err(has_no_form)
}

fn written() -> serde_json::Result<Vec<u8>> {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    schemas.insert("Error".to_owned(), schema::of_error());
    for route in SORTED.iter() {
        let verb = route.method.as_str().to_ascii_lowercase();
        let said = of(route, &mut schemas)?;
        let path = paths.entry(operation::template(route, DOCUMENTED)).or_insert_with(|| json!({}));
        if let Value::Object(verbs) = path {
            verbs.insert(verb, said);
        }
    }
    serde_json::to_vec(&json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Open Bank Project API",
            "summary": "Customer onboarding",
            "description": "Users register, accounts are opened, meetings are arranged, KYC records are kept.\n\nA number is accepted where a text is expected, keys that are not known are ignored, and a key may be written in camel case. Every error is answered in the same envelope.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "version": DOCUMENTED,
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "DirectLogin": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "DirectLogin",
                    "description": "`token=\"…\"`, as `POST /my/logins/direct` answers it. `Authorization: DirectLogin token=\"…\"` will do as well.",
                },
            },
        },
    }))
}

fn of(route: &Route, schemas: &mut Map<String, Value>) -> serde_json::Result<Value> {
    let doc = route.doc;
    let mut parameters: Vec<_> = operation::parameters(route)
        .map(|name| json!({"in": "path", "name": name, "required": true, "schema": operation::parameter(name)}))
        .collect();
    parameters.extend(doc.query.iter().map(|query| {
        let schema = operation::query(query, Dialect::Full);
        json!({"in": "query", "name": query.name, "required": false, "description": query.description, "schema": schema})
    }));
    if route.operation == "directLogin" {
        parameters.push(login_header());
    }
    let mut responses = Map::new();
    let mut success = json!({"description": "As wished."});
    if let Some(response) = doc.response {
        let name = format!("{}Response", capitalised(route.operation));
        schemas.insert(name.clone(), schema::of_response(route)?);
        let example: Value = serde_json::from_str(response)?;
        let content = json!({"application/json": {"schema": reference(&name), "example": example}});
        success = merged(success, json!({"content": content}));
    }
    responses.insert(route.success.as_u16().to_string(), success);
    for (status, texts) in operation::refusals(route) {
        let content = json!({"application/json": {"schema": reference("Error")}});
        responses.insert(status.to_string(), json!({"description": texts.join("\n"), "content": content}));
    }
    let mut said = json!({
        "tags": doc.tags,
        "summary": doc.summary,
        "description": doc.description,
        "operationId": doc.operation_id(route.operation),
        "parameters": parameters,
        "responses": responses,
        "security": if route.login == Login::Needed { json!([{"DirectLogin": []}]) } else { json!([]) },
    });
    if route.body == Body::Json {
        let name = format!("{}Request", capitalised(route.operation));
        schemas.insert(name.clone(), schema::of_request(route, Dialect::Full)?);
        let example: Value = serde_json::from_str(doc.request.unwrap_or("{}"))?;
        let content = json!({"application/json": {"schema": reference(&name), "example": example}});
        said = merged(said, json!({"requestBody": {"required": true, "content": content}}));
    }
    Ok(said)
}

/// The one header that an operation reads by itself: what logs in.
fn login_header() -> Value {
    json!({
        "in": "header",
        "name": "DirectLogin",
        "required": true,
        "description": "Or `Authorization: DirectLogin …`, with the same parameters.",
        "schema": {
            "type": "string",
            "pattern": "^username=\"[A-Za-z0-9._@-]{1,64}\", password=\"[!#-+.-~-]{1,64}\", consumer_key=\"[A-Za-z0-9-]{1,64}\"$",
        },
        "example": "username=\"robert.x.0.gh\", password=\"Example-Password-1\", consumer_key=\"key\"",
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

//! The operations as an OpenAPI 3.1 document.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use settings::PublicUrl;

use super::operation::{capitalised, merged};
use super::schema::{self, Dialect};
use super::{Document, Selection, operation};
use crate::docs::fields::USERNAME;
use crate::route::{Body, Login, Route};

/// The selected operations of a version, at the public URL if it is known, otherwise at the document's own server.
pub(super) fn document(
    routes: &[&'static Route],
    version: &str,
    selection: &Selection,
    public_url: Option<&PublicUrl>,
) -> Document {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    schemas.insert("Error".to_owned(), schema::of_error());
    for route in routes.iter().filter(|route| selection.has(route)) {
        let verb = route.method.as_str().to_ascii_lowercase();
        let described = of(route, version, &mut schemas)?;
        let path = paths.entry(operation::template(route, version)).or_insert_with(|| json!({}));
        if let Value::Object(verbs) = path {
            verbs.insert(verb, described);
        }
    }
    serde_json::to_vec(&json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Open Bank Project API",
            "summary": "Customer onboarding",
            "description": "Registration, accounts, meetings and KYC records.\n\nA number is accepted in place of a text. Unknown keys are ignored. A key may be written in camel case. Every error has the same envelope.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "version": version,
        },
        "servers": [{"url": public_url.map_or("/", PublicUrl::as_str)}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "DirectLogin": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "DirectLogin",
                    "description": "`token=\"…\"`, with the token that `POST /my/logins/direct` issued. `Authorization: DirectLogin token=\"…\"` is accepted too.",
                },
            },
        },
    }))
    .map(Bytes::from)
}

fn of(route: &Route, version: &str, schemas: &mut Map<String, Value>) -> serde_json::Result<Value> {
    let doc = route.doc;
    let mut parameters: Vec<_> = route
        .parameters()
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
    let mut success = json!({"description": "Success."});
    if let Some(response) = doc.response_under(version) {
        let name = format!("{}Response", capitalised(route.operation));
        schemas.insert(name.clone(), schema::of_response(route, version, Dialect::Full)?);
        let example: Value = serde_json::from_str(&response)?;
        let content = json!({"application/json": {"schema": reference(&name), "example": example}});
        success = merged(success, json!({"content": content}));
    }
    responses.insert(route.success.as_u16().to_string(), success);
    for (status, texts) in operation::refusals(route) {
        let content = json!({"application/json": {"schema": reference("Error")}});
        responses.insert(status.to_string(), json!({"description": texts.join("\n"), "content": content}));
    }
    let mut described = json!({
        "tags": doc.tags,
        "summary": doc.summary,
        "description": doc.description,
        "operationId": doc.operation_id(route.operation),
        "parameters": parameters,
        "responses": responses,
        "security": if route.login == Login::Needed { json!([{"DirectLogin": []}]) } else { json!([]) },
    });
    if route.body != Body::Ignored {
        let name = format!("{}Request", capitalised(route.operation));
        schemas.insert(name.clone(), schema::of_request(route, Dialect::Full)?);
        let example: Value = serde_json::from_str(doc.request().as_deref().unwrap_or("{}"))?;
        let mut content = json!({"application/json": {"schema": reference(&name), "example": example}});
        if route.body == Body::Login {
            let form = json!({"application/x-www-form-urlencoded": {"schema": reference(&name)}});
            content = merged(content, form);
        }
        let required = route.body == Body::Json;
        described = merged(described, json!({"requestBody": {"required": required, "content": content}}));
    }
    Ok(described)
}

/// The header of a login. Only directLogin reads a header of its own.
fn login_header() -> Value {
    json!({
        "in": "header",
        "name": "DirectLogin",
        "required": false,
        "description": "`Authorization: DirectLogin …` with the same parameters is accepted too, and so is a body with all three.",
        "schema": {
            "type": "string",
            "pattern": format!(
                "^username=\"{}\", password=\"[!#-+.-~-]{{1,64}}\", consumer_key=\"[A-Za-z0-9-]{{1,64}}\"$",
                USERNAME.trim_start_matches('^').trim_end_matches('$')
            ),
        },
        "example": "username=\"robert.x.0.gh\", password=\"Example-Password-1\", consumer_key=\"key\"",
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

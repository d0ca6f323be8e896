//! The operations as a Swagger 2.0 document.
//!
//! Explorers need the body's parameter before those of the path, and in definitions the required keys and an example of each
//! property.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use settings::PublicUrl;

use super::operation::{capitalised, merged};
use super::schema::{self, Dialect};
use super::{Document, Selection, operation};
use crate::route::{Body, Login, Route};

/// The selected operations of a version, at the public URL if it is known, otherwise at the document's own server.
pub(super) fn document(
    routes: &[&'static Route],
    version: &str,
    selection: &Selection,
    public_url: Option<&PublicUrl>,
) -> Document {
    let (mut paths, mut definitions) = (Map::new(), Map::new());
    definitions.insert("Error".to_owned(), schema::of_error());
    for route in routes.iter().filter(|route| selection.has(route)) {
        let verb = route.method.as_str().to_ascii_lowercase();
        let described = of(route, version, &mut definitions)?;
        let path = paths.entry(operation::template(route, version)).or_insert_with(|| json!({}));
        if let Value::Object(verbs) = path {
            verbs.insert(verb, described);
        }
    }
    let mut document = json!({
        "swagger": "2.0",
        "info": {
            "title": "Open Bank Project API",
            "description": "Customer onboarding: users, accounts, meetings and KYC.",
            "contact": {"name": "Open Bank Project", "url": "https://www.openbankproject.com"},
            "version": version,
        },
        "basePath": "/",
        "schemes": ["http", "https"],
        "securityDefinitions": {
            "directLogin": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "DirectLogin token=\"…\", with the token that POST /my/logins/direct issued.",
            },
            "gatewayLogin": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "Not supported here. Explorers need this entry.",
            },
        },
        "security": [{"directLogin": []}],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": paths,
        "definitions": definitions,
    });
    if let Some(url) = public_url {
        document = merged(document, json!({"host": url.authority(), "schemes": [url.scheme()]}));
    }
    serde_json::to_vec(&document).map(Bytes::from)
}

fn of(route: &Route, version: &str, definitions: &mut Map<String, Value>) -> serde_json::Result<Value> {
    let doc = route.doc;
    let mut parameters = Vec::new();
    if route.body != Body::Ignored {
        let name = format!("{}Request", capitalised(route.operation));
        definitions.insert(name.clone(), schema::of_request(route, Dialect::Plain)?);
        parameters.push(json!({
            "in": "body", "name": "body", "required": route.body == Body::Json, "schema": {"$ref": format!("#/definitions/{name}")},
        }));
    }
    parameters.extend(
        route
            .parameters()
            .map(|name| merged(json!({"in": "path", "name": name, "required": true}), operation::parameter(name))),
    );
    parameters.extend(doc.query.iter().map(|query| {
        let named = json!({"in": "query", "name": query.name, "required": false, "description": query.description});
        merged(named, operation::query(query, Dialect::Plain))
    }));
    let mut responses = Map::new();
    let mut success = json!({"description": "Success."});
    if doc.response.is_some() {
        let name = format!("{}Response", capitalised(route.operation));
        definitions.insert(name.clone(), schema::of_response(route, version, Dialect::Plain)?);
        success = merged(success, json!({"schema": {"$ref": format!("#/definitions/{name}")}}));
    }
    responses.insert(route.success.as_u16().to_string(), success);
    for (status, texts) in operation::refusals(route) {
        let refusal = json!({"description": texts.join("\n"), "schema": {"$ref": "#/definitions/Error"}});
        responses.insert(status.to_string(), refusal);
    }
    let security = if route.login == Login::Needed { json!([{"directLogin": []}]) } else { json!([]) };
    Ok(json!({
        "tags": doc.tags,
        "summary": doc.summary,
        "description": doc.description,
        "operationId": doc.operation_id(route.operation),
        "security": security,
        "parameters": parameters,
        "responses": responses,
    }))
}

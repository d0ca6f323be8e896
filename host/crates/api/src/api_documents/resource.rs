//! Resource docs: what OBP's explorers read.
//!
//! Those parse descriptions as XML, want every example body to be an object and every list to be there, and show paths with
//! their parameters in capitals.

use std::sync::LazyLock;

use guest::roles::Scope;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::schema::{self, Dialect};
use super::{SORTED, Selection, has_no_form};
use crate::errors::ApiError;
use crate::routes::{Route, VERSIONS};

/// A version's docs, each with its row, in the order they are listed in.
struct Prepared {
    version: &'static str,
    docs: Vec<(&'static Route, Vec<u8>)>,
}

static PREPARED: LazyLock<serde_json::Result<Vec<Prepared>>> = LazyLock::new(|| {
    let prepare = |version: &&'static str| {
        let docs = SORTED.iter().map(|route| Ok((*route, serde_json::to_vec(&ResourceDoc::of(route, version)?)?)));
        Ok(Prepared { version, docs: docs.collect::<serde_json::Result<_>>()? })
    };
    VERSIONS.iter().map(prepare).collect()
});

/// The selected docs of a version.
pub(super) fn document(version: &str, selection: &Selection) -> Result<Vec<u8>, ApiError> {
    let prepared = PREPARED.as_ref().map_err(has_no_form)?;
    let docs = prepared.iter().filter(|prepared| prepared.version == version).flat_map(|prepared| &prepared.docs);
    let mut body = br#"{"resource_docs":["#.to_vec();
    let mut first = true;
    for (_, doc) in docs.filter(|(route, _)| selection.has(route)) {
        if !std::mem::take(&mut first) {
            body.push(b',');
        }
        body.extend_from_slice(doc);
    }
    body.extend_from_slice(b"]}");
    Ok(body)
}

#[derive(Serialize)]
struct ResourceDoc<'a> {
    operation_id: String,
    implemented_by: ImplementedBy<'a>,
    request_verb: &'a str,
    request_url: String,
    summary: &'a str,
    description: String,
    description_markdown: &'a str,
    example_request_body: &'a RawValue,
    success_response_body: &'a RawValue,
    error_response_bodies: Vec<String>,
    is_core: bool,
    is_psd2: bool,
    is_obwg: bool,
    tags: &'a [&'a str],
    typed_request_body: Value,
    typed_success_response_body: Value,
    roles: Vec<RoleNeeded>,
    is_featured: bool,
    special_instructions: &'a str,
    specified_url: String,
    connector_methods: [&'a str; 0],
}

#[derive(Serialize)]
struct ImplementedBy<'a> {
    version: String,
    function: &'a str,
}

#[derive(Serialize)]
struct RoleNeeded {
    role: &'static str,
    requires_bank_id: bool,
}

impl<'a> ResourceDoc<'a> {
    fn of(route: &'a Route, version: &str) -> serde_json::Result<Self> {
        let doc = route.doc;
        let role =
            |role: guest::roles::Role| RoleNeeded { role: role.name(), requires_bank_id: role.scope() == Scope::Bank };
        Ok(Self {
            operation_id: doc.operation_id(route.operation),
            implemented_by: ImplementedBy { version: format!("OBP{}", doc.version()), function: route.operation },
            request_verb: route.method.as_str(),
            request_url: route.path_under(&doc.version()),
            summary: doc.summary,
            description: doc.description_html(),
            description_markdown: doc.description,
            example_request_body: serde_json::from_str(doc.request.unwrap_or("{}"))?,
            success_response_body: serde_json::from_str(doc.response.unwrap_or("{}"))?,
            error_response_bodies: doc.errors(),
            is_core: false,
            is_psd2: false,
            is_obwg: false,
            tags: doc.tags,
            typed_request_body: schema::of_request(route, Dialect::Plain)?,
            typed_success_response_body: schema::of_response(route)?,
            roles: doc.roles().into_iter().map(role).collect(),
            is_featured: false,
            special_instructions: doc.special_instructions,
            specified_url: route.path_under(version),
            connector_methods: [],
        })
    }
}

//! Resource docs, the documentation that OBP's explorers read.
//!
//! Explorers parse descriptions as XML, need an object for every example body and every list to be present, and show paths
//! with their parameters in capitals.

use guest::roles::{Role, Scope};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::schema::{self, Dialect};
use super::{DOCUMENTED, Selection};
use crate::error_codes::ErrorCode;
use crate::route::{Route, VERSIONS};

/// The docs of a version, each with its route, in the order of the document.
pub(super) struct Version {
    pub(super) version: &'static str,
    docs: Vec<(&'static Route, Vec<u8>)>,
}

/// The docs of every version.
pub(super) fn prepared(routes: &[&'static Route]) -> serde_json::Result<Vec<Version>> {
    let prepare = |version: &&'static str| {
        let docs = routes.iter().map(|route| {
            let (request, response) = (body(route.doc.request())?, body(route.doc.response_under(version))?);
            let doc = ResourceDoc::of(route, version, &request, &response)?;
            Ok((*route, serde_json::to_vec(&doc)?))
        });
        Ok(Version { version, docs: docs.collect::<serde_json::Result<_>>()? })
    };
    VERSIONS.iter().map(prepare).collect()
}

/// An example body. It is an empty object if the operation has none.
fn body(example: Option<String>) -> serde_json::Result<Box<RawValue>> {
    RawValue::from_string(example.unwrap_or_else(|| "{}".to_owned()))
}

impl Version {
    /// The document with the selected docs.
    pub(super) fn document(&self, selection: &Selection) -> Vec<u8> {
        let mut body = br#"{"resource_docs":["#.to_vec();
        let mut first = true;
        for (_, doc) in self.docs.iter().filter(|(route, _)| selection.has(route)) {
            if !std::mem::take(&mut first) {
                body.push(b',');
            }
            body.extend_from_slice(doc);
        }
        body.extend_from_slice(b"]}");
        body
    }
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
    connector_methods: &'a [&'a str],
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
    fn of(
        route: &'a Route,
        version: &str,
        example_request_body: &'a RawValue,
        success_response_body: &'a RawValue,
    ) -> serde_json::Result<Self> {
        let doc = route.doc;
        Ok(Self {
            operation_id: doc.operation_id(route.operation),
            implemented_by: ImplementedBy { version: format!("OBP{}", doc.version()), function: route.operation },
            request_verb: route.method.as_str(),
            request_url: route.path_under(&doc.version()),
            summary: doc.summary,
            description: doc.description_html(),
            description_markdown: doc.description,
            example_request_body,
            success_response_body,
            error_response_bodies: route.errors().into_iter().map(ErrorCode::message).collect(),
            is_core: false,
            is_psd2: false,
            is_obwg: false,
            tags: doc.tags,
            typed_request_body: schema::of_request(route, Dialect::Plain)?,
            typed_success_response_body: schema::of_response(route, version, Dialect::Plain)?,
            roles: doc.roles().into_iter().map(RoleNeeded::of).collect(),
            is_featured: false,
            special_instructions: doc.special_instructions,
            specified_url: route.path_under(version),
            connector_methods: &[],
        })
    }
}

impl RoleNeeded {
    fn of(role: Role) -> Self {
        Self { role: role.name(), requires_bank_id: role.scope() == Scope::Bank }
    }
}

/// The example of the answer: the doc of one operation, with little text.
pub(crate) fn sample() -> impl Serialize {
    #[derive(Serialize)]
    struct ResourceDocs<'a> {
        resource_docs: [ResourceDoc<'a>; 1],
    }

    let empty = serde_json::from_str("{}").unwrap_or(RawValue::NULL);
    let doc = ResourceDoc {
        operation_id: "OBPv2.0.0-addKycStatus".to_owned(),
        implemented_by: ImplementedBy { version: "OBPv2.0.0".to_owned(), function: "addKycStatus" },
        request_verb: "PUT",
        request_url: "/obp/v2.0.0/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses".to_owned(),
        summary: "Add KYC Status",
        description: "<p>Adds an entry.</p>".to_owned(),
        description_markdown: "Adds an entry.",
        example_request_body: empty,
        success_response_body: empty,
        error_response_bodies: vec!["String".to_owned()],
        is_core: false,
        is_psd2: false,
        is_obwg: false,
        tags: &["KYC"],
        typed_request_body: json!({}),
        typed_success_response_body: json!({}),
        roles: vec![RoleNeeded { role: "CanAddKycStatus", requires_bank_id: true }],
        is_featured: false,
        special_instructions: "",
        specified_url: format!("/obp/{DOCUMENTED}/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses"),
        connector_methods: &["String"],
    };
    ResourceDocs { resource_docs: [doc] }
}

//! What is said of what the server says of itself.

use super::fields::{Query, QueryShape};
use super::{Doc, own};
use crate::error_codes::Code::{Unknown, VersionUnknown};

const ABOUT: &str = r#"{"version":"v3.1.0","version_status":"STABLE","git_commit":"","connector":"mapped","hosted_by":{"organisation":"Example Bank","email":"contact@example.com","phone":"+49 30 0000000","organisation_website":"https://www.example.com"}}"#;

/// root.
pub static ROOT: Doc = Doc {
    summary: "Get API Info (root)",
    description: "Which version of the API this is, and who runs the server. Nobody needs to be logged in for it.",
    response: Some(ABOUT),
    ..META
};

/// rootIndex.
pub static INDEX: Doc = Doc {
    summary: "Get API Info",
    description: "The same as `/root`. Nobody needs to be logged in for it.",
    response: Some(ABOUT),
    ..META
};

/// getScannedApiVersions.
pub static VERSIONS: Doc = Doc {
    summary: "Get scanned API Versions",
    description: "The versions of the API that this server answers under. All of them answer in the shapes of v3.1.0.\n\nNobody needs to be logged in for it.",
    implemented_in: "4_0_0",
    response: Some(
        r#"{"scanned_api_versions":[{"urlPrefix":"obp","apiStandard":"obp","apiShortVersion":"v3.1.0","API_VERSION":"v3.1.0"}]}"#,
    ),
    ..META
};

/// getResourceDocsObp.
pub static RESOURCE_DOCS: Doc = Doc { summary: "Get Resource Docs", ..DOCS };

/// getResourceDocsObp at the version that had it first, where the oldest explorer looks.
pub static RESOURCE_DOCS_FIRST: Doc =
    Doc { summary: "Get Resource Docs (as of v1.4.0)", implemented_in: "1_4_0", ..DOCS };

/// What both say.
const DOCS: Doc = Doc {
    description: "What there is to know of every operation, for programs: titles, descriptions, examples, roles, errors. `VERSION` is `v3.1.0`, or another version that is served.\n\nThe answer has an `ETag`; with it in `If-None-Match` the answer is 304 as long as nothing has changed. Nobody needs to be logged in for it.",
    tags: &["Documentation", "API"],
    implemented_in: "3_1_0",
    response: Some(
        r#"{"resource_docs":[{"operation_id":"OBPv2.0.0-addKycStatus","implemented_by":{"version":"OBPv2.0.0","function":"addKycStatus"},"request_verb":"PUT","request_url":"/obp/v2.0.0/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses","summary":"Add KYC Status","description":"<p>Adds an entry.</p>","description_markdown":"Adds an entry.","example_request_body":{},"success_response_body":{},"error_response_bodies":["String"],"is_core":false,"is_psd2":false,"is_obwg":false,"tags":["KYC"],"typed_request_body":{},"typed_success_response_body":{},"roles":[{"role":"CanAddKycStatus","requires_bank_id":true}],"is_featured":false,"special_instructions":"","specified_url":"/obp/v3.1.0/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses","connector_methods":["String"]}]}"#,
    ),
    errors: &[own(VersionUnknown), own(Unknown)],
    query: FILTER,
    ..META
};

/// getResourceDocsSwagger.
pub static SWAGGER: Doc = Doc {
    summary: "Get Swagger documentation",
    description: "The operations as a Swagger 2.0 document. `VERSION` is `v3.1.0`, or another version that is served. Nobody needs to be logged in for it.",
    tags: &["Documentation", "API"],
    implemented_in: "3_1_0",
    response: Some(r#"{"swagger":"2.0"}"#),
    errors: &[own(VersionUnknown), own(Unknown)],
    query: FILTER,
    ..META
};

/// getOpenApi.
pub static OPENAPI: Doc = Doc {
    summary: "Get OpenAPI documentation",
    description: "The operations as an OpenAPI 3.1 document. Nobody needs to be logged in for it.",
    tags: &["Documentation", "API"],
    implemented_in: "3_1_0",
    response: Some(r#"{"openapi":"3.1.0"}"#),
    ..META
};

const FILTER: &[Query] = &[
    Query { name: "tags", description: "Only what has one of these tags.", shape: QueryShape::List },
    Query { name: "functions", description: "Only these operations.", shape: QueryShape::List },
    Query { name: "content", description: "There is nothing to choose: all docs are static.", shape: QueryShape::Any },
    Query {
        name: "locale",
        description: "There is nothing to choose: all docs are in English.",
        shape: QueryShape::Any,
    },
];

const META: Doc = Doc { tags: &["API"], implemented_in: "3_1_0", errors: &[own(Unknown)], ..Doc::PLAIN };

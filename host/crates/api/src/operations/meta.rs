//! The operations about the API itself (surface §2.9). They do not call the rules.

use serde::Serialize;
use serde_json::json;

use crate::api_documents::resource_docs_sample;
use crate::call::{Answer, Call, reply};
use crate::docs::fields::{Query, QueryShape};
use crate::docs::{Doc, Sample, example, host};
use crate::error_codes::HostErrorCode::{Unknown, VersionUnknown};
use crate::route::{Base, Cache, Login, Route};
use crate::settings::{HostedBy, Settings};
use crate::versions::{DOCUMENTED, VERSIONS};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/root",
        operation: "root",
        login: Login::Open,
        handler: |call| Box::pin(root(call)),
        doc: &Doc {
            summary: "Get API Info (root)",
            description: "The version of the API, and the organisation that runs the server. No login needed.",
            response: Some(root_example),
            ..META
        },
        ..Route::GET
    },
    Route {
        path: "/",
        operation: "rootIndex",
        login: Login::Open,
        handler: |call| Box::pin(root(call)),
        doc: &Doc {
            summary: "Get API Info",
            description: "The same as `/root`. No login needed.",
            response: Some(root_example),
            ..META
        },
        ..Route::GET
    },
    Route {
        path: "/api/versions",
        operation: "getScannedApiVersions",
        login: Login::Open,
        handler: |call| Box::pin(versions(call)),
        doc: &Doc {
            summary: "Get scanned API Versions",
            description: "The versions in paths that this server accepts. Up to v3.1.0 all of them have the same JSON. From v4.0.0 on, answers have further keys, and bodies may have the keys of that version.\n\nNo login needed.",
            implemented_in: "4_0_0",
            response: Some(|| example(&scanned(&["v3.1.0"]))),
            ..META
        },
        ..Route::GET
    },
    Route {
        path: "/resource-docs/VERSION/obp",
        operation: "getResourceDocsObp",
        login: Login::Open,
        cache: Cache::Validated,
        handler: |call| Box::pin(resource_docs(call)),
        doc: &Doc { summary: "Get Resource Docs", ..RESOURCE_DOCS },
        ..Route::GET
    },
    // The oldest explorer looks here.
    Route {
        path: "/obp/v1.4.0/resource-docs/VERSION/obp",
        operation: "getResourceDocsObpFirst",
        base: Base::Root,
        login: Login::Open,
        cache: Cache::Validated,
        handler: |call| Box::pin(resource_docs(call)),
        doc: &Doc { summary: "Get Resource Docs (as of v1.4.0)", implemented_in: "1_4_0", ..RESOURCE_DOCS },
        ..Route::GET
    },
    Route {
        path: "/resource-docs/VERSION/swagger",
        operation: "getResourceDocsSwagger",
        login: Login::Open,
        cache: Cache::Validated,
        handler: |call| Box::pin(swagger(call)),
        doc: &Doc {
            summary: "Get Swagger documentation",
            description: "The operations as a Swagger 2.0 document. `VERSION` is `v3.1.0`, or another version that this server accepts. No login needed.",
            response: Some(|| example(&json!({"swagger": "2.0"}))),
            errors: &[host(VersionUnknown), host(Unknown)],
            query: SELECTION,
            ..DOCUMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/resource-docs/VERSION/openapi",
        operation: "getResourceDocsOpenApi",
        login: Login::Open,
        cache: Cache::Validated,
        handler: |call| Box::pin(openapi(call)),
        doc: &Doc {
            summary: "Get OpenAPI documentation of a version",
            description: "The operations as an OpenAPI 3.1 document. `VERSION` is `v3.1.0`, or another version that this server accepts. No login needed.",
            response: Some(|| example(&json!({"openapi": "3.1.0"}))),
            errors: &[host(VersionUnknown), host(Unknown)],
            query: SELECTION,
            ..DOCUMENTS
        },
        ..Route::GET
    },
    Route {
        path: "/openapi.json",
        operation: "getOpenApi",
        base: Base::Root,
        login: Login::Open,
        cache: Cache::Validated,
        handler: |call| Box::pin(openapi(call)),
        doc: &Doc {
            summary: "Get OpenAPI documentation",
            description: "The operations of v3.1.0 as an OpenAPI 3.1 document. No login needed.",
            response: Some(|| example(&json!({"openapi": "3.1.0"}))),
            query: SELECTION,
            ..DOCUMENTS
        },
        ..Route::GET
    },
];

const META: Doc = Doc { tags: &["API"], implemented_in: "3_1_0", errors: &[host(Unknown)], ..Doc::EMPTY };
const DOCUMENTS: Doc = Doc { tags: &["Documentation", "API"], ..META };

/// Both paths of the resource docs.
const RESOURCE_DOCS: Doc = Doc {
    description: "The documentation of every operation for programs: titles, descriptions, examples, roles, errors. `VERSION` is `v3.1.0`, or another version that this server accepts.\n\nThe answer has an `ETag`. A request with this tag in `If-None-Match` is answered with 304 if nothing has changed. No login needed.",
    response: Some(|| example(&resource_docs_sample())),
    errors: &[host(VersionUnknown), host(Unknown)],
    query: SELECTION,
    ..DOCUMENTS
};

const SELECTION: &[Query] = &[
    Query { name: "tags", description: "Only operations with one of these tags.", shape: QueryShape::List },
    Query { name: "functions", description: "Only these operations.", shape: QueryShape::List },
    Query { name: "content", description: "Ignored: all documentation is static.", shape: QueryShape::Any },
    Query { name: "locale", description: "Ignored: all documentation is in English.", shape: QueryShape::Any },
];

#[derive(Serialize)]
struct Root {
    version: &'static str,
    version_status: &'static str,
    git_commit: &'static str,
    connector: &'static str,
    hosted_by: HostedBy,
    /// Only later versions show it.
    hostname: String,
    /// Only later versions show it.
    local_identity_provider: String,
}

/// The documented version, whatever version the path has (decision 11).
fn about(hosted_by: HostedBy, hostname: &str, identity_provider: &str) -> Root {
    Root {
        version: DOCUMENTED,
        version_status: "STABLE",
        git_commit: option_env!("OBP_GIT_COMMIT").unwrap_or_default(),
        connector: "mapped",
        hosted_by,
        hostname: hostname.to_owned(),
        local_identity_provider: identity_provider.to_owned(),
    }
}

#[derive(Serialize)]
struct ScannedVersions {
    scanned_api_versions: Vec<ScannedVersion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScannedVersion {
    url_prefix: &'static str,
    api_standard: &'static str,
    api_short_version: &'static str,
    #[serde(rename = "API_VERSION")]
    api_version: &'static str,
}

fn scanned(versions: &[&'static str]) -> ScannedVersions {
    let version = |version: &&'static str| ScannedVersion {
        url_prefix: "obp",
        api_standard: "obp",
        api_short_version: version,
        api_version: version,
    };
    ScannedVersions { scanned_api_versions: versions.iter().map(version).collect() }
}

fn root_example() -> Sample {
    let hosted_by = HostedBy {
        organisation: "Example Bank".to_owned(),
        email: "contact@example.com".to_owned(),
        phone: "+49 30 0000000".to_owned(),
        organisation_website: "https://www.example.com".to_owned(),
    };
    example(&Root { git_commit: "", ..about(hosted_by, "obp.example.com", "OBP") })
}

async fn root(call: Call) -> Answer {
    let Settings { hosted_by, hostname, identity_provider, .. } = &call.api.settings;
    reply(about(hosted_by.clone(), hostname, identity_provider))
}

async fn versions(_call: Call) -> Answer {
    reply(scanned(VERSIONS))
}

async fn resource_docs(call: Call) -> Answer {
    call.api.documents.resource_docs(&call)
}

async fn swagger(call: Call) -> Answer {
    call.api.documents.swagger(&call)
}

async fn openapi(call: Call) -> Answer {
    call.api.documents.openapi(&call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::body_of;

    #[test]
    fn the_root_names_the_organisation_that_runs_the_server() {
        let hosted_by = HostedBy {
            organisation: "Bank".to_owned(),
            email: "contact@example.com".to_owned(),
            phone: "+49".to_owned(),
            organisation_website: "https://example.com".to_owned(),
        };
        let commit = option_env!("OBP_GIT_COMMIT").unwrap_or_default();
        let expected = format!(
            r#"{{"version":"v3.1.0","version_status":"STABLE","git_commit":"{commit}","connector":"mapped","hosted_by":{{"organisation":"Bank","email":"contact@example.com","phone":"+49","organisation_website":"https://example.com"}}}}"#
        );
        assert_eq!(body_of(reply(about(hosted_by, "obp.example.com", "OBP"))), expected);
    }

    #[test]
    fn the_versions_list_has_every_version() {
        let listed = body_of(reply(scanned(VERSIONS)));
        let one = |version| {
            format!(
                r#"{{"urlPrefix":"obp","apiStandard":"obp","apiShortVersion":"{version}","API_VERSION":"{version}"}}"#
            )
        };
        let all: Vec<_> = VERSIONS.iter().map(one).collect();
        assert_eq!(listed, format!(r#"{{"scanned_api_versions":[{}]}}"#, all.join(",")));
    }
}

//! The documents for programs: resource docs, Swagger and OpenAPI (surface §2.9). All are derived from the routes.
//!
//! Whole documents are made once, at the first request for them. A selection of operations is made anew each time.

mod openapi;
mod operation;
mod resource;
mod schema;
mod shapes;
mod swagger;

use std::sync::OnceLock;

use bytes::Bytes;
use settings::PublicUrl;

pub(crate) use self::resource::sample as resource_docs_sample;
use crate::call::{Answer, Call, Documents, Reply};
use crate::errors::ApiError;
use crate::route::Route;
use crate::versions::{DOCUMENTED, VERSIONS};

/// A document, or the reason why there is none.
type Document = serde_json::Result<Bytes>;
/// The whole document of each version.
type WholeDocuments = OnceLock<Vec<(&'static str, Document)>>;
/// Writes the selected operations of a version, at the public URL.
type Write = fn(&[&'static Route], &str, &Selection, Option<&PublicUrl>) -> Document;

/// The documents of an API with these routes.
pub(crate) struct DerivedDocuments {
    /// The routes in the order of the seed page: by first tag, then by title.
    routes: Vec<&'static Route>,
    public_url: Option<PublicUrl>,
    resource_docs: OnceLock<serde_json::Result<Vec<resource::Version>>>,
    swagger: WholeDocuments,
    openapi: WholeDocuments,
}

impl DerivedDocuments {
    pub(crate) fn new(mut routes: Vec<&'static Route>, public_url: Option<PublicUrl>) -> Self {
        routes.sort_by_key(|route| (route.doc.tags.first(), route.doc.summary));
        Self { routes, public_url, resource_docs: OnceLock::new(), swagger: OnceLock::new(), openapi: OnceLock::new() }
    }

    /// The resource docs of a version.
    pub(crate) fn selected_resource_docs(&self, version: &str, selection: &Selection) -> Answer {
        let versions = self.resource_docs.get_or_init(|| resource::prepared(&self.routes));
        let versions = versions.as_ref().map_err(has_no_form)?;
        let version = versions.iter().find(|known| known.version == version);
        Ok(version.map(|version| Reply::document(version.document(selection))))
    }

    /// The Swagger document of a version.
    pub(crate) fn selected_swagger(&self, version: &'static str, selection: &Selection) -> Answer {
        self.selected(&self.swagger, swagger::document, version, selection)
    }

    /// The OpenAPI document of a version.
    pub(crate) fn selected_openapi(&self, version: &'static str, selection: &Selection) -> Answer {
        self.selected(&self.openapi, openapi::document, version, selection)
    }

    fn selected(&self, whole: &WholeDocuments, write: Write, version: &'static str, selection: &Selection) -> Answer {
        let of_version = |version| write(&self.routes, version, selection, self.public_url.as_ref());
        if !selection.is_everything() {
            let document = of_version(version);
            return document.map(|document| Some(Reply::document(document))).map_err(|error| has_no_form(&error));
        }
        let whole = whole.get_or_init(|| VERSIONS.iter().map(|version| (*version, of_version(version))).collect());
        let document = whole.iter().find(|(known, _)| *known == version);
        document.map(|(_, document)| of(document)).transpose()
    }
}

impl Documents for DerivedDocuments {
    fn resource_docs(&self, call: &Call) -> Answer {
        self.selected_resource_docs(version(call)?, &Selection::of(call))
    }

    fn swagger(&self, call: &Call) -> Answer {
        self.selected_swagger(version(call)?, &Selection::of(call))
    }

    fn openapi(&self, call: &Call) -> Answer {
        // The path without a version has no such parameter.
        let version = if call.path.is_empty() { DOCUMENTED } else { version(call)? };
        self.selected_openapi(version, &Selection::of(call))
    }
}

/// The operations that a request selects. Without a selection it gets all.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    tags: Vec<String>,
    functions: Vec<String>,
}

impl Selection {
    /// The operations with one of these tags and one of these names, both separated by commas. An empty list selects all.
    pub(crate) fn new(tags: &str, functions: &str) -> Self {
        let list =
            |text: &str| text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
        Self { tags: list(tags), functions: list(functions) }
    }

    fn of(call: &Call) -> Self {
        let text = |name| call.query(name).unwrap_or_default();
        Self::new(&text("tags"), &text("functions"))
    }

    fn has(&self, route: &Route) -> bool {
        let tagged =
            self.tags.is_empty() || route.doc.tags.iter().any(|tag| self.tags.iter().any(|wanted| wanted == tag));
        let named = self.functions.is_empty() || self.functions.iter().any(|wanted| wanted == route.operation);
        tagged && named
    }

    fn is_everything(&self) -> bool {
        self.tags.is_empty() && self.functions.is_empty()
    }
}

/// The version in the path: `v3.1.0` or `OBPv3.1.0`.
fn version(call: &Call) -> Result<&'static str, ApiError> {
    let named = call.path("VERSION")?;
    let bare = named.strip_prefix("OBP").unwrap_or(named);
    VERSIONS.iter().find(|version| **version == bare).copied().ok_or(ApiError::VersionUnknown(VERSIONS))
}

fn of(document: &Document) -> Result<Reply, ApiError> {
    document.as_ref().map(|document| Reply::document(document.clone())).map_err(has_no_form)
}

fn has_no_form(error: &serde_json::Error) -> ApiError {
    ApiError::Failed(format!("a document has no JSON form: {error}"))
}

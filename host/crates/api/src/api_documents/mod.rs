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
use crate::route::{Route, VERSIONS};

/// The version of the documented JSON, which all versions in paths have in common.
const DOCUMENTED: &str = "v3.1.0";

/// A document, or the reason why there is none.
type Document = serde_json::Result<Bytes>;

/// The documents of an API with these routes.
pub(crate) struct DerivedDocuments {
    /// The routes in the order of the seed page: by first tag, then by title.
    routes: Vec<&'static Route>,
    public_url: Option<PublicUrl>,
    resource_docs: OnceLock<serde_json::Result<Vec<resource::Version>>>,
    /// The whole document of each version.
    swagger: OnceLock<Vec<(&'static str, Document)>>,
    openapi: OnceLock<Document>,
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
        if !selection.is_everything() {
            let document = self.swagger_of(version, selection);
            return document.map(|document| Some(Reply::document(document))).map_err(|error| has_no_form(&error));
        }
        let whole = self.swagger.get_or_init(|| {
            let document = |version: &&'static str| (*version, self.swagger_of(version, selection));
            VERSIONS.iter().map(document).collect()
        });
        let document = whole.iter().find(|(known, _)| *known == version);
        document.map(|(_, document)| of(document)).transpose()
    }

    fn swagger_of(&self, version: &str, selection: &Selection) -> Document {
        swagger::document(&self.routes, version, selection, self.public_url.as_ref())
    }
}

impl Documents for DerivedDocuments {
    fn resource_docs(&self, call: &Call) -> Answer {
        self.selected_resource_docs(version(call)?, &Selection::of(call))
    }

    fn swagger(&self, call: &Call) -> Answer {
        self.selected_swagger(version(call)?, &Selection::of(call))
    }

    fn openapi(&self) -> Answer {
        of(self.openapi.get_or_init(|| openapi::document(&self.routes, self.public_url.as_ref()))).map(Some)
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

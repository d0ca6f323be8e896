//! The documents for programs: resource docs, Swagger and OpenAPI (surface §2.9), all derived from the routing table.
//!
//! What can be asked for whole is made once; a selection is put together from what was made.

mod openapi;
mod operation;
mod resource;
mod schema;
mod swagger;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use super::call::{Answer, Call};
use super::errors::ApiError;
use super::routes::{ROUTES, Route, VERSIONS};

/// The version whose shapes all versions answer in.
const DOCUMENTED: &str = "v3.1.0";

/// Which operations are asked for; everything where nothing is said.
#[derive(Debug, Default)]
struct Selection {
    tags: Vec<String>,
    functions: Vec<String>,
}

impl Selection {
    fn of(call: &Call) -> Self {
        let list = |name| {
            let text: String = call.query(name).unwrap_or_default();
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
        };
        Self { tags: list("tags"), functions: list("functions") }
    }

    /// One of the tags, and one of the functions; an empty list asks for nothing in particular.
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

/// Every row, in the order of the seed page: by the first tag, then by title.
static SORTED: LazyLock<Vec<&'static Route>> = LazyLock::new(|| {
    let mut sorted: Vec<_> = ROUTES.iter().collect();
    sorted.sort_by_key(|route| (route.doc.tags.first(), route.doc.summary));
    sorted
});

/// The version that a path names: `v3.1.0` or `OBPv3.1.0`.
fn version(call: &Call) -> Result<&'static str, ApiError> {
    let named = call.param(0);
    let bare = named.strip_prefix("OBP").unwrap_or(named);
    VERSIONS.iter().find(|version| **version == bare).copied().ok_or(ApiError::VersionUnknown(VERSIONS))
}

/// `/resource-docs/VERSION/obp`
pub(super) async fn resource_docs(call: Call) -> Answer {
    resource::document(version(&call)?, &Selection::of(&call)).map(Some)
}

/// `/resource-docs/VERSION/swagger`
pub(super) async fn swagger(call: Call) -> Answer {
    swagger::document(version(&call)?, &Selection::of(&call)).map(Some)
}

/// `/openapi.json`
pub(super) async fn openapi(_call: Call) -> Answer {
    openapi::document().map(Some)
}

fn has_no_form(error: &serde_json::Error) -> ApiError {
    ApiError::Failed(format!("a document has no JSON form: {error}"))
}

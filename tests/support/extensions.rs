//! Servers with extensions: the folders of an operator, and an outside world in which the test assigns addresses to names.

mod manifest;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use obp_host::extensions::outbound::{OutboundClients, Resolve, Resolving};
use obp_host::storage::Store;
use reqwest::Method;
use rusqlite::Connection;

pub(crate) use self::manifest::Manifest;
use super::{TestApp, log, world};

/// The extension that does what a test tells it to do. `tests/hostile` lists the deeds.
pub const HOSTILE: &str = concat!(env!("OUT_DIR"), "/hostile.wasm");

/// The server accepts few requests, so that each has a slot of the largest memory. It waits long enough for the slowest extension.
const SETTINGS: [(&str, &str); 2] =
    [("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "64"), ("OBP_HOST_LIMITS__HOST_MS_MAX", "60000")];

/// Puts the test extension with this manifest into a folder of extensions.
pub fn deploy(folder: &Path, manifest: &Manifest) {
    let component = fs::read(HOSTILE).expect("it was built");
    manifest.deploy(folder, &component).expect("a folder");
}

/// Looks up names in a table. Other names do not exist.
struct Names(Vec<(String, IpAddr)>);

impl Resolve for Names {
    fn resolve(&self, name: &str) -> Resolving {
        let found = self.0.iter().filter(|(known, _)| known == name).map(|(_, address)| SocketAddr::new(*address, 0));
        let found: Vec<_> = found.collect();
        Box::pin(async move { if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) } })
    }
}

/// HTTP clients for which these names have these addresses.
pub fn clients(names: &[(&str, &str)]) -> OutboundClients {
    let table = names.iter().map(|(name, address)| ((*name).to_owned(), address.parse().expect("an address")));
    OutboundClients::new(Arc::new(Names(table.collect())))
}

/// A server whose extensions have these manifests.
pub async fn server(extensions: &[Manifest], names: &[(&str, &str)]) -> TestApp {
    server_over(extensions, names, &[], |store| store).await
}

/// The same as [`server`], with these settings and a wrapper around the store.
pub async fn server_over(
    extensions: &[Manifest],
    names: &[(&str, &str)],
    settings: &[(&str, &str)],
    wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
) -> TestApp {
    log::keep();
    let folder = crate::support::folder().expect("a folder");
    for manifest in extensions {
        deploy(folder.path(), manifest);
    }
    let settings: Vec<_> = SETTINGS.iter().chain(settings).copied().collect();
    TestApp::extended(folder.path(), clients(names), &settings, wrap).await
}

/// An answer, with the correlation id that its log lines have.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub retry_after: Option<String>,
    pub correlation_id: String,
}

impl Answer {
    /// The log lines of the request.
    pub fn logged(&self) -> Vec<String> {
        log::lines_with(&self.correlation_id)
    }

    /// Fails unless the answer is this error.
    pub fn is(&self, status: u16, message: &str) {
        let envelope = serde_json::json!({"code": status, "message": message}).to_string();
        assert_eq!((self.status, self.body.as_str()), (status, envelope.as_str()));
    }
}

/// Sends a request as `kim`.
pub async fn ask(app: &TestApp, method: Method, path: &str, body: &str) -> Answer {
    let request = reqwest::Client::new().request(method, app.url(path)).body(body.to_owned());
    let request = request.header("DirectLogin", format!("token={}", world::token("kim")));
    let response = request.header("Content-Type", "application/json").send().await.expect("an answer");
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    let (status, retry_after) = (response.status().as_u16(), header("retry-after"));
    let correlation_id = header("correlation-id").expect("every answer has one");
    Answer { status, body: response.text().await.expect("a body"), retry_after, correlation_id }
}

/// The path of a document of `c-1`, customer of `bank-1`.
pub const DOCUMENT: &str = "/banks/bank-1/customers/c-1/kyc_documents/d-1";

/// Puts a document with this place of issue. The test extension takes the place as its deed.
pub async fn put_document(app: &TestApp, issue_place: &str) -> Answer {
    ask(app, Method::PUT, DOCUMENT, &document(issue_place)).await
}

/// The body of an addKycDocument.
pub fn document(issue_place: &str) -> String {
    let date = "2017-09-19T00:00:00Z";
    serde_json::json!({
        "customer_number": "1", "type": "passport", "number": "1", "issue_date": date, "issue_place": issue_place, "expiry_date": date
    })
    .to_string()
}

/// The documents of `c-1`.
pub async fn documents(app: &TestApp) -> String {
    super::get(&reqwest::Client::new(), "kim", app.url("/customers/c-1/kyc_documents")).await
}

/// The stored notes of screeners, oldest first: bank, operation, subject and note.
pub fn notes(app: &TestApp) -> Vec<[String; 4]> {
    let database = app.data.path().join("onboarding.db");
    let database = Connection::open(database).expect("the store");
    let mut query = database
        .prepare("SELECT bank_id, operation, subject_id, note FROM screening_notes ORDER BY rowid")
        .expect("a table");
    let rows = query.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}

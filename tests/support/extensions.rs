//! Servers with extensions: folders as an operator has them, and a world outside in which names stand for what a test says.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use obp_host::extensions::outbound::{OutboundClients, Resolve, Resolving};
use obp_host::storage::Store;
use reqwest::Method;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{TestApp, log, world};

/// The extension that does what it is told to: `tests/hostile` has what it can be told.
pub const HOSTILE: &str = concat!(env!("OUT_DIR"), "/hostile.wasm");

/// Few requests, for each of which there is a slot of the largest memory; and time enough for the slowest extension.
const SETTINGS: [(&str, &str); 2] =
    [("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "64"), ("OBP_HOST_LIMITS__HOST_MS_MAX", "60000")];

/// That manifest with these lines instead of those of the same keys; a line whose key is new comes first, before the tables.
pub fn with(manifest: &str, lines: &[&str]) -> String {
    let key = |line: &str| line.split(" = ").next().unwrap_or_default().to_owned();
    let mut text: Vec<_> = manifest.lines().map(str::to_owned).collect();
    for line in lines {
        match text.iter().position(|old| key(old) == key(line)) {
            Some(at) => text[at] = (*line).to_owned(),
            None => text.insert(0, (*line).to_owned()),
        }
    }
    text.join("\n")
}

/// Puts an extension into a folder of extensions: `DIGEST` in its manifest is the component's.
pub fn deploy(folder: &Path, name: &str, manifest: &str) {
    let component = fs::read(HOSTILE).expect("it was built");
    let own = folder.join(name);
    fs::create_dir(&own).expect("a folder");
    fs::write(own.join("component.wasm"), &component).expect("a file");
    let manifest = manifest.replace("DIGEST", &hex::encode(Sha256::digest(&component)));
    fs::write(own.join("extension.toml"), manifest).expect("a file");
}

/// Looks up names in a table; what is not in it does not exist.
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

/// A server whose extensions have these names and manifests.
pub async fn server(extensions: &[(&str, &str)], names: &[(&str, &str)]) -> TestApp {
    server_over(extensions, names, &[], |store| store).await
}

/// As [`server`], with these settings, and with what stands between it and its store.
pub async fn server_over(
    extensions: &[(&str, &str)],
    names: &[(&str, &str)],
    settings: &[(&str, &str)],
    wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
) -> TestApp {
    log::keep();
    let folder = TempDir::new().expect("a folder");
    for (name, manifest) in extensions {
        deploy(folder.path(), name, manifest);
    }
    let settings: Vec<_> = SETTINGS.iter().chain(settings).copied().collect();
    TestApp::extended(folder.path(), clients(names), &settings, wrap).await
}

/// An answer, and whose it is in the log.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub retry_after: Option<String>,
    pub correlation_id: String,
}

impl Answer {
    /// What the log says about the request.
    pub fn logged(&self) -> Vec<String> {
        log::lines_with(&self.correlation_id)
    }

    pub fn is(&self, status: u16, message: &str) {
        let envelope = serde_json::json!({"code": status, "message": message}).to_string();
        assert_eq!((self.status, self.body.as_str()), (status, envelope.as_str()));
    }
}

/// A request of `kim`'s.
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

/// A document that was issued there is put.
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

/// What the store has of screeners' notes, in their order: bank, operation, subject and note.
pub fn notes(app: &TestApp) -> Vec<[String; 4]> {
    let database = app.data.path().join("onboarding.db");
    let database = Connection::open(database).expect("the store");
    let mut query = database
        .prepare("SELECT bank_id, operation, subject_id, note FROM screening_notes ORDER BY rowid")
        .expect("a table");
    let rows = query.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}

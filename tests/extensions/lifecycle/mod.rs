//! Extensions are added, changed and removed: what the commands print, and what a running server does.

mod changes;
mod compilation;
mod control_socket;
mod inspection;
mod reload;

use std::path::Path;

use reqwest::{Client, Method};

use crate::support::process::Server;
use crate::support::send;

const SCREENER: &str = "expired-documents";
const DOCUMENT: &str = "/banks/bank-1/customers/c-1/kyc_documents/d-1";
const EXPIRED: &str = r#"{"customer_number":"1","type":"passport","number":"7","issue_date":"2009-05-01T00:00:00Z","issue_place":"Berlin","expiry_date":"2019-05-01T00:00:00Z"}"#;

/// Whether the screener rejects an expired document.
async fn screened(server: &Server) -> bool {
    let (status, body) =
        send(&Client::new(), Method::PUT, "kim", server.url(DOCUMENT), EXPIRED.to_owned()).await.unwrap();
    assert!(status == 200 || body.contains("The document expired on 2019-05-01."), "{body}");
    status == 400
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

//! Set-up of the tests: a server with the real component, in this process or as the binary, and its data.

pub mod apart;
pub mod app;
pub mod chance;
pub mod damage;
pub mod extensions;
pub mod flood;
pub mod gate;
pub mod log;
pub mod operator;
pub mod peer;
pub mod process;
pub mod silent;
pub mod sizes;
pub mod tls;
pub mod world;
pub mod writers;

use std::os::unix::fs::PermissionsExt as _;

pub use app::TestApp;
use obp_host::component::samples;

/// A folder for a server's data, which other users cannot list. It is removed when it is dropped.
pub fn folder() -> std::io::Result<tempfile::TempDir> {
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir()
}

/// The body of an addKycCheck with this comment.
pub fn check_body(comments: &str) -> String {
    serde_json::to_string(&world::check_draft(comments)).expect("a draft has a JSON form")
}

/// The sample body of the operation at this path. It is empty if the operation reads none.
pub fn sample_body(path: &str) -> String {
    let body = match path.trim_start_matches('/').split('/').collect::<Vec<_>>()[..] {
        ["users"] => serde_json::to_string(&samples::user_draft()),
        [_, _, "accounts", _] => serde_json::to_string(&samples::account_draft()),
        [_, _, "meetings"] => serde_json::to_string(&samples::meeting_draft()),
        [_, _, _, _, "kyc_check", _] => serde_json::to_string(&samples::kyc_check_draft()),
        [_, _, _, _, "kyc_documents", _] => serde_json::to_string(&samples::kyc_document_draft()),
        [_, _, _, _, "kyc_media", _] => serde_json::to_string(&samples::kyc_media_draft()),
        [_, _, _, _, "kyc_statuses"] => serde_json::to_string(&samples::kyc_status_draft()),
        _ => Ok(String::new()),
    };
    // The field is `type_` in Rust, because `type` is a keyword.
    body.expect("a draft has a JSON form").replace("\"type_\"", "\"type\"")
}

/// Sends a JSON PUT as this user. Returns status and body, or `None` if the server did not answer.
pub async fn try_put(client: &reqwest::Client, user: &str, url: String, body: String) -> Option<(u16, String)> {
    send(client, reqwest::Method::PUT, user, url, body).await
}

/// The same as [`try_put`], with any method.
pub async fn send(
    client: &reqwest::Client,
    method: reqwest::Method,
    user: &str,
    url: String,
    body: String,
) -> Option<(u16, String)> {
    let request = client
        .request(method, url)
        .header("DirectLogin", format!("token={}", world::token(user)))
        .header("Content-Type", "application/json")
        .body(body);
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.text().await.ok()?))
}

/// The response to every internal fault of the server.
pub fn unknown_error(status: u16) -> (u16, String) {
    (status, format!(r#"{{"code":{status},"message":"OBP-50000: Unknown Error."}}"#))
}

/// Sends a GET as this user, which must succeed. Returns the body.
pub async fn get(client: &reqwest::Client, user: &str, url: String) -> String {
    let (status, body) = send(client, reqwest::Method::GET, user, url, String::new()).await.expect("an answer");
    assert_eq!(status, 200, "{body}");
    body
}

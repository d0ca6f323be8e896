//! Set-up: a server over the real component, in this process or as the binary, with data to work on.

pub mod apart;
pub mod app;
pub mod damage;
pub mod extensions;
pub mod gate;
pub mod log;
pub mod operator;
pub mod peer;
pub mod process;
pub mod tls;
pub mod world;

pub use app::TestApp;

/// The body of an addKycCheck, with that comment.
pub fn check_body(comments: &str) -> String {
    format!(
        r#"{{"customer_number":"1","date":"2017-09-19T00:00:00Z","how":"h","staff_user_id":"s","staff_name":"n","satisfied":true,"comments":"{comments}"}}"#
    )
}

/// A JSON PUT by that user of the world: status and body. `None` if the server did not answer.
pub async fn try_put(client: &reqwest::Client, user: &str, url: String, body: String) -> Option<(u16, String)> {
    send(client, reqwest::Method::PUT, user, url, body).await
}

/// As [`try_put`], by any method.
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

/// What the client is told of every fault of the server's own.
pub fn unknown_error(status: u16) -> (u16, String) {
    (status, format!(r#"{{"code":{status},"message":"OBP-50000: Unknown Error."}}"#))
}

/// A GET by that user of the world, which must succeed.
pub async fn get(client: &reqwest::Client, user: &str, url: String) -> String {
    let (status, body) = send(client, reqwest::Method::GET, user, url, String::new()).await.expect("an answer");
    assert_eq!(status, 200, "{body}");
    body
}

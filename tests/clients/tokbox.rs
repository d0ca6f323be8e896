//! A tokbox meeting, from HTTP through the component to a local stub of OpenTok.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{TestApp, get, send};

/// Answers every request with a session of this id, and closes the connection after each response.
async fn stand_in(session_id: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"archiveMode=manual") {
                let mut bytes = [0; 1024];
                let read = stream.read(&mut bytes).await.unwrap();
                assert!(read > 0, "{}", String::from_utf8_lossy(&head));
                head.extend_from_slice(&bytes[..read]);
            }
            assert!(head.starts_with(b"POST /session/create HTTP/1.1\r\n"));
            let body = format!(r#"[{{"session_id":"{session_id}"}}]"#);
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    url
}

/// A server whose provider `tokbox` uses OpenTok at this URL.
async fn served_by(url: &str) -> TestApp {
    TestApp::with(&[
        ("OBP_HOST_MEETINGS__ENABLED", "true"),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__KIND", "tokbox"),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__API_KEY", "4711"),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__SECRET", "hush"),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__BASE_URL", url),
    ])
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_gets_its_session_from_opentok_and_shows_each_party_its_own_token() {
    let url = stand_in("1_MX40NzExfn4").await;
    let app = served_by(&url).await;
    let client = reqwest::Client::new();
    let body = r#"{"provider_id":"tokbox","purpose_id":"onboarding"}"#.to_owned();
    let (status, made) =
        send(&client, reqwest::Method::POST, "kim", app.url("/banks/bank-1/meetings"), body).await.unwrap();
    assert_eq!(status, 201, "{made}");
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let keys = &made["keys"];
    assert_eq!((keys["session_id"].as_str(), keys["staff_token"].as_str()), (Some("1_MX40NzExfn4"), Some("")));
    assert!(keys["customer_token"].as_str().unwrap().starts_with("T1=="));

    let id = made["meeting_id"].as_str().unwrap();
    let seen = |user| get(&client, user, app.url(&format!("/banks/bank-1/meetings/{id}")));
    let as_maker: serde_json::Value = serde_json::from_str(&seen("kim").await).unwrap();
    assert!(as_maker["keys"]["customer_token"].as_str().unwrap().starts_with("T1=="));
    assert_ne!(as_maker["keys"]["customer_token"], keys["customer_token"], "a token is made for each answer");
    let as_other: serde_json::Value = serde_json::from_str(&seen("lee").await).unwrap();
    assert_eq!(as_other["keys"]["customer_token"], "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_does_not_answer_fails_that_request_only() {
    // No process listens at this port.
    let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap());
    let app = served_by(&url).await;
    let client = reqwest::Client::new();
    let body = r#"{"provider_id":"tokbox","purpose_id":"onboarding"}"#.to_owned();
    let answer = send(&client, reqwest::Method::POST, "kim", app.url("/banks/bank-1/meetings"), body).await.unwrap();
    assert_eq!(answer, (500, r#"{"code":500,"message":"OBP-50000: Unknown Error."}"#.to_owned()));
    assert_eq!(get(&client, "kim", app.url("/banks/bank-1/meetings")).await, r#"{"meetings":[]}"#);
}

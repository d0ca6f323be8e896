//! Tests with a stand-in for OpenTok, on a port of this machine.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use settings::Secret;
use tokio::net::TcpListener;

use super::super::tests::{participant, request};
use super::*;

const NOW: i64 = 1_790_000_000;
const SECRET: &str = "hush-hush-hush";
const SESSION: &str = "2_MX40NzExfn4xNzkwMDAwMDAwfmFiYw~~";

fn at_now() -> Ambient {
    Ambient::fixed(NOW * 1000, 7)
}

fn tokbox(api_key: &str, secret: &str, base_url: &str) -> Tokbox {
    let base_url = base_url.parse().unwrap();
    let (api_key, secret) = (api_key.to_owned(), Secret::new(secret));
    Tokbox::new(config::Tokbox { api_key, secret, base_url, join_url: None }).unwrap()
}

/// A request that the stand-in got.
#[derive(Debug)]
struct ReceivedRequest {
    method: Method,
    path: String,
    accept: String,
    content_type: String,
    auth: String,
    body: String,
}

impl ReceivedRequest {
    async fn new(request: Request<Incoming>) -> Self {
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap();
        Self {
            path: head.uri.path().to_owned(),
            accept: header("accept"),
            content_type: header("content-type"),
            auth: header("x-opentok-auth"),
            body: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
            method: head.method,
        }
    }
}

/// A stand-in for OpenTok with one answer. Returns its URL, and its requests.
async fn stand_in(status: u16, answer: impl Into<Bytes>) -> (String, Arc<Mutex<Vec<ReceivedRequest>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (answer, log) = (answer.into(), Arc::clone(&asked));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service_fn(|request| async {
                let asked = ReceivedRequest::new(request).await;
                log.lock().unwrap().push(asked);
                let response = hyper::Response::builder().status(status).header("location", "/elsewhere");
                Ok::<_, Infallible>(response.body(Full::new(answer.clone())).unwrap())
            });
            // The client may close the connection before it has read everything.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        }
    });
    (base_url, asked)
}

fn created() -> String {
    json!([{"session_id": SESSION, "project_id": "4711", "media_server_url": ""}]).to_string()
}

async fn failure(tokbox: &Tokbox) -> String {
    let error = tokbox.create_session(&request(), &at_now()).await.unwrap_err();
    assert!(matches!(error, ProviderError::Failed(_)), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("eyJ"), "shows a secret: {shown}");
    error.to_string()
}

/// The rights of a token, after a check of its signature.
fn granted(token: &str) -> Vec<(String, String)> {
    let token = String::from_utf8(BASE64_STANDARD.decode(token.strip_prefix("T1==").unwrap()).unwrap()).unwrap();
    let (head, data) = token.split_once(':').unwrap();
    let signature = head.strip_prefix("partner_id=4711&sig=").unwrap();
    let bytes: Vec<u8> = (0..40).step_by(2).map(|at| u8::from_str_radix(&signature[at..at + 2], 16).unwrap()).collect();
    assert_eq!(signature.len(), 40);
    let mut mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(data.as_bytes());
    mac.verify_slice(&bytes).unwrap();
    data.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), percent_decode_str(value).decode_utf8().unwrap().into_owned()))
        .collect()
}

#[tokio::test]
async fn a_session_is_requested_in_the_name_of_the_project() {
    let (base_url, asked) = stand_in(200, created()).await;
    let session = tokbox("4711", SECRET, &format!("{base_url}/")).create_session(&request(), &at_now()).await.unwrap();
    assert_eq!(session, SESSION);

    let asked = asked.lock().unwrap().pop().unwrap();
    assert_eq!((asked.method, asked.path.as_str()), (Method::POST, "/session/create"));
    assert_eq!(asked.accept, "application/json");
    assert_eq!(asked.content_type, "application/x-www-form-urlencoded");
    assert_eq!(asked.body, "p2p.preference=disabled&archiveMode=manual");
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let mut claims = jsonwebtoken::decode::<Value>(&asked.auth, &key, &validation).unwrap().claims;
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(jti.as_str().unwrap().len(), 32);
    assert_eq!(claims, json!({"iss": "4711", "ist": "project", "iat": NOW, "exp": NOW + 300}));
}

#[tokio::test]
async fn a_token_is_signed_and_only_staff_moderates() {
    let tokbox = tokbox("4711", SECRET, "http://127.0.0.1:1");
    for (party, role) in [(Party::Staff, "moderator"), (Party::Customer, "publisher")] {
        let access = tokbox.grant_access(&participant(party, SESSION), &at_now()).await.unwrap();
        assert_eq!(access.url, None);
        let mut granted = granted(&access.token);
        let nonce = granted.remove(4);
        assert_eq!((nonce.0.as_str(), nonce.1.len()), ("nonce", 32));
        let expected = [
            ("session_id", SESSION),
            ("create_time", "1789999990"),
            ("expire_time", "1790003600"),
            ("role", role),
            ("connection_data", "name=Ada & Co"),
        ];
        assert_eq!(granted, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}

#[tokio::test]
async fn the_operators_page_gets_key_session_and_token() {
    let mut tokbox = tokbox("4711", SECRET, "http://127.0.0.1:1");
    tokbox.settings.join_url = Some("https://video.bank.example/room?lang=de".parse().unwrap());
    let access = tokbox.grant_access(&participant(Party::Customer, SESSION), &at_now()).await.unwrap();
    let url: Url = access.url.unwrap().parse().unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [("lang", "de"), ("api_key", "4711"), ("session_id", SESSION), ("token", &access.token)];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!((url.host_str(), url.path()), (Some("video.bank.example"), "/room"));
}

#[test]
fn a_name_can_neither_add_a_role_nor_exceed_the_connection_data() {
    let tokbox = tokbox("4711", SECRET, "http://127.0.0.1:1");
    let sly = granted(&tokbox.token(SESSION, "publisher", "x&role=moderator", &at_now()).unwrap());
    assert_eq!(sly.iter().filter(|(name, _)| name == "role").count(), 1);
    assert_eq!(sly.last().unwrap().1, "name=x&role=moderator");
    let long = granted(&tokbox.token(SESSION, "publisher", &"ü".repeat(2000), &at_now()).unwrap());
    assert_eq!(long.last().unwrap().1.chars().count(), "name=".len() + NAME_CHARS_MAX);
}

#[tokio::test]
async fn an_answer_without_a_session_is_a_failure() {
    let unreadable = "the meeting provider failed: OpenTok's answer is not a list of one session";
    let long = json!([{"session_id": "s".repeat(ANSWER_BYTES_MAX)}]).to_string();
    for (status, answer, expected) in [
        (403, json!({"message": SECRET}).to_string(), "the meeting provider failed: OpenTok answered 403"),
        (307, String::new(), "the meeting provider failed: OpenTok answered 307"),
        (500, created(), "the meeting provider failed: OpenTok answered 500"),
        (200, String::new(), unreadable),
        (200, format!("<html>{SECRET}</html>"), unreadable),
        (200, "[]".to_owned(), unreadable),
        (200, json!([{"session_id": ""}]).to_string(), unreadable),
        (200, json!([{"session_id": "x&role=moderator"}]).to_string(), unreadable),
        (200, long, "the meeting provider failed: OpenTok's answer is longer than 65536 bytes"),
    ] {
        let (base_url, asked) = stand_in(status, answer.clone()).await;
        assert_eq!(failure(&tokbox("4711", SECRET, &base_url)).await, expected, "{status} {answer:.40}");
        assert_eq!(asked.lock().unwrap().len(), 1, "{status}: asked once and not redirected");
    }
}

#[tokio::test]
async fn a_service_that_limits_its_clients_is_busy() {
    for status in [429, 503] {
        let (base_url, _) = stand_in(status, "later").await;
        let error = tokbox("4711", SECRET, &base_url).create_session(&request(), &at_now()).await.unwrap_err();
        assert!(matches!(error, ProviderError::Busy(_)), "{status}: {error}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_reachable_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let text = failure(&tokbox("4711", SECRET, &base_url)).await;
    assert!(text.contains("refused"), "{text}");
}

#[tokio::test]
async fn without_key_or_secret_no_request_is_made() {
    let (base_url, asked) = stand_in(200, created()).await;
    for (key, secret, reason) in [
        ("", "", Unavailable::KeyMissing),
        ("", SECRET, Unavailable::KeyMissing),
        ("4711", "", Unavailable::SecretMissing),
    ] {
        let tokbox = tokbox(key, secret, &base_url);
        assert_eq!(tokbox.readiness(), Err(reason));
        let error = tokbox.create_session(&request(), &at_now()).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unavailable(found) if found == reason), "{error}");
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn debug_output_shows_no_secret() {
    let shown = format!("{:?}", tokbox("4711", SECRET, "http://127.0.0.1:1"));
    assert!(shown.contains("4711") && !shown.contains(SECRET), "{shown}");
}

//! Clients that misuse a connection, encrypted or not, harm only themselves. No response is lost when the server stops.

use hyper::Version;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::gate::Gate;
use crate::support::tls::{Files, Pair};
use crate::support::{TestApp, get, world};

const EMPTY: &str = r#"{"checks":[]}"#;
/// The first bytes of an HTTP/2 client, with settings that change nothing.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const GOAWAY: u8 = 7;

/// All bytes until the server closes the connection. `None` if it closes with a reset.
async fn rest(mut stream: impl AsyncReadExt + Unpin) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.ok().map(|_| read)
}

/// The types of the HTTP/2 frames in these bytes.
fn frames(mut bytes: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    while let [a, b, c, kind, ..] = *bytes {
        types.push(kind);
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        bytes = &bytes[9 + length..];
    }
    types
}

async fn serves(app: &TestApp, pair: &Pair) -> bool {
    get(&pair.client().build().unwrap(), "kim", app.url("/customers/c-1/kyc_checks")).await == EMPTY
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unfinished_handshakes_do_not_delay_other_clients() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    let mut mute = Vec::new();
    for said in [&b""[..], b"\x16", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"].repeat(4) {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(said).await.unwrap();
        mute.push(stream);
    }
    assert!(serves(&app, &pair).await);
    for stream in mute {
        assert_eq!(
            stream.try_read(&mut [0]).unwrap_err().kind(),
            std::io::ErrorKind::WouldBlock,
            "the connection is still open"
        );
    }
}

/// The server accepts one connection. The next client is served only after the first one is dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unfinished_handshake_counts_as_a_connection_and_is_dropped() {
    let pair = Pair::new();
    let settings = [("OBP_HOST_LIMITS__CONNECTIONS_MAX", "1"), ("OBP_HOST_LIMITS__TLS_HANDSHAKE_MS_MAX", "300")];
    let app = TestApp::with(&Files::of(&pair).settings(&settings)).await;
    let mute = TcpStream::connect(app.address).await.unwrap();
    assert!(serves(&app, &pair).await);
    assert_eq!(mute.try_read(&mut [0]).unwrap(), 0, "the first connection was dropped before the next was served");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_to_the_tls_port_closes_that_connection_only() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    let client = pair.client().build().unwrap();
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, EMPTY);
    for said in [&b"GET /obp/v3.1.0/root HTTP/1.1\r\nHost: h\r\n\r\n"[..], PREFACE] {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(said).await.unwrap();
        // The server sends nothing or an alert of TLS.
        let answer = rest(stream).await.unwrap_or_default();
        assert!(answer.is_empty() || answer[0] == 21, "{answer:?}");
    }
    assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, EMPTY);
    assert!(serves(&app, &pair).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_sockets_speak_no_http_2() {
    let app = TestApp::start().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(PREFACE).await.unwrap();
    assert!(rest(stream).await.unwrap_or_default().is_empty());
    let insisting = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    assert!(insisting.get(app.url("/root")).send().await.is_err());
    // The control: the same port speaks HTTP/1.1.
    let response = reqwest::get(app.url("/root")).await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, Version::HTTP_11));
}

/// The idle client connects later and is closed earlier than the client with a running request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_http_2_connection_is_closed_and_one_with_a_running_request_is_not() {
    let pair = Pair::new();
    let gate = Gate::new();
    let files = Files::of(&pair);
    let settings = files.settings(&[("OBP_HOST_LIMITS__IDLE_MS_MAX", "1000")]);
    let app = TestApp::with_over(&settings, |store| gate.before(store)).await;
    let (client, url) = (pair.client().build().unwrap(), app.url("/customers/c-1/kyc_checks"));
    let at_work = tokio::spawn(async move { get(&client, "kim", url).await });
    gate.arrived(1).await;
    // One client sends nothing. The other one begins correctly and then does not answer pings.
    let silent = pair.connect(app.address, &["h2"]).await.unwrap();
    let mut begun = pair.connect(app.address, &["h2"]).await.unwrap();
    begun.write_all(PREFACE).await.unwrap();
    let (silent, begun) = tokio::join!(rest(silent), rest(begun));
    assert!(!frames(&silent.unwrap_or_default()).contains(&GOAWAY));
    assert!(begun.is_none_or(|begun| frames(&begun).contains(&GOAWAY)), "the client gets a GOAWAY");
    gate.open();
    assert_eq!(at_work.await.unwrap(), EMPTY);
}

/// The server accepts one connection, as above.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_its_responses_is_dropped() {
    let settings = [("OBP_HOST_LIMITS__CONNECTIONS_MAX", "1"), ("OBP_HOST_LIMITS__HEAD_READ_MS_MAX", "300")];
    let app = TestApp::with(&settings).await;
    let large = "x".repeat(2000);
    let changes = (0..1000).map(|number| world::check("bank-1", "c-1", &format!("k-{number}"), &large));
    let store = crate::support::process::store(app.data.path());
    obp_host::storage::Store::commit(&store, changes.map(obp_host::storage::statement).collect()).await.unwrap();
    let mut greedy = TcpStream::connect(app.address).await.unwrap();
    let head =
        "GET /obp/v3.1.0/customers/c-1/kyc_checks HTTP/1.1\r\nHost: h\r\nDirectLogin: token=token-of-kim\r\n\r\n";
    // More bytes than the buffers between the two can hold.
    greedy.write_all(head.repeat(20).as_bytes()).await.unwrap();
    assert_eq!(reqwest::get(app.url("/root")).await.unwrap().status(), 200);
    drop(greedy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_completes_running_requests_and_waits_for_no_handshake() {
    let pair = Pair::new();
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let gate = Gate::new();
        // No connection is cut within this test. A connection that the server does not wait for has ended.
        let files = Files::of(&pair);
        let settings = files.settings(&[
            ("OBP_HOST_LIMITS__SHUTDOWN_MS_MAX", "3600000"),
            ("OBP_HOST_LIMITS__TLS_HANDSHAKE_MS_MAX", "3600000"),
        ]);
        let mut app = TestApp::with_over(&settings, |store| gate.before(store)).await;
        let client = if version == Version::HTTP_2 { pair.client() } else { pair.client().http1_only() };
        let request = client.build().unwrap().get(app.url("/customers/c-1/kyc_checks"));
        let at_work = tokio::spawn(request.header("DirectLogin", "token=token-of-kim").send());
        gate.arrived(1).await;
        let mute = TcpStream::connect(app.address).await.unwrap();
        app.tell_to_stop().await;
        gate.open();
        let response = at_work.await.unwrap().unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (200, version));
        assert_eq!(response.text().await.unwrap(), EMPTY);
        app.ended().await;
        drop(mute);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_versions_refuse_a_body_that_is_too_large() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    let expected =
        r#"{"code":413,"message":"OBP-10001: Incorrect json format. The body must have at most 65536 bytes."}"#;
    for (version, closes) in [(Version::HTTP_11, true), (Version::HTTP_2, false)] {
        let client = if version == Version::HTTP_2 { pair.client() } else { pair.client().http1_only() };
        let client = client.build().unwrap();
        let post = |bytes| {
            let request = client.post(app.url("/users")).header("Content-Type", "application/json");
            request.body(vec![b' '; bytes]).send()
        };
        let response = post(1 << 20).await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (413, version));
        // HTTP/2 forbids this header.
        assert_eq!(response.headers().contains_key("connection"), closes);
        assert_eq!(response.text().await.unwrap(), expected);
        // The control: a body of the largest allowed size is read.
        assert_eq!(post(65_536).await.unwrap().status(), 400);
        assert_eq!(get(&client, "kim", app.url("/customers/c-1/kyc_checks")).await, EMPTY);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_versions_refuse_a_head_that_is_too_large() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let client = if version == Version::HTTP_2 { pair.client() } else { pair.client().http1_only() };
        let client = client.build().unwrap();
        let asked = |bytes| client.get(app.url("/root")).header("X-Large", "x".repeat(bytes)).send();
        let response = asked(20_000).await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (431, version));
        assert_eq!(asked(10_000).await.unwrap().status(), 200);
    }
}

//! HTTP over TLS: version negotiation, equal responses over both versions, many requests at once, renewed certificates.

use hyper::Version;
use hyper::header::{CONNECTION, DATE, HeaderName};
use reqwest::Client;
use tokio::process::Command;

use crate::support::gate::Gate;
use crate::support::process::{Server, obp_host};
use crate::support::tls::{Files, Pair};
use crate::support::{TestApp, check_body, get, send};

const CHECK: &str = "/banks/bank-1/customers/c-1/kyc_check/k-1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_handshake_negotiates_the_version_and_prefers_http_2() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    for (offered, chosen) in [
        (&["http/1.1", "h2"][..], Some(&b"h2"[..])),
        (&["h2"], Some(b"h2")),
        (&["http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let stream = pair.connect(app.address, offered).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), chosen, "{offered:?}");
    }
    assert!(pair.connect(app.address, &["spdy/3"]).await.is_err());
    // A client that does not trust the certificate gets no response.
    assert!(Pair::new().connect(app.address, &["h2"]).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_versions_send_the_same_headers_and_bytes() {
    let pair = Pair::new();
    let app = TestApp::with(&Files::of(&pair).settings(&[])).await;
    let clients = [(Version::HTTP_11, pair.client().http1_only()), (Version::HTTP_2, pair.client())];
    let clients = clients.map(|(version, client)| (version, client.build().unwrap()));
    let (status, _) = send(&clients[0].1, hyper::Method::PUT, "kim", app.url(CHECK), check_body("ä")).await.unwrap();
    assert_eq!(status, 200);
    for path in ["/root", "/banks", "/customers/c-1/kyc_checks", "/customers/missing/kyc_checks", "/nowhere"] {
        let mut answers = Vec::new();
        for (version, client) in &clients {
            let request = client.get(app.url(path)).header("DirectLogin", "token=token-of-kim");
            let mut response = request.send().await.unwrap();
            assert_eq!(response.version(), *version);
            let [id, keep_alive] = ["correlation-id", "keep-alive"].map(HeaderName::from_static);
            for name in [CONNECTION, DATE, id, keep_alive] {
                response.headers_mut().remove(name);
            }
            answers.push((response.status(), response.headers().clone(), response.bytes().await.unwrap()));
        }
        assert_eq!(answers[0], answers[1], "{path}");
        assert!(!answers[0].2.is_empty(), "{path}");
    }
}

/// The server accepts one connection only. All requests are in progress at once, so they share that connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_at_once_on_one_connection_are_all_answered() {
    const MANY: u32 = 100;
    let pair = Pair::new();
    let gate = Gate::new();
    let files = Files::of(&pair);
    let settings = files.settings(&[("OBP_HOST_LIMITS__CONNECTIONS_MAX", "1")]);
    let app = TestApp::with_over(&settings, |store| gate.before(store)).await;
    let client = pair.client().build().unwrap();
    // A preflight needs no store. It opens the connection.
    let preflight = client.request(hyper::Method::OPTIONS, app.url("/banks")).send().await.unwrap();
    assert_eq!((preflight.status().as_u16(), preflight.version()), (204, Version::HTTP_2));
    let requests: Vec<_> = (0..MANY)
        .map(|_| {
            let (client, url) = (client.clone(), app.url("/customers/c-1/kyc_checks"));
            tokio::spawn(async move { get(&client, "kim", url).await })
        })
        .collect();
    gate.arrived(MANY).await;
    gate.open();
    for request in requests {
        assert_eq!(request.await.unwrap(), r#"{"checks":[]}"#);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_signal_loads_a_renewed_certificate_without_a_restart() {
    let (old, new) = (Pair::new(), Pair::new());
    let (files, data) = (Files::of(&old), tempfile::tempdir().unwrap());
    let mut command = Command::new(obp_host());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).envs(files.settings(&[]));
    let server = Server::start(&mut command).await;
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
    let url = format!("{}/obp/v3.1.0/root", server.url);
    let trusting = |pair: &Pair| pair.client().build().unwrap();
    let url = &url;
    let asked = |client: Client| async move { client.get(url).send().await.map(|response| response.status().as_u16()) };

    let connected = trusting(&old);
    assert_eq!(asked(connected.clone()).await.unwrap(), 200);
    assert!(asked(trusting(&new)).await.is_err());
    files.write(&new.certificate, &new.key);
    assert!(asked(trusting(&new)).await.is_err(), "the server has got no signal yet");
    let hangup = Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().await.unwrap();
    assert!(hangup.success());
    while asked(trusting(&new)).await.is_err() {}
    assert!(asked(trusting(&old)).await.is_err());
    // Open connections stay open.
    assert_eq!(asked(connected).await.unwrap(), 200);
    assert!(server.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unusable_renewed_certificate_leaves_the_old_one_in_place() {
    let (old, new) = (Pair::new(), Pair::new());
    let files = Files::of(&old);
    let app = TestApp::with(&files.settings(&[])).await;
    let tls = app.app.tls.clone().unwrap();
    for (certificate, key) in [(&new.certificate, &old.key), (&new.certificate, &String::new()), (&new.key, &new.key)] {
        files.write(certificate, key);
        tls.reload().unwrap_err();
        assert!(old.connect(app.address, &["h2"]).await.is_ok());
        assert!(new.connect(app.address, &["h2"]).await.is_err());
    }
    // The control: a valid pair replaces the old one.
    files.write(&new.certificate, &new.key);
    tls.reload().unwrap();
    assert!(new.connect(app.address, &["h2"]).await.is_ok());
    assert!(old.connect(app.address, &["h2"]).await.is_err());
}

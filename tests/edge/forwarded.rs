//! The client's address behind a proxy: failed logins are counted by it, and connections of a proxy are not limited by address.

use std::net::SocketAddr;

use reqwest::{Client, ClientBuilder, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestApp;

pub const PASSWORD: &str = "Abcdefg12!";

/// Registers the user zoe.
pub async fn register(app: &TestApp) {
    let body = format!(
        r#"{{"email":"zoe@example.com","username":"zoe","password":"{PASSWORD}","first_name":"Zoe","last_name":"Test"}}"#
    );
    let request = Client::new().post(app.url("/users")).header("Content-Type", "application/json").body(body);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
}

/// A login of zoe as a client at this address sends it, or as a client that invents the address.
pub async fn log_in(client: ClientBuilder, url: &str, forwarded: Option<&str>, password: &str) -> u16 {
    let login = format!("username=\"zoe\", password=\"{password}\", consumer_key=\"key-1\"");
    let mut request = client.build().unwrap().post(format!("{url}/my/logins/direct")).header("DirectLogin", login);
    if let Some(forwarded) = forwarded {
        request = request.header("X-Forwarded-For", forwarded);
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_logins_are_counted_by_the_address_that_a_trusted_proxy_forwards() {
    const STRANGER: &str = "203.0.113.7";
    const OWNER: &str = "203.0.113.8";
    for (proxies, owner_gets_in) in [("127.0.0.0/8, ::1", true), ("", false), ("192.0.2.1", false)] {
        let app = TestApp::with(&[("OBP_HOST_TRUSTED_PROXIES", proxies)]).await;
        register(&app).await;
        let url = app.url("~");
        for _ in 0..6 {
            assert_eq!(log_in(Client::builder(), &url, Some(STRANGER), "wrong").await, 401);
        }
        // The stranger invents the owner's address, and the proxy adds the stranger's own.
        let invented = format!("{OWNER}, {STRANGER}");
        assert_eq!(log_in(Client::builder(), &url, Some(&invented), PASSWORD).await, 401, "{proxies}");
        let status = log_in(Client::builder(), &url, Some(OWNER), PASSWORD).await;
        assert_eq!(status == 201, owner_gets_in, "{proxies}: {status}");
    }
}

/// Whether the server answers a request on a new connection, which stays open.
async fn is_answered(address: SocketAddr) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(b"GET /obp/v3.1.0/root HTTP/1.1\r\nHost: h\r\n\r\n").await.ok()?;
    (stream.read(&mut [0; 8]).await.ok()? > 0).then_some(stream)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connections_of_a_trusted_proxy_are_not_limited_by_its_address() {
    for (proxies, answered) in [("127.0.0.1", 5), ("192.0.2.1", 2)] {
        let limit = ("OBP_HOST_LIMITS__CONNECTIONS_PER_ADDRESS_MAX", "2");
        let app = TestApp::with(&[limit, ("OBP_HOST_TRUSTED_PROXIES", proxies)]).await;
        let mut open = Vec::new();
        for _ in 0..5 {
            open.extend(is_answered(app.address).await);
        }
        assert_eq!(open.len(), answered, "{proxies}");
    }
}

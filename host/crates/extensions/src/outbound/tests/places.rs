//! Hosts and addresses that a request may call, and redirects.

use std::net::{IpAddr, Ipv4Addr};

use hyper::StatusCode;
use hyper::header::{HOST, LOCATION};

use super::server::{Script, Server};
use super::*;

#[tokio::test]
async fn an_allowed_host_is_called_under_its_own_name() {
    let mut server = Server::says("hello").await;
    let port = server.port();
    let mut call = Call::new(&names("127.0.0.1"), &grant(&format!("http://api.example:{port}")));
    let mut request = post(&format!("http://API.example:{port}/a%20b?c=d"), "ping");
    request.headers_mut().insert(HOST, "other.example".parse().unwrap());
    request.headers_mut().insert("x-own", "kept".parse().unwrap());
    let reply = call.send(request).await.unwrap();
    assert_eq!((reply.status(), text(reply).await.unwrap()), (StatusCode::OK, "hello".to_owned()));
    let asked = server.request().await;
    assert!(asked.starts_with("POST /a%20b?c=d HTTP/1.1\r\n") && asked.ends_with("\r\n\r\nping"), "{asked}");
    assert!(asked.contains(&format!("\r\nhost: api.example:{port}\r\n")), "{asked}");
    assert!(asked.contains("\r\nx-own: kept\r\n") && !asked.contains("other"), "{asked}");
    assert_eq!(call.violation(), None);
}

#[tokio::test]
async fn a_request_needs_scheme_host_and_port_of_the_manifest() {
    let mut server = Server::says("hello").await;
    let (port, other) = (server.port(), server.port() ^ 1);
    let (clients, grant) = (names("127.0.0.1"), grant(&format!("http://api.example:{port}")));
    for (url, called) in [
        (format!("http://other.example:{port}/"), format!("http://other.example:{port}")),
        (format!("http://www.api.example:{port}/"), format!("http://www.api.example:{port}")),
        (format!("http://api.example.:{port}/"), format!("http://api.example.:{port}")),
        (format!("http://127.0.0.1:{port}/"), format!("http://127.0.0.1:{port}")),
        (format!("http://api.example:{other}/"), format!("http://api.example:{other}")),
        ("http://api.example/".to_owned(), "http://api.example:80".to_owned()),
        (format!("https://api.example:{port}/"), format!("https://api.example:{port}")),
        (format!("http://api.example:{port}@other.example/"), "http://other.example:80".to_owned()),
    ] {
        let mut call = Call::new(&clients, &grant);
        assert_eq!(call.fault(&url).await, "HttpRequestDenied", "{url}");
        assert_eq!(call.violation(), Some(&LimitViolation::HostNotAllowed(called)), "{url}");
    }
    let mut call = Call::new(&clients, &grant);
    assert_eq!(call.fault(&format!("http://other.example@api.example:{port}/")).await, "HttpRequestUriInvalid");
    assert!(!server.was_asked());
    assert_eq!(call.get(&format!("http://api.example:{port}/")).await.unwrap(), "hello");
}

#[tokio::test]
async fn nothing_is_called_without_hosts() {
    let mut call = Call::new(&names("1.1.1.1"), &Grant { hosts: Vec::new(), ..grant("api.example") });
    assert_eq!(call.fault("https://api.example/").await, "HttpRequestDenied");
}

#[tokio::test]
async fn an_internal_address_needs_private_addresses() {
    let server = Server::says("hello").await;
    let host = format!("http://api.example:{}", server.port());
    for (addresses, forbidden) in
        [("127.0.0.1", [127, 0, 0, 1]), ("169.254.169.254", [169, 254, 169, 254]), ("1.1.1.1 10.0.0.1", [10, 0, 0, 1])]
    {
        let mut call = Call::new(&names(addresses), &Grant { private_addresses: false, ..grant(&host) });
        assert_eq!(call.fault(&host).await, "DestinationIpProhibited", "{addresses}");
        let (host, address) = ("api.example".to_owned(), IpAddr::V4(Ipv4Addr::from(forbidden)));
        assert_eq!(call.violation(), Some(&LimitViolation::AddressNotAllowed { host, address }));
    }
    assert_eq!(Call::new(&names("127.0.0.1"), &grant(&host)).get(&host).await.unwrap(), "hello");
}

#[tokio::test]
async fn an_address_in_the_url_is_checked_in_all_its_spellings() {
    let server = Server::says("hello").await;
    let clients = names("1.1.1.1");
    for spelling in ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.0.0.1."] {
        let url = format!("http://{spelling}:{}", server.port());
        // The grant has the plain address or the same spelling as the call.
        for (granted, called) in [(format!("http://{}", server.address), &url), (url.clone(), &url)] {
            let mut call = Call::new(&clients, &Grant { private_addresses: false, ..grant(&granted) });
            assert_eq!(call.fault(called).await, "DestinationIpProhibited", "{called}");
            assert!(matches!(call.violation(), Some(LimitViolation::AddressNotAllowed { .. })));
            assert_eq!(Call::new(&clients, &grant(&granted)).get(called).await.unwrap(), "hello", "{called}");
        }
    }
}

#[tokio::test]
async fn ipv6_addresses_are_checked_too() {
    // There is no server on this port: an allowed call fails later.
    let port = 9;
    for host in ["[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]"] {
        let url = format!("http://{host}:{port}");
        let mut call = Call::new(&names("1.1.1.1"), &Grant { private_addresses: false, ..grant(&url) });
        assert_eq!(call.fault(&url).await, "DestinationIpProhibited", "{host}");
    }
    let mut call = Call::new(&names("1.1.1.1"), &grant("http://[::1]:9"));
    assert_ne!(call.fault("http://[0:0::1]:9").await, "DestinationIpProhibited");
    assert_eq!(call.violation(), None);
}

#[tokio::test]
async fn addresses_of_no_machine_are_refused_with_private_addresses_too() {
    let server = Server::says("hello").await;
    let port = server.port();
    for host in ["0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]", "224.0.0.1", "255.255.255.255"] {
        let url = format!("http://{host}:{port}");
        assert_eq!(Call::new(&names("127.0.0.1"), &grant(&url)).fault(&url).await, "DestinationIpProhibited", "{host}");
    }
    let url = format!("http://api.example:{port}");
    assert_eq!(Call::new(&names("0.0.0.0"), &grant(&url)).fault(&url).await, "DestinationIpProhibited");
}

#[tokio::test]
async fn a_kept_connection_is_not_shared_with_a_smaller_grant() {
    let mut server = Server::says("hello").await;
    let (clients, url) = (names("127.0.0.1"), format!("http://api.example:{}", server.port()));
    let mut private = Call::new(&clients, &grant(&url));
    assert_eq!(private.get(&url).await.unwrap(), "hello");
    server.request().await;
    let mut public = Call::new(&clients, &Grant { private_addresses: false, ..grant(&url) });
    assert_eq!(public.fault(&url).await, "DestinationIpProhibited");
    assert!(!server.was_asked());
    assert_eq!(private.get(&url).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_redirect_is_returned_to_the_extension() {
    let redirect =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n";
    let mut server = Server::start(Script::Answer(redirect.to_owned())).await;
    let url = format!("http://api.example:{}/", server.port());
    let mut call = Call::new(&names("127.0.0.1"), &grant(url.trim_end_matches('/')));
    let reply = call.send(get(&url)).await.unwrap();
    assert_eq!(
        (reply.status(), &reply.headers()[LOCATION]),
        (StatusCode::FOUND, &"http://127.0.0.1:9/".parse().unwrap())
    );
    server.request().await;
    assert!(!server.was_asked());
    // If the extension follows it, the new request is checked like any other.
    assert_eq!(call.fault("http://127.0.0.1:9/").await, "HttpRequestDenied");
    // Cookies are not kept between requests.
    call.get(&url).await.unwrap();
    assert!(!server.request().await.contains("cookie"));
}

#[tokio::test]
async fn an_extension_cannot_set_header_fields_of_the_connection() {
    let mut call = Call::new(&names("1.1.1.1"), &grant("api.example")).0;
    let filter = call.forbidden_header_filter();
    for name in ["host", "connection", "transfer-encoding", "upgrade", "proxy-authorization"] {
        let name = name.parse().unwrap();
        assert!(call.is_forbidden_header(&name) && filter(&name), "{name}");
    }
    let free = "authorization".parse().unwrap();
    assert!(!call.is_forbidden_header(&free) && !filter(&free));
    assert!(!call.set_host_header());
}

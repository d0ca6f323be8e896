//! A table of raw requests with their whole answers, except the date and the correlation ids.
//!
//! If the connection stays open, a second request on it is answered, too. Otherwise the answer says so, and nothing follows it.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestApp;

/// The request after a message that leaves the connection open, and its answer.
const NEXT: &str = "GET /obp/v3.1.0/users/current HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
const NEXT_ANSWER: Expected = Expected {
    status: "401 Unauthorized",
    headers: "www-authenticate: DirectLogin realm=\"localhost\"\r\n",
    body: NOT_LOGGED_IN,
    end: End::Closed,
};

const NOT_LOGGED_IN: &str = r#"{"code":401,"message":"OBP-20001: User not logged in. Authentication is required!"}"#;
const EMAIL_MISSING: &str =
    r#"{"code":400,"message":"OBP-10001: Incorrect json format. The value of email is missing."}"#;
const UNREADABLE: &str = r#"{"code":400,"message":"OBP-10038: Incorrect http_protocol. The request cannot be read as HTTP/1.1: check the request line, each header and the Content-Length."}"#;
const HEAD_TOO_LARGE: &str = r#"{"code":431,"message":"OBP-10038: Incorrect http_protocol. The request line and the headers must have at most 16384 bytes, and there may be at most 100 headers."}"#;
const BROKEN_OFF: &str = r#"{"code":400,"message":"OBP-10001: Incorrect json format. The body broke off: error reading a body from connection."}"#;
const STEP: &str = r#"{"code":400,"message":"OBP-30111: Invalid Bank Id. The BANK_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255."}"#;
const JSON: &str = "Host: h\r\nContent-Type: application/json\r\n";

/// The whole answer, without the headers that all answers have.
#[derive(Clone, Copy)]
struct Expected {
    status: &'static str,
    /// The headers between Content-Type and Correlation-Id.
    headers: &'static str,
    body: &'static str,
    end: End,
}

/// Whether it is the last answer of its connection, and which part of the server says so.
#[derive(Clone, Copy, PartialEq)]
enum End {
    StaysOpen,
    Closed,
    /// The API announces it before the server does.
    ClosedByApi,
    /// Only the HTTP library knows it.
    ClosedByLibrary,
}

impl Expected {
    fn text(&self) -> String {
        let Self { status, headers, body, end } = self;
        let (first, last) = match end {
            End::StaysOpen => ("", "keep-alive: timeout=60\r\n"),
            End::Closed => ("", "connection: close\r\n"),
            End::ClosedByApi => ("connection: close\r\n", ""),
            End::ClosedByLibrary => ("", "keep-alive: timeout=60\r\nconnection: close\r\n"),
        };
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json;charset=utf-8\r\n{headers}{first}correlation-id: <id>\r\n\
             access-control-allow-origin: *\r\n\
             access-control-expose-headers: Correlation-Id, Retry-After, WWW-Authenticate, Allow, ETag, Link\r\n\
             cache-control: no-cache, private, no-store\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\n\
             {last}content-length: {}\r\ndate: <date>\r\n\r\n{body}",
            body.len()
        )
    }
}

fn open(status: &'static str, body: &'static str) -> Expected {
    Expected { status, headers: "", body, end: End::StaysOpen }
}

fn closed(status: &'static str, body: &'static str) -> Expected {
    Expected { status, headers: "", body, end: End::Closed }
}

/// The last answer of a connection whose end only the HTTP library knows.
fn closed_by_library(status: &'static str, body: &'static str) -> Expected {
    Expected { end: End::ClosedByLibrary, ..closed(status, body) }
}

/// A 404 of the path `/obp/v3.1.0/nope`, with a JSON content type.
fn unknown_path(end: End) -> Expected {
    let body = "{\"code\":404,\"message\":\"OBP-10404: 404 Not Found. The server could not find the requested URI. \
        Please double check your URL, headers and body. Note: When you are making a POST or PUT request, the Content-Type \
        header MUST be `application/json`. Note: OBP only supports JSON formatted bodies.Current Url is (/obp/v3.1.0/nope), \
        Current Content-Type Header is (application/json)\"}";
    Expected { status: "404 Not Found", headers: "", body, end }
}

fn not_logged_in() -> Expected {
    Expected { end: End::StaysOpen, ..NEXT_ANSWER }
}

/// A request for the current user, without a login, with these lines after the request line.
fn current_user(lines: &str) -> String {
    format!("GET /obp/v3.1.0/users/current HTTP/1.1\r\n{lines}\r\n")
}

/// A registration with these lines after the request line and its content type.
fn registration(lines: &str, body: &str) -> String {
    format!("POST /obp/v3.1.0/users HTTP/1.1\r\n{JSON}{lines}\r\n{body}")
}

/// A request to no path, with these lines and this body.
fn nowhere(lines: &str, body: &str) -> String {
    format!("POST /obp/v3.1.0/nope HTTP/1.1\r\n{JSON}{lines}\r\n{body}")
}

/// `Host` and the target of the request.
fn hosts() -> Vec<(String, Expected)> {
    let host = |count: &'static str| closed("400 Bad Request", count);
    let none = r#"{"code":400,"message":"OBP-10038: Incorrect http_protocol. The request must have exactly one Host header; it has 0."}"#;
    let two = r#"{"code":400,"message":"OBP-10038: Incorrect http_protocol. The request must have exactly one Host header; it has 2."}"#;
    let invalid = r#"{"code":400,"message":"OBP-10038: Incorrect http_protocol. The Host header must be a name or an address, with a port or without; it is (a b)."}"#;
    vec![
        (current_user("Host: h\r\n"), not_logged_in()),
        (current_user("Host: [::1]:8080\r\n"), not_logged_in()),
        (current_user(""), host(none)),
        (current_user("Host:\r\n"), host(none)),
        (current_user("Host: h\r\nHost: h\r\n"), host(two)),
        (current_user("Host: h\r\nAccept: */*\r\nhost: other\r\n"), host(two)),
        (current_user("Host: a b\r\n"), host(invalid)),
        ("OPTIONS /obp/v3.1.0/banks HTTP/1.1\r\n\r\n".to_owned(), host(none)),
        ("GET /sign-in HTTP/1.1\r\n\r\n".to_owned(), host(none)),
        ("GET http://h/obp/v3.1.0/users/current HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), not_logged_in()),
        ("GET //obp/v3.1.0/users/current/ HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), not_logged_in()),
        // Most clients remove such a segment. It is the id of nothing.
        ("GET /obp/v3.1.0/banks/%2E. HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), open("400 Bad Request", STEP)),
    ]
}

/// Codings of the body.
fn codings() -> Vec<(String, Expected)> {
    let chunks = "2\r\n{}\r\n0\r\n\r\n";
    let gzip = r#"{"code":501,"message":"OBP-10010: Not Implemented The Transfer-Encoding must be chunked; it is (gzip, chunked)."}"#;
    let at_end = r#"{"code":501,"message":"OBP-10010: Not Implemented The Transfer-Encoding must be chunked, and nothing else."}"#;
    let content = r#"{"code":415,"message":"OBP-10001: Incorrect json format. The body must be sent without a Content-Encoding; it is (gzip)."}"#;
    let not_implemented = |body| closed("501 Not Implemented", body);
    vec![
        (registration("Transfer-Encoding: chunked\r\n", chunks), open("400 Bad Request", EMAIL_MISSING)),
        (registration("Transfer-Encoding: gzip, chunked\r\n", chunks), not_implemented(gzip)),
        (registration("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunks), not_implemented(gzip)),
        (registration("Transfer-Encoding: gzip\r\n", "{}"), not_implemented(at_end)),
        (registration("Transfer-Encoding: chunked, gzip\r\n", chunks), not_implemented(at_end)),
        // A length beside chunks could be read in two ways. The library reads the chunks, hides the length, and closes.
        (
            registration("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", chunks),
            closed_by_library("400 Bad Request", EMAIL_MISSING),
        ),
        (
            registration("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"),
            open("415 Unsupported Media Type", content),
        ),
        (
            registration("Content-Encoding: identity\r\nContent-Length: 2\r\n", "{}"),
            open("400 Bad Request", EMAIL_MISSING),
        ),
        (registration("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n"), closed("400 Bad Request", BROKEN_OFF)),
    ]
}

/// Bodies that are not read to their end, and clients that want to close.
fn ends() -> Vec<(String, Expected)> {
    let too_large =
        r#"{"code":413,"message":"OBP-10001: Incorrect json format. The body must have at most 65536 bytes."}"#;
    vec![
        (nowhere("Content-Length: 2\r\n", "{}"), unknown_path(End::StaysOpen)),
        (nowhere("Content-Length: 5000\r\n", "{}"), unknown_path(End::Closed)),
        (nowhere("Expect: 100-continue\r\nContent-Length: 2\r\n", ""), unknown_path(End::Closed)),
        (
            registration("Content-Length: 65537\r\n", ""),
            Expected { end: End::ClosedByApi, ..closed("413 Payload Too Large", too_large) },
        ),
        (current_user("Host: h\r\nConnection: close\r\n"), NEXT_ANSWER),
        (current_user("Host: h\r\nConnection: keep-alive, Close\r\n"), NEXT_ANSWER),
        (current_user("Host: h\r\nContent-Length: 2\r\n") + "{}", not_logged_in()),
        (current_user("Host: h\r\nContent-Length: 9\r\n") + "{}", NEXT_ANSWER),
    ]
}

/// Messages that are no requests.
fn unreadable() -> Vec<(String, Expected)> {
    let many = (0..101).map(|number| format!("X-{number}: y\r\n")).collect::<String>();
    let large = format!("X-Large: {}\r\n", "x".repeat(20_000));
    let head_too_large = closed("431 Request Header Fields Too Large", HEAD_TOO_LARGE);
    let unreadable = closed("400 Bad Request", UNREADABLE);
    vec![
        ("nonsense\r\n\r\n".to_owned(), unreadable),
        ("\u{1}\u{2}\r\n\r\n".to_owned(), unreadable),
        ("GET / HTTP/3.1\r\nHost: h\r\n\r\n".to_owned(), unreadable),
        (current_user("Host: h\r\nno colon\r\n"), unreadable),
        (registration("Content-Length: two\r\n", "{}"), unreadable),
        (registration("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), unreadable),
        (current_user(&format!("Host: h\r\n{large}")), head_too_large),
        (current_user(&format!("Host: h\r\n{many}")), head_too_large),
        (format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "x".repeat(70_000)), head_too_large),
    ]
}

/// All bytes until the server closes the connection, which it must not reset.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap_or_else(|error| panic!("{error} after {request}"));
    String::from_utf8(answer).unwrap()
}

/// The answer without the parts that differ each time.
fn masked(answer: &str) -> String {
    let mask = |line: &str| match line.split_once(": ") {
        Some((name @ "correlation-id", id)) if id.len() == 36 => format!("{name}: <id>"),
        Some((name @ "date", _)) => format!("{name}: <date>"),
        _ => line.to_owned(),
    };
    answer.split("\r\n").map(mask).collect::<Vec<_>>().join("\r\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_raw_request_has_its_exact_answer() {
    let app = TestApp::start().await;
    let mut failures = Vec::new();
    for (request, expected) in [hosts(), codings(), ends(), unreadable()].concat() {
        let (sent, expected) = match expected.end {
            End::StaysOpen => (request + NEXT, expected.text() + &NEXT_ANSWER.text()),
            _ => (request, expected.text()),
        };
        let answer = masked(&ask(app.address, &sent).await);
        if answer != expected {
            let start: String = sent.chars().take(300).collect();
            failures.push(format!("== sent\n{start}\n== expected\n{expected}\n== answered\n{answer}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// A refused message after a good one does not damage the answer before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_cannot_be_read_is_answered_after_the_requests_before_it() {
    let app = TestApp::start().await;
    let good = current_user("Host: h\r\n");
    let refused = closed("400 Bad Request", UNREADABLE).text();
    let answer = masked(&ask(app.address, &format!("{good}{good}nonsense\r\n\r\n")).await);
    assert_eq!(answer, not_logged_in().text().repeat(2) + &refused);
}

/// HTTP/1.0 knows no `Host`, and closes unless the client asks to keep the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_1_0_is_answered_without_a_host() {
    let app = TestApp::start().await;
    let answer = masked(&ask(app.address, "GET /obp/v3.1.0/users/current HTTP/1.0\r\n\r\n").await);
    assert_eq!(answer, NEXT_ANSWER.text().replacen("HTTP/1.1", "HTTP/1.0", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_a_request_is_that_of_its_answer_also_if_its_message_is_refused() {
    let app = TestApp::start().await;
    for lines in ["Host: h\r\nConnection: close\r\n", ""] {
        let answer = ask(app.address, &current_user(&format!("{lines}X-Request-ID: trace-1\r\n"))).await;
        assert!(answer.contains("correlation-id: trace-1\r\n"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_arrive_in_time_is_answered() {
    let app = TestApp::with(&[("OBP_HOST_LIMITS__HEAD_READ_MS_MAX", "300")]).await;
    let body = r#"{"code":408,"message":"OBP-10038: Incorrect http_protocol. The request line and the headers must arrive within 300 ms."}"#;
    for begun in ["", "GET /obp/v3.1.0/root HTT", "GET /obp/v3.1.0/root HTTP/1.1\r\nHost: h\r\n"] {
        assert_eq!(masked(&ask(app.address, begun).await), closed("408 Request Timeout", body).text(), "{begun}");
    }
}

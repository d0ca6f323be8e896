//! Error codes of a failing network, and the end of requests after their call.

use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame};
use hyper::Method;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wasmtime_wasi::runtime::spawn;

use super::server::{Script, Server};
use super::*;

const MOMENT: Option<Duration> = Some(Duration::from_millis(20));

fn call(server: &Server) -> (Call, String) {
    let url = format!("http://api.example:{}", server.port());
    (Call::new(&names("127.0.0.1"), &grant(&url)), url)
}

#[tokio::test]
async fn failures_of_the_network_have_their_codes() {
    for (reply, code) in [
        ("", "HttpResponseIncomplete"),
        ("nonsense\r\n\r\n", "HttpProtocolError"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", "HttpResponseIncomplete"),
    ] {
        let (mut call, url) = call(&Server::start(Script::Leave(reply)).await);
        assert_eq!(call.fault(&url).await, code, "{reply}");
        // An error of the peer or the network is no violation of a limit.
        assert_eq!(call.violation(), None);
    }
    let (mut call, url) = call(&Server::start(Script::Flood("HTTP/1.1 200 OK\r\nx: ")).await);
    assert_eq!(call.fault(&url).await, "HttpResponseHeaderSectionSize(None)");
}

#[tokio::test]
async fn failures_before_a_connection_have_their_codes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{free}");
    assert_eq!(Call::new(&names("1.1.1.1"), &grant(&url)).fault(&url).await, "ConnectionRefused");

    let clients = Arc::new(OutboundClients::new(Arc::new(Names::Unknown)));
    let code = Call::new(&clients, &grant("api.example")).fault("https://api.example/").await;
    assert_eq!(code, "DnsError { rcode: None, info_code: None }");

    // A server without TLS.
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://api.example:{}", plain.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    });
    assert_eq!(Call::new(&names("127.0.0.1"), &grant(&url)).fault(&url).await, "TlsProtocolError");
}

#[tokio::test]
async fn an_invalid_request_is_refused() {
    let mut server = Server::says("").await;
    let (mut call, url) = call(&server);
    let mut connect = get(&url);
    *connect.method_mut() = Method::CONNECT;
    assert_eq!(fault(call.send(connect).await), "HttpRequestMethodInvalid");
    assert_eq!(call.fault("http://api.example:99999/").await, "HttpRequestUriInvalid");
    assert_eq!(call.fault(&format!("http://{}.example/", "x".repeat(300))).await, "HttpRequestUriInvalid");
    assert_eq!((call.violation(), server.was_asked()), (None, false));
}

#[tokio::test]
async fn the_time_limits_of_the_extension_apply() {
    let (mut call, url) = call(&Server::silent().await);
    let options = RequestOptions { first_byte_timeout: MOMENT, ..RequestOptions::default() };
    assert_eq!(fault(call.send_with(get(&url), options).await), "ConnectionReadTimeout");

    let clients = Arc::new(OutboundClients::new(Arc::new(Names::Unanswered)));
    // The time of the first byte begins after the connection.
    let options = RequestOptions { connect_timeout: MOMENT, first_byte_timeout: Some(Duration::ZERO), ..options };
    let request = get("https://api.example/");
    let connecting = Call::new(&clients, &grant("api.example")).send_with(request, options).await;
    assert_eq!(fault(connecting), "ConnectionTimeout");
}

#[tokio::test]
async fn a_reply_that_stops_in_the_middle_is_given_up() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let mut server = Server::start(Script::Answer(half.to_owned())).await;
    let (mut call, url) = call(&server);
    let options = RequestOptions { between_bytes_timeout: MOMENT, ..RequestOptions::default() };
    let mut body = call.send_with(get(&url), options).await.unwrap().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "half");
    assert_eq!(fault(body.frame().await.unwrap()), "ConnectionReadTimeout");
    assert!(body.frame().await.is_none());
    server.is_left().await;
}

#[tokio::test]
async fn a_request_ends_with_the_task_that_waits_for_it() {
    let mut server = Server::silent().await;
    let (mut call, url) = call(&server);
    // wasi:http runs a request this way; the store's table owns the handle.
    let sent = Pin::from(call.0.send_request(get(&url), None, Box::new(async { Ok(()) })));
    let handle = spawn(sent);
    server.request().await;
    drop(handle);
    server.is_left().await;
}

/// A body that ends when its sender is dropped, like the bodies of wasi:http.
struct Unfinished(UnboundedReceiver<Bytes>);

impl Body for Unfinished {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

#[tokio::test]
async fn an_unfinished_request_is_aborted_and_not_shortened() {
    for stopped in [true, false] {
        let mut server = Server::says("").await;
        let (mut call, url) = call(&server);
        let (sender, pieces) = unbounded_channel();
        sender.send(Bytes::from_static(b"all but")).unwrap();
        let request = Request::post(&url).body(Unfinished(pieces).boxed_unsync()).unwrap();
        let sent = spawn(Pin::from(call.0.send_request(request, None, Box::new(async { Ok(()) }))));
        let kept = (!stopped).then_some(call);
        drop(sender);
        assert_eq!(fault(sent.await), if stopped { "HttpProtocolError" } else { "none" });
        drop(kept);
        if stopped {
            server.is_left().await;
        }
        assert_eq!(server.was_asked(), !stopped);
    }
}

#[tokio::test]
async fn a_reply_ends_with_its_body() {
    let mut server = Server::start(Script::Flood("HTTP/1.1 200 OK\r\n\r\n")).await;
    let (mut call, url) = call(&server);
    drop(call.send(get(&url)).await.unwrap());
    server.is_left().await;
}

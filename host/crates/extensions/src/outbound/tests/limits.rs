//! Limits on the number of calls, the bytes sent, and the bytes received.

use std::task::{Context, Poll};

use http_body::{Body, Frame};
use hyper::header::CONTENT_LENGTH;

use super::server::{Script, Server};
use super::*;

/// A body of unknown length: that many parts of 100 bytes, or an endless one.
struct Pieces(Option<u32>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(left) = &mut self.0 {
            let Some(less) = left.checked_sub(1) else { return Poll::Ready(None) };
            *left = less;
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 100])))))
    }
}

fn pieces(url: &str, count: Option<u32>) -> Request<WasiBody> {
    Request::post(url).body(Pieces(count).boxed_unsync()).expect(url)
}

fn url(server: &Server) -> String {
    format!("http://api.example:{}", server.port())
}

fn call(url: &str) -> Call {
    Call::new(&names("127.0.0.1"), &grant(url))
}

#[tokio::test]
async fn one_call_more_than_granted_is_refused() {
    let server = Server::says("").await;
    let url = url(&server);
    let mut call = Call::new(&names("127.0.0.1"), &Grant { calls_max: 2, ..grant(&url) });
    call.get(&url).await.unwrap();
    call.get(&url).await.unwrap();
    assert_eq!(call.violation(), None);
    assert_eq!(call.fault(&url).await, "ConnectionLimitReached");
    assert_eq!(call.violation(), Some(&LimitViolation::OutboundCalls(2)));
}

#[tokio::test]
async fn a_reply_that_announces_too_many_bytes_is_not_read() {
    let server = Server::start(Script::Flood("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n")).await;
    let url = url(&server);
    let mut call = call(&url);
    assert_eq!(fault(call.send(get(&url)).await), "HttpResponseBodySize(Some(1000))");
    assert_eq!(call.violation(), Some(&LimitViolation::ReplyBytes(1000)));
}

#[tokio::test]
async fn a_reply_of_unknown_length_is_counted_while_it_is_received() {
    let mut server = Server::start(Script::Flood("HTTP/1.1 200 OK\r\n\r\n")).await;
    let url = url(&server);
    let mut call = call(&url);
    let reply = call.send(get(&url)).await.unwrap();
    assert_eq!(call.violation(), None);
    assert_eq!(fault(text(reply).await), "HttpResponseBodySize(Some(1000))");
    assert_eq!(call.violation(), Some(&LimitViolation::ReplyBytes(1000)));
    server.is_left().await;
}

#[tokio::test]
async fn replies_are_counted_together() {
    for (length, second) in [(500, "none"), (501, "HttpResponseBodySize(Some(1000))")] {
        let server = Server::says(&"x".repeat(length)).await;
        let url = url(&server);
        let mut call = call(&url);
        assert_eq!(call.get(&url).await.unwrap().len(), length);
        assert_eq!(call.fault(&url).await, second, "{length}");
    }
}

#[tokio::test]
async fn the_length_in_a_reply_to_head_does_not_count() {
    let server = Server::start(Script::Answer("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n".to_owned())).await;
    let url = url(&server);
    let mut request = get(&url);
    *request.method_mut() = hyper::Method::HEAD;
    let reply = call(&url).send(request).await.unwrap();
    assert_eq!(reply.headers()[CONTENT_LENGTH], "9999");
}

#[tokio::test]
async fn a_request_that_announces_too_many_bytes_is_not_sent() {
    let mut server = Server::says("").await;
    let url = url(&server);
    let mut announced = pieces(&url, None);
    announced.headers_mut().insert(CONTENT_LENGTH, 1001.into());
    for request in [post(&url, &"x".repeat(1001)), announced] {
        let mut call = call(&url);
        assert_eq!(fault(call.send(request).await), "HttpRequestBodySize(Some(1000))");
        assert_eq!(call.violation(), Some(&LimitViolation::RequestBytes(1000)));
    }
    assert!(!server.was_asked());
    call(&url).send(post(&url, &"x".repeat(1000))).await.unwrap();
    assert!(server.request().await.contains("content-length: 1000"));
}

#[tokio::test]
async fn a_request_of_unknown_length_is_counted_while_it_is_sent() {
    let mut server = Server::says("").await;
    let url = url(&server);
    let mut endless = call(&url);
    assert_eq!(fault(endless.send(pieces(&url, None)).await), "HttpRequestBodySize(Some(1000))");
    assert_eq!(endless.violation(), Some(&LimitViolation::RequestBytes(1000)));
    server.is_left().await;
    assert!(!server.was_asked());
    call(&url).send(pieces(&url, Some(10))).await.unwrap();
    assert!(server.request().await.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn requests_are_counted_together() {
    let server = Server::says("").await;
    let url = url(&server);
    let mut call = call(&url);
    call.send(pieces(&url, Some(5))).await.unwrap();
    call.send(pieces(&url, Some(5))).await.unwrap();
    assert_eq!(call.violation(), None);
    assert_eq!(fault(call.send(post(&url, "x")).await), "HttpRequestBodySize(Some(1000))");
}

//! A request that arrives as an idle connection closes has an answer: its own, or one that says that it did not arrive.

use std::net::SocketAddr;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::TestApp;
use crate::support::sizes::sized;

const REQUEST: &str = "GET /obp/v3.1.0/users/current HTTP/1.1\r\nHost: h\r\n\r\n";
/// The time for idle connections that clients are told.
const ANNOUNCED: Duration = Duration::from_secs(1);
/// When the server closes: two seconds later.
const CLOSES: Duration = Duration::from_secs(3);
/// How far from that moment a request is sent.
const AROUND_MS: u64 = 40;

/// Sends a request. Returns the answer's head; `None` if the connection ends without an answer.
async fn ask(stream: &mut TcpStream) -> Option<String> {
    // The answer can be there although the connection is closed.
    let _ = stream.write_all(REQUEST.as_bytes()).await;
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        if !matches!(stream.read_buf(&mut answer).await, Ok(1..)) {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&answer).split("\r\n\r\n").next()?.to_owned())
}

/// Waits as long as an idle client and then sends a second request. Returns the status of its answer.
async fn second_status(address: SocketAddr, idle: Duration) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = ask(&mut stream).await.expect("the first request is answered");
    assert!(head.contains("keep-alive: timeout=1"), "{head}");
    // The moment is what this test is about.
    tokio::time::sleep_until(Instant::now() + idle).await;
    ask(&mut stream).await?.split(' ').nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_arrives_as_an_idle_connection_closes_is_answered() {
    let app = TestApp::with(&[("OBP_HOST_LIMITS__IDLE_MS_MAX", "1000")]).await;
    let seed: u64 = StdRng::from_rng(&mut rand::rng()).random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let (mut handled, mut refused, mut lost) = (0, 0, 0);
    for _ in 0..sized(2, 20) {
        let moments = (0..200).map(|_| CLOSES + Duration::from_micros(random.random_range(0..2_000 * AROUND_MS)));
        let moments: Vec<_> = moments.map(|moment| moment - Duration::from_millis(AROUND_MS)).collect();
        let clients: JoinSet<_> = moments.into_iter().map(|moment| second_status(app.address, moment)).collect();
        for status in clients.join_all().await {
            match status {
                Some(401) => handled += 1,
                Some(408) => refused += 1,
                _ => lost += 1,
            }
        }
    }
    println!(
        "{handled} requests were handled, {refused} came too late and were answered with 408, {lost} had no answer"
    );
    assert_eq!(lost, 0);
    assert!(refused > 0, "no request came as its connection closed, so the test showed nothing");
}

/// The control: a client that keeps to the announced time is always served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_within_the_announced_time_is_handled() {
    let app = TestApp::with(&[("OBP_HOST_LIMITS__IDLE_MS_MAX", "1000")]).await;
    let clients: JoinSet<_> = (0..200).map(|_| second_status(app.address, ANNOUNCED)).collect();
    assert!(clients.join_all().await.iter().all(|status| *status == Some(401)));
}

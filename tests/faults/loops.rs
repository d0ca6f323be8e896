//! Guests that never end. Each is stopped when it has run for its running time, or has queued for its queueing time. Until then
//! they share a few permits and do not delay other requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use obp_host::component::CallLimits;
use reqwest::Client;
use tokio::task::JoinHandle;

use crate::support::apart::{Apart, ordinary};
use crate::support::{TestApp, check_body, get, try_put, unknown_error};

/// The server's worker threads.
const THREADS: usize = 2;
const LOOPERS: usize = 100;
const CLIENTS: usize = 8;
/// Writes of each client. It reads as often.
const PUTS: usize = 13;
const FOR_EVER_MS: u64 = 3_600_000;

async fn server(limit: impl FnOnce(&mut CallLimits) + Send + 'static) -> Apart {
    Apart::start(THREADS, TestApp::faulty(limit, |store| store)).await
}

/// Guests may run and queue as long as the test.
fn for_ever(limits: &mut CallLimits) {
    (limits.guest_ms_max, limits.host_ms_max) = (FOR_EVER_MS, FOR_EVER_MS);
}

type Looper = JoinHandle<((u16, String), Duration)>;

/// Sends a request whose guest never ends. Returns its response and duration. Even numbers loop in the guest, odd ones call the
/// host in a loop.
fn looper(app: &Arc<TestApp>, client: &Client, number: usize) -> Looper {
    let url = app.url(&format!("/banks/bank-1/customers/c-1/kyc_check/loop-{number}"));
    let fault = if number.is_multiple_of(2) { "fault: loop" } else { "fault: loop-of-imports" };
    let client = client.clone();
    tokio::spawn(async move {
        let begun = Instant::now();
        let answer = try_put(&client, "kim", url, check_body(fault)).await.unwrap_or_default();
        (answer, begun.elapsed())
    })
}

/// This many loopers, all sent at once.
fn loopers(app: &Arc<TestApp>, count: usize) -> Vec<Looper> {
    let client = Client::new();
    (0..count).map(|number| looper(app, &client, number)).collect()
}

/// This many loopers, each sent when the previous one is in progress. The duration of one then contains no wait for others to begin.
async fn loopers_in_a_row(app: &Arc<TestApp>, count: usize) -> Vec<Looper> {
    let client = Client::new();
    let mut loopers = Vec::new();
    for number in 0..count {
        loopers.push(looper(app, &client, number));
        while app.requests_at_work() <= number && !loopers[0].is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    loopers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_looping_guests_are_stopped_and_other_requests_are_answered() {
    const RUNNING_MS: u64 = 500;
    // Long enough for all loopers to be in progress at once, also if they are sent in a row.
    const QUEUEING_MS: u64 = 4000;
    const DEADLINE: Duration = Duration::from_millis(RUNNING_MS + QUEUEING_MS);
    let server = server(|limits| (limits.guest_ms_max, limits.host_ms_max) = (RUNNING_MS, QUEUEING_MS)).await;
    let app = &server.app;
    for in_a_row in [true, false] {
        let loopers = if in_a_row { loopers_in_a_row(app, LOOPERS).await } else { loopers(app, LOOPERS) };
        ordinary(app, CLIENTS, PUTS, &Arc::default()).await;
        let mut overrun = Duration::ZERO;
        for looper in loopers {
            let (answer, took) = looper.await.unwrap();
            assert_eq!(answer, unknown_error(504));
            overrun = overrun.max(took.saturating_sub(DEADLINE));
        }
        let sent = if in_a_row { "in a row" } else { "all at once" };
        println!("{LOOPERS} loopers, sent {sent}: the worst is answered {overrun:?} after its deadline");
        // The limit is far above the delay on a busy machine, and far below the delay of a looper that is not interrupted in time.
        assert!(overrun < DEADLINE, "{overrun:?}");
    }
    let listed = get(&Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await;
    assert!(!listed.contains("loop-"), "{listed}");
}

/// The control of the deadline. Without a deadline, the loopers outlast the other requests on any machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_that_loop_for_ever_do_not_delay_other_requests() {
    let server = server(for_ever).await;
    let loopers = loopers(&server.app, LOOPERS);
    server.app.at_work(LOOPERS).await;
    ordinary(&server.app, CLIENTS, PUTS, &Arc::default()).await;
    assert!(loopers.iter().all(|looper| !looper.is_finished()), "without a deadline no guest is stopped");
    drop(server);
    for looper in loopers {
        assert_eq!(looper.await.unwrap().0, (0, String::new()), "the server ended before the response");
    }
}

/// The control of the ticks: without them, a looper keeps its thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_is_not_interrupted_blocks_other_requests() {
    let server = Apart::start(1, TestApp::faulty(|limits| limits.tick_ms = 3000, |store| store)).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let looper = looper(&server.app, &Client::new(), 0);
    server.app.at_work(1).await;
    let others = tokio::spawn({
        let (app, answered) = (Arc::clone(&server.app), Arc::clone(&answered));
        async move { ordinary(&app, CLIENTS, PUTS, &answered).await }
    });
    assert_eq!(looper.await.unwrap().0, unknown_error(504));
    let answered = answered.load(Ordering::Relaxed);
    println!("{answered} of {} were answered before the looper", 2 * CLIENTS * PUTS);
    assert!(answered < 2 * CLIENTS * PUTS);
    others.await.unwrap();
}

/// The control of the permits. Two servers race, each with its own loopers. In one of them every looper has a permit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_that_all_have_a_permit_slow_other_requests_down() {
    let with_permits = |limits: &mut CallLimits| {
        for_ever(limits);
        limits.slow_calls_max = LOOPERS;
    };
    let unlimited = server(with_permits).await;
    let queueing = server(for_ever).await;
    let mut all = Vec::new();
    for server in [&unlimited, &queueing] {
        all.extend(loopers(&server.app, LOOPERS));
        server.app.at_work(LOOPERS).await;
    }
    let [answered_unlimited, answered_queueing] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let slow = tokio::spawn({
        let (app, answered) = (Arc::clone(&unlimited.app), Arc::clone(&answered_unlimited));
        async move { ordinary(&app, CLIENTS, PUTS, &answered).await }
    });
    ordinary(&queueing.app, CLIENTS, PUTS, &answered_queueing).await;
    let answered = answered_unlimited.load(Ordering::Relaxed);
    println!("{answered} of {} were answered", 2 * CLIENTS * PUTS);
    slow.abort();
    assert!(answered < CLIENTS * PUTS, "the slow server must have answered less than half of the requests");
}

//! Guests that never end: they are stopped at their deadline, and until then they take turns among themselves only.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use obp_host::component::CallLimits;
use reqwest::Client;
use tokio::task::JoinHandle;

use crate::support::apart::{Apart, ordinary};
use crate::support::{TestApp, check_body, get, try_put, unknown_error};

/// Of the server.
const THREADS: usize = 2;
const LOOPERS: usize = 100;
const CLIENTS: usize = 8;
/// Of each client; and as many reads.
const PUTS: usize = 13;
const FOR_EVER_MS: u64 = 3_600_000;

async fn server(limit: impl FnOnce(&mut CallLimits) + Send + 'static) -> Apart {
    Apart::start(THREADS, TestApp::faulty(limit, |store| store)).await
}

type Looper = JoinHandle<((u16, String), Duration)>;

/// A request whose guest never ends; it ends with its answer and how long that took. By turns such a guest loops in itself
/// and calls the host again and again.
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

/// So many of them, all sent at once.
fn loopers(app: &Arc<TestApp>, count: usize) -> Vec<Looper> {
    let client = Client::new();
    (0..count).map(|number| looper(app, &client, number)).collect()
}

/// So many of them, each sent when the one before it is at work: what one takes is then not its waiting for others to begin.
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
async fn a_hundred_guests_that_loop_are_each_stopped_and_everybody_else_is_answered() {
    // Long enough for all to be at work at once, also those that are sent in a row.
    const DEADLINE: Duration = Duration::from_secs(4);
    let server = server(|limits| limits.guest_ms_max = DEADLINE.as_millis() as u64).await;
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
        // Far above what it is on a machine that is busy otherwise, far below what it is if a looper is not looked at in time.
        assert!(overrun < DEADLINE, "{overrun:?}");
    }
    let listed = get(&Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await;
    assert!(!listed.contains("loop-"), "{listed}");
}

/// The control of the deadline; and without it, how long the loopers go on is no matter of how fast the machine is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_that_loop_for_ever_hold_up_nobody() {
    let server = server(|limits| limits.guest_ms_max = FOR_EVER_MS).await;
    let loopers = loopers(&server.app, LOOPERS);
    server.app.at_work(LOOPERS).await;
    ordinary(&server.app, CLIENTS, PUTS, &Arc::default()).await;
    assert!(loopers.iter().all(|looper| !looper.is_finished()), "without a deadline nobody is stopped");
    drop(server);
    for looper in loopers {
        assert_eq!(looper.await.unwrap().0, (0, String::new()), "the server went before it answered");
    }
}

/// The control of the ticks: without them, a looper has its thread for itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_is_not_interrupted_holds_up_everybody() {
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

/// The control of the seats: two servers race, each with its loopers; in one of them every looper has a seat.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_that_all_have_a_seat_slow_everybody_down() {
    let seated = server(|limits| (limits.guest_ms_max, limits.slow_calls_max) = (FOR_EVER_MS, LOOPERS)).await;
    let queueing = server(|limits| limits.guest_ms_max = FOR_EVER_MS).await;
    let mut all = Vec::new();
    for server in [&seated, &queueing] {
        all.extend(loopers(&server.app, LOOPERS));
        server.app.at_work(LOOPERS).await;
    }
    let [of_seated, of_queueing] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let slow = tokio::spawn({
        let (app, answered) = (Arc::clone(&seated.app), Arc::clone(&of_seated));
        async move { ordinary(&app, CLIENTS, PUTS, &answered).await }
    });
    ordinary(&queueing.app, CLIENTS, PUTS, &of_queueing).await;
    let answered = of_seated.load(Ordering::Relaxed);
    println!("{answered} of {} were answered", 2 * CLIENTS * PUTS);
    slow.abort();
    assert!(answered < CLIENTS * PUTS, "half of them");
}

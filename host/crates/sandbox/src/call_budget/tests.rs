//! Guests here are futures that are interrupted as a component is. A thread that sleeps stands for one that waits for a core.

use std::cell::Cell;
use std::future::{pending, ready};
use std::time::Instant;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);
const TICK: Duration = Duration::from_millis(10);
const GENEROUS: TimeLimits = TimeLimits { running: HOUR, waiting: HOUR, queueing: HOUR };

/// The old charging, as a control: the time while a thread holds the call.
fn wall_clock() -> Duration {
    thread_local!(static BEGUN: Instant = Instant::now());
    BEGUN.with(Instant::elapsed)
}

fn budget(permits: usize, clock: fn() -> Duration) -> Arc<CallBudget> {
    CallBudget::with_clock(SlowCalls::new(permits), clock)
}

/// Uses the processor for this long.
fn compute(time: Duration) {
    let begun = thread_cpu_time();
    while thread_cpu_time() - begun < time {}
}

/// A guest that does this work in each of its ticks.
async fn guest(budget: &Arc<CallBudget>, ticks: usize, work: impl Fn()) {
    for _ in 0..ticks {
        work();
        Arc::clone(budget).turn().await;
    }
}

async fn run(budget: &Arc<CallBudget>, limits: TimeLimits, guest: impl Future<Output = ()>) -> Result<(), Overrun> {
    budget.run(limits, guest).await
}

#[tokio::test]
async fn a_guest_is_charged_for_what_its_thread_runs_and_not_for_the_wait_for_a_core() {
    let limits = TimeLimits { running: 5 * TICK, ..GENEROUS };
    let waits = || std::thread::sleep(TICK);
    let computes = || compute(TICK);
    for (clock, work, expected) in [
        (thread_cpu_time as fn() -> Duration, &waits as &dyn Fn(), Ok(())),
        (thread_cpu_time, &computes, Err(Overrun::Running)),
        // The control: by the wall clock, the guest that waits has run too long.
        (wall_clock, &waits, Err(Overrun::Running)),
    ] {
        let budget = budget(1, clock);
        assert_eq!(run(&budget, limits, guest(&budget, 10, work)).await, expected);
    }
}

#[tokio::test]
async fn a_guest_that_is_not_interrupted_reads_no_clock_of_the_thread() {
    thread_local!(static READ: Cell<u32> = const { Cell::new(0) });
    fn clock() -> Duration {
        READ.set(READ.get() + 1);
        Duration::ZERO
    }
    for (ticks, read) in [(0, 0), (1, 1), (3, 5)] {
        READ.set(0);
        let budget = budget(1, clock);
        let with_imports = async {
            yield_once().await;
            drop(budget.host_works());
            guest(&budget, ticks, || ()).await;
        };
        assert_eq!(run(&budget, GENEROUS, with_imports).await, Ok(()));
        assert_eq!(READ.get(), read, "{ticks} ticks");
    }
}

#[tokio::test]
async fn the_wait_for_a_core_or_a_permit_has_a_limit_of_its_own() {
    let limits = TimeLimits { queueing: 5 * TICK, ..GENEROUS };
    // The first tick needs no permit, and no permit exists for the second.
    let without_permits = budget(0, thread_cpu_time);
    assert_eq!(run(&without_permits, limits, guest(&without_permits, 1, || ())).await, Ok(()));
    let without_permits = budget(0, thread_cpu_time);
    assert_eq!(run(&without_permits, limits, guest(&without_permits, 2, || ())).await, Err(Overrun::Queueing));
    let without_core = budget(1, thread_cpu_time);
    let waits = guest(&without_core, 10, || std::thread::sleep(TICK));
    assert_eq!(run(&without_core, limits, waits).await, Err(Overrun::Queueing));
    // A guest that waits for the host does not queue.
    let waits = TimeLimits { waiting: TICK, ..limits };
    let waiting = budget(1, thread_cpu_time);
    assert_eq!(run(&waiting, waits, pending()).await, Err(Overrun::Waiting));
    let in_time = budget(1, thread_cpu_time);
    assert_eq!(run(&in_time, TimeLimits { waiting: Duration::ZERO, ..limits }, ready(())).await, Ok(()));
}

#[tokio::test]
async fn the_work_of_the_host_is_not_charged_as_the_guests() {
    let limits = TimeLimits { running: 5 * TICK, ..GENEROUS };
    for (host_works, expected) in [(true, Ok(())), (false, Err(Overrun::Running))] {
        let budget = budget(1, thread_cpu_time);
        let guest = async {
            guest(&budget, 2, || ()).await;
            let work = host_works.then(|| budget.host_works());
            for _ in 0..10 {
                compute(TICK);
                yield_once().await;
            }
            drop(work);
            guest(&budget, 2, || ()).await;
        };
        assert_eq!(run(&budget, limits, guest).await, expected, "the host works: {host_works}");
    }
    let budget = budget(1, thread_cpu_time);
    let guest = async {
        let _work = budget.host_works();
        guest(&budget, 10, || compute(TICK)).await;
    };
    assert_eq!(run(&budget, TimeLimits { waiting: 5 * TICK, ..limits }, guest).await, Err(Overrun::Waiting));
}

/// Guests that loop hold the only permit in turn. A guest that begins later is served before they end.
#[tokio::test]
async fn a_guest_of_a_few_ticks_goes_before_guests_that_loop() {
    let slow_calls = SlowCalls::new(1);
    let budget = || CallBudget::with_clock(Arc::clone(&slow_calls), thread_cpu_time);
    let loops: Vec<_> = (0..50)
        .map(|_| {
            let budget = budget();
            tokio::spawn(async move { run(&budget, GENEROUS, guest(&budget, 100_000, || ())).await })
        })
        .collect();
    // All of them loop, and have run for longer than the short call will.
    guest(&budget(), 2000, || ()).await;
    let short = budget();
    assert_eq!(run(&short, GENEROUS, guest(&short, 20, || ())).await, Ok(()));
    assert!(loops.iter().all(|one| !one.is_finished()));
    for one in loops {
        one.abort();
    }
}

//! Limits the running time and the waiting time of a call separately.
//!
//! An ordinary call takes far less than a tick and is rarely interrupted. A call that still runs after [`TICKS_FREE`] ticks
//! needs a permit for each further tick. So looping guests hold no more threads than there are permits. Queueing counts as
//! running: a call ends at its deadline, however many guests loop. A guest that waits for the host between two ticks needs no
//! permit, but at each tick other tasks that are ready run first.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};
use wasmtime::UpdateDeadline;

/// Ticks that a guest may run through before it needs permits.
const TICKS_FREE: u64 = 1;

/// Yields once. `tokio::task::yield_now` would wait until the worker is idle, which a worker that runs guests is not.
async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The limit that a call has exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overrun {
    /// The guest's running time.
    Running,
    /// The time of the imports that it called.
    Waiting,
}

/// The time budget of one call.
pub struct CallBudget {
    slow_calls: Arc<Semaphore>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
    ticks: AtomicU64,
    /// The guest was interrupted and waits to go on. Otherwise, a call that does not go on waits for the host.
    interrupted: AtomicBool,
    host_time: Mutex<HostTime>,
}

/// The time of imports that compute instead of waiting, such as those that an extension answers.
#[derive(Default)]
struct HostTime {
    working_since: Option<Instant>,
    before: Duration,
}

impl HostTime {
    fn until(&self, now: Instant) -> Duration {
        self.before + self.working_since.map_or(Duration::ZERO, |since| now - since)
    }
}

/// A guard. While it exists, the call's time counts as waiting for the host.
pub struct HostWork(Arc<CallBudget>);

impl Drop for HostWork {
    fn drop(&mut self) {
        let mut time = self.0.host_time.lock().unwrap_or_else(PoisonError::into_inner);
        time.before = time.until(Instant::now());
        time.working_since = None;
    }
}

impl CallBudget {
    pub(crate) fn new(slow_calls: Arc<Semaphore>) -> Arc<Self> {
        Arc::new(Self {
            slow_calls,
            permit: Mutex::default(),
            ticks: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
            host_time: Mutex::default(),
        })
    }

    /// Begins host work that takes processor time. At most one such guard exists at a time.
    #[must_use]
    pub fn host_works(self: &Arc<Self>) -> HostWork {
        self.host_time.lock().unwrap_or_else(PoisonError::into_inner).working_since = Some(Instant::now());
        HostWork(Arc::clone(self))
    }

    /// The time that the host has worked, and whether it works now.
    fn host_worked(&self, now: Instant) -> (Duration, bool) {
        let time = self.host_time.lock().unwrap_or_else(PoisonError::into_inner);
        (time.until(now), time.working_since.is_some())
    }

    /// Handles a tick of the epoch while the guest runs.
    pub(crate) fn tick(self: &Arc<Self>) -> UpdateDeadline {
        self.interrupted.store(true, Ordering::Relaxed);
        let budget = Arc::clone(self);
        let wait = async move {
            // Yield even where a permit is free: the deadline is checked only when the call does not go on. Yield before the
            // permit is released: new calls go before those that had to queue.
            yield_once().await;
            budget.release();
            if budget.ticks.fetch_add(1, Ordering::Relaxed) >= TICKS_FREE {
                let permit = Arc::clone(&budget.slow_calls).acquire_owned().await;
                *budget.permit.lock().unwrap_or_else(PoisonError::into_inner) = permit.ok();
            }
            budget.interrupted.store(false, Ordering::Relaxed);
        };
        UpdateDeadline::YieldCustom(1, Box::pin(wait))
    }

    fn release(&self) {
        self.permit.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Runs `call` to its end, or until the guest has run for `running_max` or waited for `waiting_max`.
    pub(crate) async fn run<T>(
        &self,
        running_max: Duration,
        waiting_max: Duration,
        call: impl Future<Output = T>,
    ) -> Result<T, Overrun> {
        let begun = Instant::now();
        let mut call = pin!(call);
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        let mut idle = Duration::ZERO;
        let mut waiting_since: Option<Instant> = None;
        poll_fn(|context| {
            let now = Instant::now();
            idle += waiting_since.take().map_or(Duration::ZERO, |since| now - since);
            let waited = idle + self.host_worked(now).0;
            // Check the clock before the guest goes on: a timer is late where every thread runs a guest. With a `waiting_max`
            // of zero, a call that waits for nothing is in time.
            if waited > waiting_max {
                return Poll::Ready(Err(Overrun::Waiting));
            }
            if (now - begun).saturating_sub(waited) >= running_max {
                return Poll::Ready(Err(Overrun::Running));
            }
            if let Poll::Ready(done) = call.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            let now = Instant::now();
            let (worked, works) = self.host_worked(now);
            let waited = idle + worked;
            let left = if self.interrupted.load(Ordering::Relaxed) {
                (running_max + waited).saturating_sub(now - begun)
            } else {
                waiting_since = (!works).then_some(now);
                self.release();
                waiting_max.saturating_sub(waited)
            };
            let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(now)));
            timer.as_mut().reset(now + left);
            if timer.as_mut().poll(context).is_ready() {
                context.waker().wake_by_ref();
            }
            Poll::Pending
        })
        .await
    }
}

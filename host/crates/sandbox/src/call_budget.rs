//! Limits the running time, the waiting time and the queueing time of a call separately.
//!
//! An ordinary call takes far less than a tick and is rarely interrupted. A call that still runs after [`TICKS_FREE`] ticks
//! needs a permit for each further tick. So looping guests hold no more threads than there are permits. A guest that waits for
//! the host between two ticks needs no permit, but at each tick other tasks that are ready run first.
//!
//! Running time is the time of the processor. On a busy machine a guest runs as long as on an idle one, and queues longer: for
//! its permit, for a worker thread, and for a processor. The limit of the queueing time ends a call that never gets its turn.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};
use wasmtime::UpdateDeadline;

use crate::running_time::{Phase, RunningTime, Spent, thread_cpu_time};
use crate::slow_calls::{Permit, SlowCalls};

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

/// The time that a call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeLimits {
    pub(crate) running: Duration,
    pub(crate) waiting: Duration,
    pub(crate) queueing: Duration,
}

/// The limit that a call has exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overrun {
    /// The guest's processor time.
    Running,
    /// The time of the imports that it called.
    Waiting,
    /// The time in which it was ready to run and did not run.
    Queueing,
}

/// The time budget of one call.
pub struct CallBudget {
    slow_calls: Arc<SlowCalls>,
    number: u64,
    state: Mutex<State>,
}

struct State {
    time: RunningTime,
    ticks: u64,
    /// The guest was interrupted and waits to go on. Otherwise, a call that does not go on waits for the host.
    interrupted: bool,
    permit: Option<Permit>,
}

/// A guard. While it exists, the call's time counts as waiting for the host.
pub struct HostWork(Arc<CallBudget>);

impl Drop for HostWork {
    fn drop(&mut self) {
        self.0.state().time.enter(Phase::Polled);
    }
}

impl CallBudget {
    pub(crate) fn new(slow_calls: Arc<SlowCalls>) -> Arc<Self> {
        Self::with_clock(slow_calls, thread_cpu_time)
    }

    /// A budget that charges the time of this clock while a thread runs the call.
    fn with_clock(slow_calls: Arc<SlowCalls>, clock: fn() -> Duration) -> Arc<Self> {
        let number = slow_calls.next_number();
        let state = State { time: RunningTime::new(clock), ticks: 0, interrupted: false, permit: None };
        Arc::new(Self { slow_calls, number, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins host work that takes processor time. At most one such guard exists at a time.
    #[must_use]
    pub fn host_works(self: &Arc<Self>) -> HostWork {
        self.state().time.enter(Phase::HostWorks);
        HostWork(Arc::clone(self))
    }

    /// Handles a tick of the epoch while the guest runs.
    pub(crate) fn tick(self: &Arc<Self>) -> UpdateDeadline {
        UpdateDeadline::YieldCustom(1, Box::pin(Arc::clone(self).turn()))
    }

    /// Notes a tick. The future ends when it is the guest's turn again.
    fn turn(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        let ticks = {
            let mut state = self.state();
            state.interrupted = true;
            state.time.interrupt();
            state.ticks += 1;
            state.ticks
        };
        async move {
            // Yield even where a permit is free: the deadline is checked only when the call does not go on. Yield before the
            // permit is released: new calls go before those that had to queue.
            yield_once().await;
            if ticks > TICKS_FREE {
                // Queue before the permit is released: the call keeps it if it is still first.
                let permit = self.slow_calls.permit(self.number, ticks);
                self.release();
                let permit = permit.await;
                self.state().permit = permit;
            }
            self.state().interrupted = false;
        }
    }

    fn release(&self) {
        let permit = self.state().permit.take();
        drop(permit);
    }

    fn begin_poll(&self) -> Spent {
        let mut state = self.state();
        let phase = if state.time.phase() == Phase::HostWorks { Phase::HostWorks } else { Phase::Polled };
        state.time.enter(phase).1
    }

    fn end_poll(&self) -> (Phase, Instant, Spent) {
        let mut state = self.state();
        let phase = match state.time.phase() {
            Phase::HostWorks => Phase::HostWorks,
            _ if state.interrupted => Phase::Queues,
            _ => Phase::WaitsForHost,
        };
        let (now, spent) = state.time.enter(phase);
        (phase, now, spent)
    }

    /// Runs `call` to its end, or until it exceeds one of the limits.
    pub(crate) async fn run<T>(&self, limits: TimeLimits, call: impl Future<Output = T>) -> Result<T, Overrun> {
        let mut call = pin!(call);
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|context| {
            let spent = self.begin_poll();
            // Check the time before the guest goes on: a timer is late where every thread runs a guest. With a limit of zero, a
            // call that waits for nothing is in time.
            if spent.waiting > limits.waiting {
                return Poll::Ready(Err(Overrun::Waiting));
            }
            if spent.queueing > limits.queueing {
                return Poll::Ready(Err(Overrun::Queueing));
            }
            if let Poll::Ready(done) = call.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            let (phase, now, spent) = self.end_poll();
            if spent.running >= limits.running {
                return Poll::Ready(Err(Overrun::Running));
            }
            let left = if phase == Phase::Queues {
                limits.queueing.saturating_sub(spent.queueing)
            } else {
                self.release();
                limits.waiting.saturating_sub(spent.waiting)
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

#[cfg(test)]
mod tests;

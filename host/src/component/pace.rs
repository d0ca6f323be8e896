//! How long a call may take: a guest's own time and its waiting for the host are bounded apart, and a guest that runs on
//! takes turns with others of its kind.
//!
//! An ordinary call is rarely interrupted: it takes far less than a tick. One that is still running after [`TICKS_FREE`] ticks
//! has to queue for one of a few seats at each further tick, so that looping guests, once they have had those, hold no more
//! threads than there are seats. Its time goes on while it queues: it is over at its deadline, however many loop. One that gives up
//! its turn by waiting for the host between two ticks, as an extension can that polls, gets by without a seat; others that are
//! ready still go first at each tick.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};
use wasmtime::UpdateDeadline;

/// Ticks after which a guest no longer counts as an ordinary one.
const TICKS_FREE: u64 = 1;

/// Lets every other task that is ready have its turn. Tokio's own would have this one wait until its thread has nothing else
/// to do, which one that runs guests has not.
async fn give_way() {
    let mut given = false;
    poll_fn(|context| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Whose time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overrun {
    /// The guest's own.
    Guest,
    /// That of the imports it called.
    Host,
}

/// One call's.
pub(crate) struct Pace {
    seats: Arc<Semaphore>,
    seat: Mutex<Option<OwnedSemaphorePermit>>,
    ticks: AtomicU64,
    /// The guest was interrupted and waits for its turn; else, when a call does not go on, it waits for the host.
    interrupted: AtomicBool,
    busy: Mutex<Busy>,
}

/// The time of imports that work rather than wait, as those do which an extension answers.
#[derive(Default)]
struct Busy {
    since: Option<Instant>,
    before: Duration,
}

impl Busy {
    fn until(&self, now: Instant) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| now - since)
    }
}

/// As long as it lives, the host works for the guest: the time is the host's.
pub(crate) struct Working(Arc<Pace>);

impl Drop for Working {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.before = busy.until(Instant::now());
        busy.since = None;
    }
}

impl Pace {
    pub(crate) fn new(seats: Arc<Semaphore>) -> Arc<Self> {
        Arc::new(Self {
            seats,
            seat: Mutex::default(),
            ticks: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
            busy: Mutex::default(),
        })
    }

    /// Begins work of the host's that takes processor time; not while other such work goes on.
    pub(crate) fn working(self: &Arc<Self>) -> Working {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).since = Some(Instant::now());
        Working(Arc::clone(self))
    }

    /// How long the host has worked, and whether it does.
    fn worked(&self, now: Instant) -> (Duration, bool) {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        (busy.until(now), busy.since.is_some())
    }

    /// What happens at a tick of the epoch while the guest runs.
    pub(crate) fn tick(self: &Arc<Self>) -> UpdateDeadline {
        self.interrupted.store(true, Ordering::Relaxed);
        let pace = Arc::clone(self);
        let turn = async move {
            // Always, also where a seat is free: the deadline is looked at when the call does not go on. And before the seat is
            // left: who is new comes before who had to queue.
            give_way().await;
            pace.stand_up();
            if pace.ticks.fetch_add(1, Ordering::Relaxed) >= TICKS_FREE {
                let seat = Arc::clone(&pace.seats).acquire_owned().await;
                *pace.seat.lock().unwrap_or_else(PoisonError::into_inner) = seat.ok();
            }
            pace.interrupted.store(false, Ordering::Relaxed);
        };
        UpdateDeadline::YieldCustom(1, Box::pin(turn))
    }

    fn stand_up(&self) {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Runs `call` to its end, or until the guest has taken `guest_max` or the host `host_max`.
    pub(crate) async fn keep<T>(
        &self,
        guest_max: Duration,
        host_max: Duration,
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
            let waited = idle + self.worked(now).0;
            // By the clock, and before the guest is run once more: where every thread runs a guest, a timer is late.
            // Where nothing may be waited for, a call that waits for nothing is in time.
            if waited > host_max {
                return Poll::Ready(Err(Overrun::Host));
            }
            if (now - begun).saturating_sub(waited) >= guest_max {
                return Poll::Ready(Err(Overrun::Guest));
            }
            if let Poll::Ready(done) = call.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            let now = Instant::now();
            let (worked, works) = self.worked(now);
            let waited = idle + worked;
            let left = if self.interrupted.load(Ordering::Relaxed) {
                (guest_max + waited).saturating_sub(now - begun)
            } else {
                waiting_since = (!works).then_some(now);
                self.stand_up();
                host_max.saturating_sub(waited)
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

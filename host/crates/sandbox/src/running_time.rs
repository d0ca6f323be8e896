//! Measures the time of one call: what its guest ran, what it waited for the host, and what it queued for a processor.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::time::Instant;

/// The processor time that this thread has used. A system call.
pub(crate) fn thread_cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The state of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has not been polled yet.
    New,
    /// A thread polls it.
    Polled,
    /// The host computes for it, such as an extension that answers an import. The call may be polled or not.
    HostWorks,
    /// An import of it is not ready.
    WaitsForHost,
    /// It was interrupted and is ready to go on.
    Queues,
}

/// The time that a call has spent so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    /// Processor time of its thread, without the host's work.
    pub(crate) running: Duration,
    /// Time of its imports.
    pub(crate) waiting: Duration,
    /// Time in which it was ready to run, and neither it nor an import ran.
    pub(crate) queueing: Duration,
}

/// Attributes the time of a call to its phases.
///
/// The clock of the thread is a system call, so it is read for calls that were interrupted only. Until its first interruption a
/// guest runs for at most a tick, which is not charged.
pub(crate) struct RunningTime {
    clock: fn() -> Duration,
    phase: Phase,
    since: Instant,
    /// The thread's clock when the thread began to poll the call. `None` in other phases, and before the first interruption.
    ran_before: Option<Duration>,
    interrupted: bool,
    spent: Spent,
}

impl RunningTime {
    /// `clock` returns the processor time of the current thread.
    pub(crate) fn new(clock: fn() -> Duration) -> Self {
        let (phase, since) = (Phase::New, Instant::now());
        Self { clock, phase, since, ran_before: None, interrupted: false, spent: Spent::default() }
    }

    /// The call is charged from its next poll on.
    pub(crate) const fn interrupt(&mut self) {
        self.interrupted = true;
    }

    pub(crate) const fn phase(&self) -> Phase {
        self.phase
    }

    /// Charges the phase that ends. Returns the time now, and the time that the call has spent.
    pub(crate) fn enter(&mut self, phase: Phase) -> (Instant, Spent) {
        let now = Instant::now();
        let elapsed = now - self.since;
        let spent = &mut self.spent;
        match (self.phase, self.ran_before.take()) {
            (Phase::Polled, Some(ran_before)) => {
                let ran = (self.clock)().saturating_sub(ran_before);
                spent.running += ran;
                spent.queueing += elapsed.saturating_sub(ran);
            }
            (Phase::HostWorks | Phase::WaitsForHost, _) => spent.waiting += elapsed,
            (Phase::Queues, _) => spent.queueing += elapsed,
            (Phase::New | Phase::Polled, _) => {}
        }
        (self.phase, self.since) = (phase, now);
        if phase == Phase::Polled && self.interrupted {
            self.ran_before = Some((self.clock)());
        }
        (now, self.spent)
    }
}

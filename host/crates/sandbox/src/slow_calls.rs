//! Permits of the calls that have run for several ticks.
//!
//! The call that has run least is first. So a call of some milliseconds does not queue behind guests that loop. Calls that have
//! run about as long are served in the order in which they began: the first ones end, instead of all of them late.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A number of permits, and the calls that queue for one.
pub(crate) struct SlowCalls {
    begun: AtomicU64,
    state: Mutex<State>,
}

struct State {
    free: usize,
    /// Empty while a permit is free.
    queue: BTreeMap<Rank, oneshot::Sender<Permit>>,
}

/// The place of a call in the queue. The smallest rank is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// The power of two that its ticks have reached.
    level: u32,
    /// The number of the call, in the order in which calls begin.
    number: u64,
}

/// The right to run for one tick.
pub(crate) struct Permit(Arc<SlowCalls>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

impl SlowCalls {
    pub(crate) fn new(permits: usize) -> Arc<Self> {
        let state = State { free: permits, queue: BTreeMap::new() };
        Arc::new(Self { begun: AtomicU64::new(0), state: Mutex::new(state) })
    }

    /// The number of a new call.
    pub(crate) fn next_number(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::Relaxed)
    }

    /// Queues for a permit at once. The future ends when the call has it. A number queues once at a time.
    pub(crate) fn permit(self: &Arc<Self>, number: u64, ticks: u64) -> impl Future<Output = Option<Permit>> + use<> {
        let rank = Rank { level: ticks.checked_ilog2().unwrap_or(0), number };
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        if state.free > 0 {
            state.free -= 1;
            drop(state);
            // The receiver exists, so it has the permit now.
            drop(sender.send(Permit(Arc::clone(self))));
        } else {
            state.queue.insert(rank, sender);
        }
        async { receiver.await.ok() }
    }

    /// Hands a permit to the first call that still queues.
    fn pass_on(self: &Arc<Self>) {
        let mut state = self.state();
        let next = loop {
            match state.queue.pop_first() {
                Some((_, next)) if next.is_closed() => {}
                Some((_, next)) => break next,
                None => {
                    state.free += 1;
                    return;
                }
            }
        };
        drop(state);
        // A call that has ended meanwhile drops the permit, and so passes it on.
        drop(next.send(Permit(Arc::clone(self))));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    /// The order in which calls with these ticks get the only permit. They queue in the order of the list.
    fn order(ticks: &[u64]) -> Vec<usize> {
        let slow_calls = SlowCalls::new(1);
        let mut held = poll(pin!(slow_calls.permit(slow_calls.next_number(), 1))).flatten();
        assert!(held.is_some());
        let mut queued: Vec<_> =
            ticks.iter().map(|ticks| Some(Box::pin(slow_calls.permit(slow_calls.next_number(), *ticks)))).collect();
        let mut order = Vec::new();
        while held.take().is_some() {
            for (number, waiting) in queued.iter_mut().enumerate() {
                let Some(permit) = waiting.as_mut().and_then(|waiting| poll(waiting.as_mut())) else { continue };
                *waiting = None;
                order.push(number);
                held = permit;
                break;
            }
        }
        order
    }

    #[test]
    fn the_call_that_has_run_least_is_first_and_equals_are_served_as_they_began() {
        for (ticks, expected) in [
            (&[250, 250, 1][..], &[2, 0, 1][..]),
            (&[250, 16, 15, 31, 2], &[4, 2, 1, 3, 0]),
            (&[5, 4, 7, 6], &[0, 1, 2, 3]),
        ] {
            assert_eq!(order(ticks), expected, "{ticks:?}");
        }
    }

    #[test]
    fn a_call_that_ends_while_it_queues_takes_no_permit_away() {
        let slow_calls = SlowCalls::new(2);
        let permit = |ticks| slow_calls.permit(slow_calls.next_number(), ticks);
        let mut held: Vec<_> = (0..2).map(|_| poll(pin!(permit(1))).flatten()).collect();
        let (first, second) = (permit(1), permit(2));
        let mut third = pin!(permit(4));
        drop(first);
        assert!(poll(third.as_mut()).is_none());
        held.pop();
        // The second call has the permit, and ends before it knows.
        drop(second);
        assert!(poll(third.as_mut()).flatten().is_some());
        held.clear();
        let state = slow_calls.state();
        assert_eq!((state.free, state.queue.len()), (2, 0));
    }
}

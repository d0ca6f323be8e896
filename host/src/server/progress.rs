//! The state of an HTTP/1.1 connection between its requests, from which its deadlines follow.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The times that a client has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// The time for the head of a request, from its first byte; also for the first byte of a new connection.
    pub(super) head: Duration,
    /// The time between the end of an answer and the next request.
    pub(super) idle: Duration,
}

/// The reason why a connection ends at its deadline.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Due {
    /// A head has begun and is not complete, or no request was sent at all.
    Head,
    /// No request follows.
    Idle,
    /// The server has announced the end with its last answer, and the body of that request has not ended.
    End,
}

/// The state of a connection.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<State>,
    /// Notified when a head begins, because its deadline is nearer than that of an idle connection.
    pub(super) head_begins: Notify,
}

#[derive(Debug)]
struct State {
    /// The requests that have begun.
    begun: u64,
    pending: bool,
    /// When the connection was opened, or the client last took bytes of an answer.
    quiet_since: Instant,
    /// When the first byte of a head arrived.
    head_since: Option<Instant>,
    /// Whether the last answer has announced the end of the connection.
    announced: bool,
    /// Whether the client takes no more bytes.
    blocked: bool,
    /// The status of the answer with which the HTTP library refused the last message.
    refused: Option<StatusCode>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let state = State {
            begun: 0,
            pending: false,
            quiet_since: Instant::now(),
            head_since: None,
            announced: false,
            blocked: false,
            refused: None,
        };
        Self { state: Mutex::new(state), head_begins: Notify::new() }
    }

    /// A head is complete, and its request is at work.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        state.begun += 1;
        state.pending = true;
        state.head_since = None;
    }

    /// The answer is made. `announced` says whether it announces the end of the connection.
    pub(super) fn end(&self, announced: bool) {
        let mut state = self.state();
        state.pending = false;
        state.announced |= announced;
        state.quiet_since = Instant::now();
    }

    /// Bytes have arrived.
    pub(super) fn read(&self) {
        let mut state = self.state();
        if !state.pending && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
            self.head_begins.notify_one();
        }
    }

    /// The client has taken bytes, or takes none at the moment.
    pub(super) fn wrote(&self, blocked: bool) {
        let mut state = self.state();
        state.blocked = blocked;
        if !blocked {
            state.quiet_since = Instant::now();
        }
    }

    /// The HTTP library has refused a message.
    pub(super) fn refuse(&self, status: StatusCode) {
        self.state().refused = Some(status);
    }

    pub(super) fn refused(&self) -> Option<StatusCode> {
        self.state().refused
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.state().blocked
    }

    /// Whether no request is at work, and no head has begun.
    pub(super) fn is_quiet(&self) -> bool {
        let state = self.state();
        !state.pending && state.head_since.is_none()
    }

    /// Whether no request was sent yet.
    pub(super) fn is_unused(&self) -> bool {
        let state = self.state();
        state.begun == 0 && state.head_since.is_none()
    }

    /// When the connection ends, and why. `None` while a request is at work or the client has yet to take an answer.
    pub(super) fn deadline(&self, times: Times) -> Option<(Instant, Due)> {
        let state = self.state();
        if state.pending || state.blocked {
            return None;
        }
        Some(match state.head_since {
            _ if state.announced => (state.quiet_since + times.head, Due::End),
            Some(since) => (since + times.head, Due::Head),
            None if state.begun == 0 => (state.quiet_since + times.head, Due::Head),
            None => (state.quiet_since + times.idle, Due::Idle),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times { head: Duration::from_secs(10), idle: Duration::from_secs(60) };

    #[tokio::test(start_paused = true)]
    async fn a_deadline_follows_from_the_last_event() {
        let begin = Instant::now();
        let pass = || tokio::time::advance(Duration::from_secs(1));
        let after = |seconds, due| Some((begin + Duration::from_secs(seconds), due));
        let progress = Progress::new();
        let due = || progress.deadline(TIMES);
        assert_eq!((due(), progress.is_unused()), (after(10, Due::Head), true));
        pass().await;
        progress.read();
        pass().await;
        progress.read();
        assert_eq!((due(), progress.is_unused()), (after(11, Due::Head), false), "more bytes do not prolong a head");
        progress.begin();
        progress.read();
        assert_eq!(due(), None, "a request is at work");
        pass().await;
        progress.end(false);
        progress.wrote(true);
        assert_eq!(due(), None, "the client has not taken its answer");
        pass().await;
        progress.wrote(false);
        assert_eq!(due(), after(64, Due::Idle));
        pass().await;
        progress.read();
        assert_eq!(due(), after(15, Due::Head));
        progress.begin();
        progress.end(true);
        assert_eq!(due(), after(15, Due::End));
    }
}

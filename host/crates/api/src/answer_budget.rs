//! The memory of answers that clients have not taken yet. The whole process has one budget of bytes, and a connection has a share
//! of it.
//!
//! An answer takes its bytes before it is written, and gives them back when its body is dropped. hyper and h2 keep the body, and
//! do not copy it, until the socket has taken it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use storage::ROWS_BYTES_MAX;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Bytes that every answer counts besides its body: its head, and its stream of HTTP/2.
const ANSWER_BYTES_MIN: usize = 4 << 10;
/// The size up to which an answer may use the part of the budget that is kept for small answers.
pub(crate) const SMALL_ANSWER_BYTES_MAX: usize = 64 << 10;
/// How long an answer waits for room. Meanwhile the server cuts clients that do not read.
const ROOM_WAIT: Duration = Duration::from_secs(5);
/// The share of one connection is the budget divided by this number.
const SHARES: usize = 16;

/// The bytes of all answers of the process.
#[derive(Debug)]
pub(crate) struct AnswerBudget {
    bytes_max: usize,
    used: AtomicUsize,
    wait_max: Duration,
    freed: Notify,
}

/// A connection's part of the budget.
#[derive(Debug)]
pub struct AnswerShare {
    budget: Arc<AnswerBudget>,
    bytes_max: usize,
    used: AtomicUsize,
    freed: Notify,
    /// One permit for each request of the connection that is handled.
    requests: Semaphore,
}

/// Bytes that are taken until this is dropped.
#[derive(Debug)]
pub(crate) struct AnswerPermit {
    share: Arc<AnswerShare>,
    bytes: usize,
}

/// A body with its permit.
struct HeldBody<B> {
    body: B,
    _permit: AnswerPermit,
}

/// Writes an answer. Takes bytes from the budget in steps, before the memory is used. If the budget refuses a step, the rest of
/// the answer is only counted.
pub(crate) struct AnswerWriter {
    body: Vec<u8>,
    permit: AnswerPermit,
    /// The bytes of the answer so far, once the budget has refused a step.
    refused: Option<usize>,
}

impl AnswerBudget {
    pub(crate) fn new(bytes_max: usize) -> Arc<Self> {
        Self::with_wait(bytes_max, ROOM_WAIT)
    }

    fn with_wait(bytes_max: usize, wait_max: Duration) -> Arc<Self> {
        Arc::new(Self { bytes_max, used: AtomicUsize::new(0), wait_max, freed: Notify::new() })
    }

    /// The share of a connection, which handles this many requests at once.
    pub(crate) fn share(self: &Arc<Self>, requests_max: usize) -> Arc<AnswerShare> {
        self.part(self.bytes_max / SHARES, requests_max)
    }

    /// A share that is the whole budget.
    pub(crate) fn whole(self: &Arc<Self>) -> Arc<AnswerShare> {
        self.part(self.bytes_max, Semaphore::MAX_PERMITS)
    }

    fn part(self: &Arc<Self>, bytes_max: usize, requests_max: usize) -> Arc<AnswerShare> {
        Arc::new(AnswerShare {
            budget: Arc::clone(self),
            bytes_max,
            used: AtomicUsize::new(0),
            freed: Notify::new(),
            requests: Semaphore::new(requests_max),
        })
    }

    fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Whether a quarter of the budget is used. Clients that do not read must then leave, so that others get their answers.
    fn is_scarce(&self) -> bool {
        self.used() > self.bytes_max / 4
    }
}

impl AnswerShare {
    /// Waits until the connection may have another request handled, and has taken enough of its answers. A client that does not
    /// read delays only itself.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        loop {
            let freed = self.freed.notified();
            if !self.is_used_up() {
                break;
            }
            freed.await;
        }
        // The semaphore is never closed.
        self.requests.acquire().await.ok()
    }

    /// A turn, if one is free at once.
    pub(crate) fn try_turn(&self) -> Option<SemaphorePermit<'_>> {
        if self.is_used_up() { None } else { self.requests.try_acquire().ok() }
    }

    /// Whether the connection's unread answers exceed its share.
    pub(crate) fn is_used_up(&self) -> bool {
        self.unread_bytes() > self.bytes_max
    }

    /// Bytes of the connection's answers that its client has not taken.
    pub(crate) fn unread_bytes(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    pub(crate) fn is_scarce(&self) -> bool {
        self.budget.is_scarce()
    }

    /// A body that counts until it is dropped. Waits for a while if the budget has no room. `None` if there is none then.
    pub async fn hold<B: AsRef<[u8]> + Send + 'static>(self: &Arc<Self>, body: B) -> Option<Bytes> {
        let bytes = body.as_ref().len();
        let permit = match self.permit(bytes) {
            Some(permit) => permit,
            None => self.room(bytes).await?,
        };
        Some(permit.into_bytes(body))
    }

    /// A small body that counts until it is dropped, and is sent even if the budget has no room: it says so.
    pub fn hold_always<B: AsRef<[u8]> + Send + 'static>(self: &Arc<Self>, body: B) -> Bytes {
        let bytes = body.as_ref().len().max(ANSWER_BYTES_MIN);
        self.budget.used.fetch_add(bytes, Ordering::Relaxed);
        self.used.fetch_add(bytes, Ordering::Relaxed);
        AnswerPermit { share: Arc::clone(self), bytes }.into_bytes(body)
    }

    /// Room for an answer of so many bytes, as soon as clients have read others. A connection that itself has too many unread
    /// answers does not wait. `None` if there is no room in time.
    pub(crate) async fn room(self: &Arc<Self>, bytes: usize) -> Option<AnswerPermit> {
        let room = async {
            loop {
                let freed = self.budget.freed.notified();
                if self.is_used_up() {
                    return None;
                }
                if let Some(permit) = self.permit(bytes) {
                    return Some(permit);
                }
                freed.await;
            }
        };
        tokio::time::timeout(self.budget.wait_max, room).await.ok().flatten()
    }

    fn permit(self: &Arc<Self>, bytes: usize) -> Option<AnswerPermit> {
        let bytes = bytes.max(ANSWER_BYTES_MIN);
        self.take(0, bytes).then(|| AnswerPermit { share: Arc::clone(self), bytes })
    }

    /// A permit that grows with its answer.
    pub(crate) fn nothing(self: &Arc<Self>) -> AnswerPermit {
        AnswerPermit { share: Arc::clone(self), bytes: 0 }
    }

    /// Takes `more` bytes for an answer that has `held` bytes.
    fn take(&self, held: usize, more: usize) -> bool {
        let max = self.budget.bytes_max;
        // A quarter is kept for small answers: readers of large ones cannot use it.
        let limit = if held + more <= SMALL_ANSWER_BYTES_MAX { max } else { max - max / 4 };
        let others = self.unread_bytes().saturating_sub(held);
        // One answer is always possible. More than the share is possible while half of the budget is free.
        let exceeds_share = others > 0 && others + held + more > self.bytes_max;
        let limit = if exceeds_share { limit.min(max / 2) } else { limit };
        let grown = |used: usize| used.checked_add(more).filter(|used| *used <= limit);
        let taken = self.budget.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok();
        if taken {
            self.used.fetch_add(more, Ordering::Relaxed);
        }
        taken
    }
}

impl AnswerPermit {
    /// A body that counts until it is dropped.
    ///
    /// # Errors
    /// The bytes that it needs, if the budget has no room for it.
    pub(crate) fn hold<B: AsRef<[u8]> + Send + 'static>(mut self, body: B) -> Result<Bytes, usize> {
        let bytes = body.as_ref().len().max(ANSWER_BYTES_MIN);
        if self.grow_to(bytes) { Ok(self.into_bytes(body)) } else { Err(bytes) }
    }

    /// A permit of the same connection, which has no bytes yet.
    pub(crate) fn other(&self) -> Self {
        self.share.nothing()
    }

    /// The bytes that a large list can need. Its JSON is somewhat longer than its rows. A small budget has less.
    pub(crate) fn large_bytes(&self) -> usize {
        (ROWS_BYTES_MAX / 4 * 5).min(self.share.budget.bytes_max / 8)
    }

    /// Makes room for an answer of so many bytes, in steps. Says whether the budget has room.
    pub(crate) fn reserve(&mut self, bytes: usize) -> bool {
        let step = if self.bytes < SMALL_ANSWER_BYTES_MAX { self.bytes } else { self.bytes / 2 };
        bytes <= self.bytes || self.grow_to(bytes.max(self.bytes + step).max(ANSWER_BYTES_MIN))
    }

    /// Gives back the bytes above this size.
    fn shrink_to(&mut self, bytes: usize) {
        let bytes = bytes.max(ANSWER_BYTES_MIN);
        let excess = self.bytes.saturating_sub(bytes);
        self.bytes -= excess;
        drop(Self { share: Arc::clone(&self.share), bytes: excess });
    }

    /// Takes the bytes that are missing to this size. Says whether the budget has room for them.
    fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let taken = self.share.take(self.bytes, more);
        if taken {
            self.bytes += more;
        }
        taken
    }

    fn into_bytes<B: AsRef<[u8]> + Send + 'static>(self, body: B) -> Bytes {
        Bytes::from_owner(HeldBody { body, _permit: self })
    }
}

impl Drop for AnswerPermit {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        self.share.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.share.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.share.freed.notify_waiters();
        // An answer that waits is large, and needs more than the room of a small one.
        if self.bytes > SMALL_ANSWER_BYTES_MAX {
            self.share.budget.freed.notify_waiters();
        }
    }
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for HeldBody<B> {
    fn as_ref(&self) -> &[u8] {
        self.body.as_ref()
    }
}

impl AnswerWriter {
    pub(crate) fn new(permit: AnswerPermit) -> Self {
        Self { body: Vec::with_capacity(permit.bytes), permit, refused: None }
    }

    /// The answer.
    ///
    /// # Errors
    /// The bytes that the whole answer needs, if the budget had no room for it.
    pub(crate) fn finish(mut self) -> Result<Bytes, usize> {
        match self.refused {
            None => {
                // The memory behind the body was never written, so that the system has not provided it.
                self.permit.shrink_to(self.body.len());
                Ok(self.permit.into_bytes(self.body))
            }
            Some(bytes) => Err(bytes),
        }
    }

    /// Makes room for `more` bytes.
    fn grow(&mut self, more: usize) -> bool {
        let grown = self.permit.reserve(self.body.len() + more);
        if grown {
            self.body.reserve_exact(self.permit.bytes - self.body.len());
        }
        grown
    }
}

impl io::Write for AnswerWriter {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if let Some(bytes) = &mut self.refused {
            *bytes += piece.len();
        } else if piece.len() <= self.permit.bytes - self.body.len() || self.grow(piece.len()) {
            self.body.extend_from_slice(piece);
        } else {
            self.refused = Some(self.body.len() + piece.len());
            self.body = Vec::new();
            self.permit = self.permit.other();
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;

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
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Bytes that every answer counts besides its body: its head, and its stream of HTTP/2.
const ANSWER_BYTES_MIN: usize = 4 << 10;
/// The size up to which an answer may use the part of the budget that is kept for small answers.
const SMALL_ANSWER_BYTES_MAX: usize = 64 << 10;
/// How long an answer waits for room. Meanwhile the server cuts clients that do not read.
const ROOM_WAIT: Duration = Duration::from_secs(5);
/// How often a waiting answer looks for room.
const ROOM_POLL: Duration = Duration::from_millis(25);
/// Memory of all answers that wait for room, in KiB.
const WAITING_KIB_MAX: usize = 64 << 10;
/// The share of one connection is the budget divided by this number.
const SHARES: usize = 16;

/// The bytes of all answers of the process.
#[derive(Debug)]
pub(crate) struct AnswerBudget {
    bytes_max: usize,
    used: AtomicUsize,
    /// One permit for each KiB of the answers that wait for room.
    waiting: Semaphore,
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
struct AnswerPermit {
    share: Arc<AnswerShare>,
    bytes: usize,
}

/// A body with its permit.
struct HeldBody<B> {
    body: B,
    _permit: AnswerPermit,
}

/// Writes an answer. Takes bytes from the budget in steps, before the memory is used.
pub(crate) struct AnswerWriter {
    body: Vec<u8>,
    permit: AnswerPermit,
}

impl AnswerBudget {
    pub(crate) fn new(bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { bytes_max, used: AtomicUsize::new(0), waiting: Semaphore::new(WAITING_KIB_MAX) })
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

    /// A body that counts until it is dropped. `None` if the budget has no room for it.
    pub fn hold<B: AsRef<[u8]> + Send + 'static>(self: &Arc<Self>, body: B) -> Option<Bytes> {
        let bytes = body.as_ref().len().max(ANSWER_BYTES_MIN);
        let mut permit = self.nothing();
        permit.grow_to(bytes).then(|| permit.into_bytes(body))
    }

    /// A small body that counts until it is dropped, and is sent even if the budget has no room: it says so.
    pub fn hold_always<B: AsRef<[u8]> + Send + 'static>(self: &Arc<Self>, body: B) -> Bytes {
        let bytes = body.as_ref().len().max(ANSWER_BYTES_MIN);
        self.budget.used.fetch_add(bytes, Ordering::Relaxed);
        self.used.fetch_add(bytes, Ordering::Relaxed);
        AnswerPermit { share: Arc::clone(self), bytes }.into_bytes(body)
    }

    /// Repeats an attempt to hold an answer for a while. The answer is in memory meanwhile and has about so many bytes, so that
    /// few can wait. A connection that itself has too many unread answers does not wait.
    ///
    /// # Errors
    /// The errors of the attempt.
    pub async fn retried<E>(
        &self,
        bytes: usize,
        mut attempt: impl FnMut() -> Result<Option<Bytes>, E>,
    ) -> Result<Option<Bytes>, E> {
        let kib = u32::try_from(bytes >> 10).unwrap_or(u32::MAX);
        let Ok(_waiting) = self.budget.waiting.try_acquire_many(kib) else { return Ok(None) };
        let deadline = Instant::now() + ROOM_WAIT;
        while !self.is_used_up() && Instant::now() < deadline {
            tokio::time::sleep(ROOM_POLL).await;
            if let Some(held) = attempt()? {
                return Ok(Some(held));
            }
        }
        Ok(None)
    }

    fn nothing(self: &Arc<Self>) -> AnswerPermit {
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
        self.share.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.share.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.share.freed.notify_waiters();
    }
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for HeldBody<B> {
    fn as_ref(&self) -> &[u8] {
        self.body.as_ref()
    }
}

impl AnswerWriter {
    pub(crate) fn new(share: &Arc<AnswerShare>) -> Self {
        Self { body: Vec::new(), permit: share.nothing() }
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.permit.into_bytes(self.body)
    }

    /// Makes room for `more` bytes: twice the room for a small answer, half as much again for a large one.
    fn grow(&mut self, more: usize) -> io::Result<()> {
        let held = self.permit.bytes;
        let step = if held < SMALL_ANSWER_BYTES_MAX { held } else { held / 2 };
        let bytes = (held + step).max(self.body.len() + more).max(ANSWER_BYTES_MIN);
        if !self.permit.grow_to(bytes) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.body.reserve_exact(bytes - self.body.len());
        Ok(())
    }
}

impl io::Write for AnswerWriter {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece).map(|()| piece.len())
    }

    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        if piece.len() > self.permit.bytes - self.body.len() {
            self.grow(piece.len())?;
        }
        self.body.extend_from_slice(piece);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const MAX: usize = 16 << 20;
    const SHARE: usize = MAX / SHARES;

    fn written(share: &Arc<AnswerShare>, bytes: usize) -> io::Result<Bytes> {
        let mut writer = AnswerWriter::new(share);
        for _ in 0..bytes / 256 {
            writer.write_all(&[b'x'; 256])?;
        }
        Ok(writer.into_bytes())
    }

    #[test]
    fn an_answer_gives_its_bytes_back_with_its_last_part() {
        let budget = AnswerBudget::new(MAX);
        let share = budget.share(1);
        let body = written(&share, 256 << 10).unwrap();
        assert_eq!(body.len(), 256 << 10);
        assert!(budget.used() >= body.len() && share.unread_bytes() == budget.used());
        let part = body.slice(100..200);
        drop(body);
        assert!(budget.used() >= 256 << 10, "a part of the body is still unread");
        drop(part);
        assert_eq!((budget.used(), share.unread_bytes()), (0, 0));
    }

    #[test]
    fn the_last_quarter_is_kept_for_small_answers() {
        let budget = AnswerBudget::new(MAX);
        let mut held = Vec::new();
        while let Ok(body) = written(&budget.share(1), 1 << 20) {
            held.push(body);
        }
        assert!(budget.used() > MAX / 2 && budget.used() <= MAX - MAX / 4, "{}", budget.used());
        let small: Vec<_> = std::iter::from_fn(|| written(&budget.share(1), 32 << 10).ok()).collect();
        assert!(small.len() > 64, "{}", small.len());
        assert!(budget.used() <= MAX);
        // A refusal is sent even now, and counts.
        let refusal = budget.share(1).hold_always("busy");
        drop((held, small));
        assert_eq!(budget.used(), ANSWER_BYTES_MIN);
        drop(refusal);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn one_connection_gets_more_than_its_share_only_while_half_of_the_budget_is_free() {
        let budget = AnswerBudget::new(MAX);
        let greedy = budget.share(1);
        let held: Vec<_> = std::iter::from_fn(|| written(&greedy, SHARE / 2).ok()).collect();
        assert!(greedy.unread_bytes() > SHARE && budget.used() <= MAX / 2, "{}", budget.used());
        // Another connection still gets an answer, even one larger than its share.
        let other = budget.share(1);
        let body = written(&other, SHARE * 2).unwrap();
        // The control: without a second connection's share, the same answer is refused.
        assert!(written(&greedy, SHARE * 2).is_err());
        drop((held, body));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_refused_answer_leaves_nothing_behind() {
        let budget = AnswerBudget::new(1 << 20);
        for _ in 0..3 {
            assert_eq!(written(&budget.share(1), 1 << 20).unwrap_err().kind(), io::ErrorKind::OutOfMemory);
            assert_eq!(budget.share(1).hold(vec![0; 1 << 20]), None);
            assert_eq!(budget.used(), 0);
        }
    }

    #[tokio::test]
    async fn an_answer_waits_until_others_are_read_and_few_can_wait() {
        let budget = AnswerBudget::new(MAX);
        let mut held: Vec<_> = std::iter::from_fn(|| written(&budget.share(1), 1 << 20).ok()).collect();
        let share = budget.share(1);
        let attempt = || Ok::<_, ()>(written(&share, 1 << 20).ok());
        assert_eq!(share.retried(WAITING_KIB_MAX << 11, attempt).await, Ok(None), "more than may wait");
        let retried = share.retried(1 << 20, attempt);
        held.truncate(1);
        assert_eq!(retried.await.unwrap().unwrap().len(), 1 << 20);
    }

    #[tokio::test]
    async fn a_connection_that_reads_gets_its_turn_and_one_that_does_not_waits() {
        let budget = AnswerBudget::new(MAX);
        let share = budget.share(1);
        let bodies = [written(&share, SHARE).unwrap(), written(&share, SHARE / 2).unwrap()];
        let waiting = tokio::spawn({
            let share = Arc::clone(&share);
            async move { share.turn().await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert!(budget.share(1).turn().await.is_some(), "another connection does not wait");
        drop(bodies);
        assert!(waiting.await.unwrap());
    }
}

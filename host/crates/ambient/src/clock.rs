//! The clock: the time of day, and whether it can be trusted for deletions.
//!
//! The time of day can jump: a person or a time server sets it, or a machine starts with a wrong date. The time since the start
//! of this process cannot. Both pass equally fast, so their difference changes only when the time of day jumps.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The largest time that a clock gives: the last millisecond of the year 9999. The smallest is 1970. All dates and sums of dates
/// fit their types within these bounds.
pub const NOW_MS_MAX: i64 = 253_402_300_799_999;
/// A change of the difference by more than this is a jump, in milliseconds. Corrections of a running clock are smaller.
const JUMP_MS: i64 = 60_000;
/// The clock is not trusted before the process has run this long, in milliseconds: a wrong date at the start of the machine is
/// corrected within this time.
const TRUST_AFTER_MS: i64 = 60 * 60 * 1000;

/// Both times, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Times {
    /// The time since 1970.
    wall: i64,
    /// The time since the first reading.
    since_start: i64,
}

/// The sources of both times.
#[derive(Debug)]
enum Source {
    System(OnceLock<Instant>),
    Fixed(Mutex<Times>),
}

/// A clock, and its memory of jumps.
#[derive(Debug)]
pub(crate) struct Clock {
    source: Source,
    /// The difference of both times at the first reading, or after the last jump.
    difference_ms: OnceLock<AtomicI64>,
    jumped: AtomicBool,
}

impl Clock {
    const fn new(source: Source) -> Self {
        Self { source, difference_ms: OnceLock::new(), jumped: AtomicBool::new(false) }
    }

    pub(crate) const fn system() -> Self {
        Self::new(Source::System(OnceLock::new()))
    }

    pub(crate) const fn fixed(now_ms: i64) -> Self {
        Self::new(Source::Fixed(Mutex::new(Times { wall: now_ms, since_start: 0 })))
    }

    pub(crate) fn now_ms(&self) -> i64 {
        let times = self.read();
        self.note_jump(times);
        times.wall
    }

    pub(crate) fn is_trusted(&self) -> bool {
        let times = self.read();
        self.note_jump(times);
        times.since_start >= TRUST_AFTER_MS && !self.jumped.load(Ordering::Relaxed)
    }

    /// Changes both times of a fixed clock.
    pub(crate) fn pass(&self, wall_ms: i64, since_start_ms: i64) {
        if let Source::Fixed(times) = &self.source {
            let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
            times.wall = times.wall.saturating_add(wall_ms).clamp(0, NOW_MS_MAX);
            times.since_start = times.since_start.saturating_add(since_start_ms);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "all other code gets clock and randomness from this crate")]
    fn read(&self) -> Times {
        let times = match &self.source {
            Source::System(start) => {
                let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let since_start = start.get_or_init(Instant::now).elapsed();
                let ms = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
                Times { wall: ms(wall), since_start: ms(since_start) }
            }
            Source::Fixed(times) => *times.lock().unwrap_or_else(PoisonError::into_inner),
        };
        Times { wall: times.wall.clamp(0, NOW_MS_MAX), ..times }
    }

    fn note_jump(&self, times: Times) {
        let difference = times.wall.saturating_sub(times.since_start);
        let known = self.difference_ms.get_or_init(|| AtomicI64::new(difference));
        let before = known.load(Ordering::Relaxed);
        let jump = difference.saturating_sub(before);
        // Only one of the threads that see the jump logs it.
        if jump.saturating_abs() > JUMP_MS
            && known.compare_exchange(before, difference, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            self.jumped.store(true, Ordering::Relaxed);
            let (seconds, way) = (jump.saturating_abs() / 1000, if jump > 0 { "forward" } else { "back" });
            tracing::warn!(
                "the clock jumped {way} by {seconds} seconds; expired tokens are not deleted until the server is restarted"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;

    #[test]
    fn a_clock_is_trusted_after_an_hour_without_a_jump() {
        // The changes of both times, and whether the clock is then trusted.
        for (steps, trusted) in [
            (&[(0, 0)][..], false),
            (&[(TRUST_AFTER_MS - 1, TRUST_AFTER_MS - 1)], false),
            (&[(TRUST_AFTER_MS, TRUST_AFTER_MS)], true),
            (&[(YEAR_MS, YEAR_MS)], true),
            (&[(YEAR_MS, YEAR_MS), (JUMP_MS, 0)], true),
            (&[(YEAR_MS, YEAR_MS), (JUMP_MS + 1, 0)], false),
            (&[(YEAR_MS, YEAR_MS), (-JUMP_MS - 1, 0)], false),
            (&[(YEAR_MS, YEAR_MS), (5 * YEAR_MS, 0), (-5 * YEAR_MS, 0)], false),
            (&[(YEAR_MS, 0), (YEAR_MS, YEAR_MS)], false),
            (&[(i64::MAX, i64::MAX), (i64::MIN, 0), (i64::MAX, i64::MAX)], false),
        ] {
            let clock = Clock::fixed(50 * YEAR_MS);
            clock.now_ms();
            for (wall, since_start) in steps {
                clock.pass(*wall, *since_start);
                clock.now_ms();
            }
            assert_eq!(clock.is_trusted(), trusted, "{steps:?}");
        }
    }

    #[test]
    fn every_time_is_between_1970_and_9999() {
        for (set, given) in [
            (i64::MIN, 0),
            (-1, 0),
            (0, 0),
            (1_767_323_045_000, 1_767_323_045_000),
            (NOW_MS_MAX, NOW_MS_MAX),
            (NOW_MS_MAX + 1, NOW_MS_MAX),
            (i64::MAX, NOW_MS_MAX),
        ] {
            assert_eq!(Clock::fixed(set).now_ms(), given);
        }
        assert!((1..NOW_MS_MAX).contains(&Clock::system().now_ms()));
    }
}

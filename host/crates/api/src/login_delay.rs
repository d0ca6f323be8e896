//! The delay after wrong passwords (decision 15). Pure: the store keeps the counts.
//!
//! A number of failures locks a user name for one address. Each further series of failures locks it for twice as long, up to a
//! limit. Attempts during a lock do not count, so that it ends. The right password during a lock is refused, but it is accepted
//! after this lock, even if another client at the same address has caused further locks meanwhile.

use storage::failed_logins::FailedLogins;

/// How failed logins delay further ones.
#[derive(Clone, Copy, Debug)]
pub struct LoginDelay {
    /// Failures that cause a lock.
    pub failures_max: i64,
    /// The duration of the first lock, in milliseconds.
    pub first_ms: i64,
    /// The duration of the longest lock, in milliseconds.
    pub longest_ms: i64,
}

impl LoginDelay {
    /// Whether the name is locked for the address. A lock that would last longer than the longest one was made by a clock that
    /// was wrong, and does not count.
    pub(crate) fn is_locked(self, failed: FailedLogins, now_ms: i64) -> bool {
        let left = failed.locked_until_ms.saturating_sub(now_ms);
        0 < left && left <= self.longest_ms
    }

    /// Whether the right password is accepted.
    pub(crate) fn is_open(self, failed: FailedLogins, now_ms: i64) -> bool {
        let is_promised = failed.admitted_ms != 0 && failed.admitted_ms <= now_ms;
        is_promised || !self.is_locked(failed, now_ms)
    }

    /// The failures after a wrong password.
    pub(crate) fn after_failure(self, failed: FailedLogins, now_ms: i64) -> FailedLogins {
        if self.is_locked(failed, now_ms) {
            return failed;
        }
        let failures = failed.failures.saturating_add(1);
        let is_series = failures.checked_rem(self.failures_max) == Some(0);
        let locked_until_ms =
            if is_series { now_ms.saturating_add(self.lock_ms(failures)) } else { failed.locked_until_ms };
        FailedLogins { failures, locked_until_ms, ..failed }
    }

    /// The failures after the right password during a lock: it is accepted when this lock has ended.
    pub(crate) fn after_refusal(self, failed: FailedLogins) -> FailedLogins {
        let admitted_ms = if failed.admitted_ms == 0 { failed.locked_until_ms } else { failed.admitted_ms };
        FailedLogins { admitted_ms, ..failed }
    }

    /// When the failures at a place can be forgotten.
    pub(crate) fn forget_ms(self, failed: FailedLogins, now_ms: i64) -> i64 {
        failed.locked_until_ms.max(now_ms).saturating_add(self.longest_ms)
    }

    /// The duration of the lock that this many failures cause.
    fn lock_ms(self, failures: i64) -> i64 {
        let series = failures.checked_div(self.failures_max).unwrap_or(1).clamp(1, 63);
        let doubled = u32::try_from(series - 1).ok().and_then(|doublings| 1_i64.checked_shl(doublings));
        self.first_ms.saturating_mul(doubled.unwrap_or(i64::MAX)).min(self.longest_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAY: LoginDelay = LoginDelay { failures_max: 6, first_ms: 60_000, longest_ms: 3_600_000 };

    /// The failures after that many attempts in a row, and the time.
    fn attempts(mut failed: FailedLogins, count: usize, now_ms: i64) -> FailedLogins {
        for _ in 0..count {
            failed = DELAY.after_failure(failed, now_ms);
        }
        failed
    }

    #[test]
    fn each_series_of_failures_locks_for_twice_as_long_up_to_the_limit() {
        let mut failed = FailedLogins::default();
        let mut now_ms = 1_000;
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert!(!DELAY.is_locked(attempts(failed, 5, now_ms), now_ms));
            failed = attempts(failed, 6, now_ms);
            let end_ms = now_ms + minutes * 60_000;
            assert_eq!(failed.locked_until_ms, end_ms, "{minutes} minutes");
            assert!(DELAY.is_locked(failed, end_ms - 1) && !DELAY.is_locked(failed, end_ms));
            now_ms = end_ms;
        }
        let many = FailedLogins { failures: i64::MAX - 3, ..FailedLogins::default() };
        assert_eq!(attempts(many, 20, 0).locked_until_ms, 3_600_000);
    }

    #[test]
    fn attempts_during_a_lock_do_not_prolong_it() {
        let locked = attempts(FailedLogins::default(), 6, 0);
        assert_eq!(attempts(locked, 1000, 59_999), locked);
    }

    #[test]
    fn the_right_password_is_accepted_after_the_lock_in_which_it_was_given() {
        let locked = attempts(FailedLogins::default(), 6, 0);
        let promised = DELAY.after_refusal(locked);
        assert!(!DELAY.is_open(promised, 59_999) && DELAY.is_open(promised, 60_000));
        // A client that guesses at the same address has locked the name again.
        let again = attempts(promised, 6, 60_000);
        assert!(DELAY.is_locked(again, 60_001) && DELAY.is_open(again, 60_001));
        // The control: without the promise the name is locked.
        assert!(!DELAY.is_open(FailedLogins { admitted_ms: 0, ..again }, 60_001));
    }

    #[test]
    fn a_lock_of_a_wrong_clock_does_not_count() {
        let year_ms = 365 * 24 * 3_600_000;
        let ahead = attempts(FailedLogins::default(), 6, year_ms);
        assert!(DELAY.is_locked(ahead, year_ms) && !DELAY.is_locked(ahead, 0));
    }
}

//! How long to wait after wrong passwords.

use std::time::Duration;

use crate::Timestamp;

/// Failures are forgotten when this much time passes without another.
pub const FAILURES_KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Wrong passwords in a row, for one account or from one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last was.
    pub last_at: Timestamp,
}

/// How patient we are with wrong passwords: the first ones are free, then each doubles the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    free: u32,
    first_wait_s: u64,
}

impl Patience {
    /// With one account, wherever the attempts come from.
    pub const ACCOUNT: Self = Self { free: 5, first_wait_s: 30 };
    /// With one address, whatever accounts it tries. Many people may share it.
    pub const ADDRESS: Self = Self { free: 100, first_wait_s: 60 };
    /// The longest wait.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
    /// The owner of an account is told when this many attempts have failed.
    pub const NOTICE_AT: u32 = 10;

    /// How long until the next attempt is looked at; zero if now.
    pub fn wait(self, failures: Option<Failures>, now: Timestamp) -> Duration {
        let Some(failures) = failures.filter(|failures| now.since(failures.last_at) < FAILURES_KEPT_FOR)
        else {
            return Duration::ZERO;
        };
        let Some(doublings) = failures.count.checked_sub(self.free) else { return Duration::ZERO };
        let wait_s = self.first_wait_s.saturating_mul(1 << doublings.min(20));
        Duration::from_secs(wait_s).min(Self::LONGEST_WAIT).saturating_sub(now.since(failures.last_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
    }

    fn wait(count: u32, seconds_later: i64) -> u64 {
        Patience::ACCOUNT.wait(Some(Failures { count, last_at: at(0) }), at(seconds_later)).as_secs()
    }

    #[test]
    fn the_first_failures_are_free_and_then_the_wait_doubles() {
        assert_eq!((0..=4).map(|count| wait(count, 0)).max(), Some(0));
        assert_eq!([wait(5, 0), wait(6, 0), wait(7, 0)], [30, 60, 120]);
        assert_eq!([wait(12, 0), wait(4_000_000_000, 0)], [3600, 3600]);
    }

    #[test]
    fn waiting_helps() {
        assert_eq!([wait(5, 29), wait(5, 30), wait(12, 24 * 3600)], [1, 0, 0]);
        assert_eq!(Patience::ACCOUNT.wait(None, at(0)), Duration::ZERO);
    }
}

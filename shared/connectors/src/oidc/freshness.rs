//! How long what a provider published is used without asking again.

use std::time::Duration;

use app_domain::Timestamp;

/// How soon a provider that did not answer is asked again, while what it said before serves on.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(60);

/// When something was read, and how long that is good for.
///
/// By the time of the request and not by the process's own clock, which may stand still while an environment is frozen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Freshness {
    from: Timestamp,
    span: Duration,
}

impl Freshness {
    pub(super) fn new(from: Timestamp, span: Duration) -> Self {
        Self { from, span }
    }

    /// Whether it still is. Not before it was read either: a clock that was set back must not make it last.
    pub(super) fn covers(self, now: Timestamp) -> bool {
        now >= self.from && now.since(self.from) < self.span
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_its_span_alone() {
        let at = |second: i64| Timestamp::from_millis(second * 1000).unwrap();
        let fresh = Freshness::new(at(100), Duration::from_secs(60));
        assert_eq!([99, 100, 159, 160].map(|second| fresh.covers(at(second))), [false, true, true, false]);
    }
}

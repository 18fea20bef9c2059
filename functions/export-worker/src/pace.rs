//! When something is due again.

use std::time::Duration;

use app_domain::Timestamp;

/// Something that is done now and then while something else goes on.
#[derive(Debug)]
pub(crate) struct Pace {
    every: Duration,
    last: Timestamp,
}

impl Pace {
    /// Due first when `every` has passed from `now` on.
    pub(crate) fn new(every: Duration, now: Timestamp) -> Self {
        Self { every, last: now }
    }

    /// Whether it is time again.
    pub(crate) fn due(&mut self, now: Timestamp) -> bool {
        let due = now.since(self.last) >= self.every;
        self.last = if due { now } else { self.last };
        due
    }
}

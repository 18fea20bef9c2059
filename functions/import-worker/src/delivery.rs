//! One delivery of a message, and how long there is for it.

use std::sync::atomic::{AtomicI64, Ordering};

use app_domain::Timestamp;
use app_runtime::Hold;

use crate::failure::Failure;

/// One delivery of a message.
pub(crate) struct Delivery {
    hold: Hold,
    /// Whether the message will not be delivered again.
    pub(crate) is_last: bool,
    /// When the work on it has to end.
    until: Timestamp,
    renewed_at: AtomicI64,
    now: fn() -> Timestamp,
}

impl Delivery {
    pub(crate) fn new(hold: Hold, is_last: bool, until: Timestamp, now: fn() -> Timestamp) -> Self {
        Self { hold, is_last, until, renewed_at: AtomicI64::new(Timestamp::MIN.as_millis()), now }
    }

    /// Called between any two steps: keeps the message, and says when there is no time for another step.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn goes_on(&self) -> Result<Timestamp, Failure> {
        let now = (self.now)();
        let renewed_at = Timestamp::from_millis(self.renewed_at.load(Ordering::Relaxed));
        if renewed_at.is_none_or(|renewed_at| now.since(renewed_at) >= Hold::RENEW_EVERY) {
            self.renewed_at.store(now.as_millis(), Ordering::Relaxed);
            self.hold.renew().await;
        }
        if now >= self.until { Err(Failure::OutOfTime) } else { Ok(now) }
    }
}

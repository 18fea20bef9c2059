//! One delivery of a message, which is held while it is worked on.

use std::future::Future;
use std::time::Duration;

use app_domain::Timestamp;
use app_runtime::Hold;

use crate::failure::Failure;

/// How often a hold is renewed. A call to a provider may take longer than a hold lasts, so it is renewed beside the work.
const RENEW_EVERY: Duration = Duration::from_secs(15);

/// One delivery of a message.
pub(crate) struct Delivery {
    pub(crate) hold: Hold,
    /// Whether the message will not be delivered again.
    pub(crate) is_last: bool,
    /// When the work on it has to end.
    pub(crate) until: Timestamp,
    pub(crate) now: fn() -> Timestamp,
}

impl Delivery {
    /// Does some work and keeps the message meanwhile.
    pub(crate) async fn held<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            self.hold.renew().await;
            if let Ok(done) = tokio::time::timeout(RENEW_EVERY, work.as_mut()).await {
                return done;
            }
        }
    }

    /// What time it is, if there is any left for another step.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn goes_on(&self) -> Result<Timestamp, Failure> {
        let now = (self.now)();
        if now >= self.until { Err(Failure::OutOfTime) } else { Ok(now) }
    }
}

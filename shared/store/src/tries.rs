//! Writes that are made anew because another came first, for as long as a request can wait.

use std::time::{Duration, Instant};

use app_domain::StoreError;

use crate::table;

/// How long writers below one memory try. They all meet at its item: of many who come at once, the last has lost against all the others.
/// A function has ten seconds, and needs some to say that it did not succeed.
const TRIES_FOR: Duration = Duration::from_secs(6);

/// The tries of one write.
pub(crate) struct Tries {
    until: Instant,
    made: usize,
}

impl Tries {
    /// Tries from now on.
    pub(crate) fn begin() -> Self {
        Self::within(TRIES_FOR)
    }

    fn within(time: Duration) -> Self {
        Self { until: Instant::now() + time, made: 0 }
    }

    /// Waits for the next try.
    ///
    /// # Errors
    /// If there is no time left: too many others kept coming first.
    pub(crate) async fn again(&mut self) -> Result<(), StoreError> {
        if Instant::now() >= self.until {
            return Err(StoreError::Throttled("other writers kept coming first".into()));
        }
        table::wait(self.made).await;
        self.made += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tries_end_by_time_and_not_by_number() {
        let (started, mut tries) = (Instant::now(), Tries::within(Duration::from_millis(50)));
        while tries.again().await.is_ok() {}
        assert!(started.elapsed() >= Duration::from_millis(50) && tries.made > 1, "{}", tries.made);
        let mut none = Tries::within(Duration::ZERO);
        assert!(matches!(none.again().await, Err(StoreError::Throttled(_))));
    }
}

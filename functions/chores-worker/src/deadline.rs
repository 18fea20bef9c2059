//! When an invocation hands on what it has not done.

use std::time::Duration;

use app_domain::Timestamp;

use crate::Worker;

/// How long one invocation works: three quarters of the function's `Timeout`, so that the portion it is at can end, and the rest
/// be sent on.
pub const WORKS_FOR: Duration = Duration::from_secs(45);

/// The end of an invocation's work.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Timestamp);

impl Deadline {
    /// For an invocation that begins now.
    pub(crate) fn of(worker: &Worker) -> Self {
        Self((worker.now)().plus(WORKS_FOR))
    }

    /// Whether it has come.
    pub(crate) fn is_over(self, worker: &Worker) -> bool {
        (worker.now)() >= self.0
    }
}

//! Work that may fail without failing the request: said so where it is done, and logged.

use std::error::Error;

/// Makes a failure a line in the log.
pub trait BestEffort {
    /// What came of it, if it went well. `doing` completes "failed at …".
    type Outcome;

    /// Goes on whether it went well or not.
    fn best_effort(self, doing: &'static str) -> Option<Self::Outcome>;
}

impl<T, E: Error + 'static> BestEffort for Result<T, E> {
    type Outcome = T;

    fn best_effort(self, doing: &'static str) -> Option<T> {
        self.inspect_err(|error| {
            let first: &dyn Error = error;
            let causes = std::iter::successors(Some(first), |error| (*error).source());
            let causes: Vec<String> = causes.map(ToString::to_string).collect();
            tracing::warn!(doing, causes = causes.join(": "), "failed, and went on without");
        })
        .ok()
    }
}

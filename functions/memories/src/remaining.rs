//! What is too much for one request: how much it does, and what its answer says of the rest.

use serde::Serialize;
use utoipa::ToSchema;

/// How many memories one request files or tags otherwise: a second or two of work.
pub(crate) const AT_ONCE: usize = 50;

/// What goes on in the background.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Remaining {
    /// About how many memories are still to be changed.
    remaining: u64,
}

impl Remaining {
    /// Of so many, so many are done, but not all.
    pub(crate) fn of(all: u64, done: u64) -> Self {
        Self { remaining: left(all, done) }
    }
}

/// How many of `all` are left after some were done, at least one: the counter was read a moment before.
pub(crate) fn left(all: u64, done: u64) -> u64 {
    all.saturating_sub(done).max(1)
}

//! The worker on a real table, with the queue and the bucket played: chores that end, go on, come twice, or cannot be done.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod again;
mod claiming;
mod conversations;
mod due;
mod inbound;
mod refiling;
mod reminders;
mod stage;
mod trashing;

//! The worker on a real table, with the buckets and the queue played: archives that come in, again, in parts, broken, twice at once, and go.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod archives;
mod backups;
mod bringing;
mod broken;
mod drives;
mod formats;
mod interrupted_restores;
mod killed;
mod lives;
mod living;
mod restores;
mod restoring;
mod round_trip;
mod shelf;
mod stage;
mod undoing;

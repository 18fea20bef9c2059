//! The function's operations on a real table, with Meta and the queues played.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod contacts;
mod disconnecting;
mod doors;
mod drive_jobs;
mod drives;
mod forcing;
mod media;
mod own_number;
mod pausing;
mod phone;
mod stage;

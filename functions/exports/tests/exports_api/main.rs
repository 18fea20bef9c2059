//! The operations on a table in memory, with queues and buckets that are played.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod exports;
mod imports;
mod stage;

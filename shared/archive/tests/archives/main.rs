//! Archives as their readers see them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod anything;
mod cost;
mod hostile;
mod people;
mod resume;
mod round;
mod single;
mod tampered;
mod unzipped;
mod written;

//! Text out of real files, and out of files that were made to do harm.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod changed;
mod formats;
mod hostile;
mod pdf;
mod support;

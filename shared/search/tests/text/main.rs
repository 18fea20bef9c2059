//! Search by words, as somebody who saved memories sees it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod admitted;
mod formats;
mod highlights;
mod hostile;
mod languages;
mod properties;
mod search;
mod support;

//! Sets of vectors: what they find, what they keep, and what they make of bytes that are not theirs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod bytes;
mod made;
mod model;
mod recall;
mod sets;

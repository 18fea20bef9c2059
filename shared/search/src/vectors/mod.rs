//! Finding by meaning: one person's vectors, searched exactly.
//!
//! A vector is kept as two bytes a number. The upper bytes alone are scanned, which reads a quarter of what 32-bit floats
//! would; the best of that scan are weighed again with both bytes, to about one part in a million. [`VectorSet`] holds the
//! vectors of one person and one model, in memory or as bytes. [`VectorIndex`] is the port to whatever holds the vectors of
//! everybody, and [`ExactIndex`] the implementation of it that needs nothing but memory.

mod best;
mod codes;
mod error;
mod exact;
mod format;
mod index;
mod query;
mod set;

pub use error::{VectorError, VectorIndexError};
pub use exact::ExactIndex;
pub use index::{VectorEntry, VectorIndex};
pub use query::{VectorHit, search};
pub use set::{MAX_DIMENSIONS, VectorSet};

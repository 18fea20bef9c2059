//! A person's index of words and meanings: finding in it, and keeping it up to date.
//!
//! Words are in segments, which lie sealed in S3; a manifest in the table names those that count. Vectors are in the table, which has
//! an index of its own for them. Both lag behind what is written, by a second or so: what has changed since is noted in the table,
//! and a search reads it from there. What a search finds is read from the table before anybody sees it, so that nothing removed,
//! sealed or changed is shown as it was, and nobody sees what is somebody else's.
//!
//! Everything here can be made again from the table and the files.

mod claims;
mod documents;
mod embedders;
mod embedding;
mod entities;
mod extraction;
mod finder;
mod found;
mod indexer;
mod job;
mod levels;
mod ranking;
mod rebuild;
mod segments;
mod snapshot;
mod table_vectors;
mod waiting;

pub use claims::Repair;
pub use embedders::{EmbedderError, Embedders};
pub use entities::{Entities, Entity};
pub use finder::{FindError, Finder, SearchMode, SearchRequest, Subject};
pub use found::{Found, Group, How, Piece, Position};
pub use indexer::{IndexError, Indexer, Progress};
pub use job::{IndexJob, Place};
pub use segments::SegmentCache;
pub use table_vectors::TableVectors;

//! Search by words: segments of documents, queries, ranking and highlights.

mod admit;
mod analysis;
mod build;
mod codec;
mod corpus;
mod document;
mod expand;
mod filter;
mod format;
mod fragment;
mod fuzzy;
mod highlight;
mod marks;
mod matches;
mod merge;
mod plan;
mod posting_writer;
mod postings;
mod proximity;
mod query;
mod rank;
mod score;
mod search;
mod segment;
mod table;
mod units;
mod writer;

pub use corpus::Corpus;
pub use document::{Document, Filter};
pub use fragment::Fragment;
pub use highlight::{Limits, highlight};
pub use query::Query;
pub use search::TextHit;
pub use segment::Segment;

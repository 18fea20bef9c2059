//! What can be wrong with vectors, and with an index of them.

use app_domain::StoreError;

/// A vector or a set of vectors that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// It has another number of dimensions than those it is to be compared with.
    #[error("a vector of {found} dimensions among vectors of {expected}")]
    Dimensions {
        /// How many the others have.
        expected: usize,
        /// How many this one has.
        found: usize,
    },
    /// A number in it is infinite or none at all.
    #[error("a vector holds what is not a number")]
    NotFinite,
    /// Its model is not that of the others: their vectors have nothing to do with one another.
    #[error("vectors of different models")]
    OtherModel,
    /// There cannot be a set like that. Says why.
    #[error("no such set of vectors: {0}")]
    Impossible(&'static str),
}

/// Why an index of vectors did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum VectorIndexError {
    /// The vectors were wrong, and would be wrong again.
    #[error(transparent)]
    Vector(#[from] VectorError),
    /// What holds the vectors could not do its work.
    #[error(transparent)]
    Store(#[from] StoreError),
}

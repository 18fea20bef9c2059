//! Why the bytes of a segment are of no use.

/// The bytes of a segment cannot be used. The remedy is always the same: build it again from the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// It was written by another version of this code.
    #[error("the segment is of version {0}")]
    Version(u16),
    /// It is not what was written. Says what is wrong with it.
    #[error("the segment is corrupt: {0}")]
    Corrupt(&'static str),
}

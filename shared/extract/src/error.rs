//! Why there is no text, and why reading stops.

/// Nothing can be got out of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Files of this type have no text, or none that is known how to read.
    #[error("no text is read from files of this type")]
    Unsupported,
    /// It is not what its type says. Says what is wrong with it, never what is in it.
    #[error("the file is broken: {0}")]
    Broken(&'static str),
    /// It can be read with a password only.
    #[error("the file is encrypted")]
    Encrypted,
}

/// Why reading stops before the end of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// There is as much text as is wanted.
    Full,
    /// Reading has cost as much as it may.
    Exhausted,
    /// There is nothing more to get.
    Failed(ExtractError),
}

impl Stop {
    /// The file is not what its type says.
    pub(crate) const fn broken(what: &'static str) -> Self {
        Self::Failed(ExtractError::Broken(what))
    }
}

/// What a step of reading gives, if reading goes on.
pub(crate) type Flow<T = ()> = Result<T, Stop>;

//! Why an attempt ended before its time.

use std::io::ErrorKind;

use app_domain::StoreError;
use app_import::ImportError;
use app_runtime::QueueError;

/// What is said of an archive that was removed.
pub(crate) const GONE: &str = "The file is not there any more. Upload it again.";

/// Why an attempt ended before the job did.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A newer attempt has the job. Its message must stay, should that one die.
    #[error("a newer attempt has taken the job")]
    Overtaken,
    /// Its owner has called it off. What had been brought in stays.
    #[error("the job is not wanted any more")]
    Cancelled,
    /// There is not enough time left. Somebody goes on where this attempt was.
    #[error("the invocation has not enough time left")]
    OutOfTime,
    /// The table or a bucket fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue fails.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The archive cannot be read just now.
    #[error("the archive cannot be read")]
    Source(#[source] std::io::Error),
    /// What is kept of how far the job has come cannot be read or written. Nothing of the error: its words could quote what is kept.
    #[error("a piece of the report cannot be read or written")]
    Piece,
    /// The thread that reads the archive has ended badly. Nothing of its last words either.
    #[error("reading the archive has ended badly")]
    Reading,
}

impl Failure {
    /// What is wrong with an archive, in words for its owner, or why it cannot be told just now.
    pub(crate) fn unless_of_archive(error: ImportError) -> Result<String, Self> {
        match error {
            // It will not come back: to try again would be in vain.
            ImportError::Io(error) if error.kind() == ErrorKind::NotFound => Ok(GONE.to_owned()),
            ImportError::Io(error) => Err(Self::Source(error)),
            other => Ok(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(_: serde_json::Error) -> Self {
        Self::Piece
    }
}

impl From<tokio::task::JoinError> for Failure {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Reading
    }
}

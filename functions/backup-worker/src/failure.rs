//! Why an attempt at a job ended before the job did.

use std::error::Error;

use app_connectors::drives::{DriveError, DriveErrorClass, TransferError};
use app_domain::StoreError;
use app_runtime::QueueError;

/// Why an attempt ended before the job did. What becomes of the job is decided in one place: see `job`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A newer attempt has the job, or it is not wanted any more.
    #[error("a newer attempt has taken the job, or it is not wanted any more")]
    Overtaken,
    /// There is not enough time left. Somebody goes on where this attempt was.
    #[error("the invocation has not enough time left")]
    OutOfTime,
    /// The drive refuses or fails.
    #[error(transparent)]
    Drive(#[from] DriveError),
    /// There is no room on the drive for something of so many bytes.
    #[error("there is no room on the drive for {0} bytes")]
    NoRoom(u64),
    /// It cannot be done, for a reason that is told the owner in these words.
    #[error("the job cannot be done")]
    Told(String),
    /// The table or a bucket fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue fails.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// What is kept of how far the job has come cannot be read or written. Nothing of the error: its words could quote what is kept.
    #[error("what is kept of a job cannot be read or written")]
    Kept,
    /// Something else that may pass.
    #[error("a step has failed")]
    Step(#[source] Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// Why something of a size did not arrive on the drive.
    pub(crate) fn sending(error: TransferError, size_bytes: u64) -> Self {
        match error {
            TransferError::Drive(error) if error.class == DriveErrorClass::Full => Self::NoRoom(size_bytes),
            TransferError::Drive(error) => Self::Drive(error),
            // What a step inside has said already.
            TransferError::Source(error) | TransferError::Saving(error) => Self::within(error),
        }
    }

    /// A failure that went through a library, as itself.
    pub(crate) fn within(error: Box<dyn Error + Send + Sync>) -> Self {
        match error.downcast::<Self>() {
            Ok(failure) => *failure,
            Err(error) => match error.downcast::<StoreError>() {
                Ok(error) => Self::Store(*error),
                Err(error) => Self::Step(error),
            },
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(_: serde_json::Error) -> Self {
        Self::Kept
    }
}

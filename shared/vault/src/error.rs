//! Why a field was not sealed or opened.

use app_domain::StoreError;

/// Why a field was not sealed or opened. Holds neither fields nor keys.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The table failed.
    #[error("the data keys could not be read or kept")]
    Store(#[from] StoreError),
    /// KMS does not answer or refuses to work: try again.
    #[error("no data key was to be had")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was sealed for another owner or record or under another key, or it has been changed since.
    #[error("the sealed field cannot be read")]
    Unreadable,
    /// The owner's keys are destroyed.
    #[error("the owner's data keys are destroyed")]
    Shredded,
    /// More than [`MAX_PLAIN_BYTES`](crate::MAX_PLAIN_BYTES) were to be sealed.
    #[error("too large to be sealed as a field")]
    TooLarge,
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => error,
            VaultError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            VaultError::Unreadable | VaultError::Shredded | VaultError::TooLarge => {
                Self::Corrupt(Box::new(error))
            }
        }
    }
}

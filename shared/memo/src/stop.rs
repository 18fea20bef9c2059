//! Why an answer ended before its time.

use app_ai::ModelError;
use app_domain::{AnswerFailure, InteractionFailure, InteractionStatus, StoreError, Timestamp};
use app_index::FindError;

/// Why there is no more of an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// Whoever asked has gone.
    #[error("nobody waits for the answer")]
    Gone,
    /// There is no time left.
    #[error("the answer took too long")]
    TimedOut,
    /// What there is for a day is used up.
    #[error("the budget of the day is used up")]
    Budget {
        /// When there is more.
        resets_at: Timestamp,
    },
    /// The model does not want to answer.
    #[error("the model refused to answer")]
    Refused,
    /// The question, or what was said before it, does not fit into the model.
    #[error("there is more to read than the model can")]
    TooLong,
    /// The model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FindError> for Stop {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Model(error) => Self::Model(error),
            FindError::Store(error) => Self::Store(error),
            // Only a search for what is like a memory ends so.
            FindError::NoMemory => Self::Store(StoreError::Conflict),
        }
    }
}

impl Stop {
    /// As the person sees it.
    pub(crate) fn failure(&self) -> AnswerFailure {
        match self {
            Self::Gone => AnswerFailure::Interrupted,
            Self::Budget { .. } => AnswerFailure::Budget,
            Self::Refused => AnswerFailure::Refused,
            Self::TooLong | Self::Model(ModelError::TooLong) => AnswerFailure::TooLong,
            Self::Model(ModelError::Throttled) => AnswerFailure::Throttled,
            Self::Model(ModelError::Rejected(_)) => AnswerFailure::Rejected,
            Self::TimedOut
            | Self::Store(_)
            | Self::Model(ModelError::Unavailable(_) | ModelError::Corrupt(_)) => AnswerFailure::Unavailable,
        }
    }

    /// How the call of the model ended that was under way.
    pub(crate) fn interaction(&self) -> (InteractionStatus, Option<InteractionFailure>) {
        let failure = match self {
            Self::Gone => return (InteractionStatus::Cancelled, None),
            Self::Budget { .. } => return (InteractionStatus::Refused, None),
            Self::TimedOut => InteractionFailure::TimedOut,
            Self::Refused => InteractionFailure::Refused,
            Self::TooLong | Self::Model(ModelError::TooLong) => InteractionFailure::TooLong,
            Self::Model(ModelError::Unavailable(_)) | Self::Store(_) => InteractionFailure::Unavailable,
            Self::Model(ModelError::Throttled) => InteractionFailure::Throttled,
            Self::Model(ModelError::Rejected(_)) => InteractionFailure::Rejected,
            Self::Model(ModelError::Corrupt(_)) => InteractionFailure::Corrupt,
        };
        (InteractionStatus::Failed, Some(failure))
    }
}

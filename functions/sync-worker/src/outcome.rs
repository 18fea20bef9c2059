//! What becomes of an update, and why it must come again.

use app_domain::{InvalidMemory, StoreError, UserId};
use app_runtime::QueueError;
use app_store::{ChangeError, MessageError};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It held a good code: its phone is this person's now.
    Linked(UserId),
    /// It is a memory of this person's.
    Saved(UserId),
    /// It is a message under a memory of this person's.
    Replied(UserId),
    /// It asked for something, which is under way.
    Asked(UserId),
    /// It changed a memory of this person's.
    Changed(UserId),
    /// It changes what has not come yet: kept until it does.
    Waiting(UserId),
    /// This person has another phone or another id now.
    Moved(UserId),
    /// This person has paused saving: kept until it goes on.
    Paused(UserId),
    /// It is news of a contact, an account or something we sent.
    Noted,
    /// It had been dealt with before.
    Duplicate,
    /// Nobody has linked its phone: kept for a while.
    Unclaimed,
    /// It is about the chat itself, or somebody who has no account: kept for a while, no memory.
    SetAside,
    /// There is nothing to be done about it.
    Ignored,
}

/// Why it must come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("no memory could be made of it: {0}")]
    NoMemory(#[from] InvalidMemory),
}

impl Outcome {
    /// Its name in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linked(_) => "linked",
            Self::Saved(_) => "saved",
            Self::Replied(_) => "replied",
            Self::Asked(_) => "asked",
            Self::Changed(_) => "changed",
            Self::Waiting(_) => "waiting",
            Self::Moved(_) => "moved",
            Self::Paused(_) => "paused",
            Self::Noted => "noted",
            Self::Duplicate => "duplicate",
            Self::Unclaimed => "unclaimed",
            Self::SetAside => "set aside",
            Self::Ignored => "ignored",
        }
    }

    /// Whom it concerns, if that is known.
    pub(crate) fn user(self) -> Option<UserId> {
        match self {
            Self::Linked(user)
            | Self::Saved(user)
            | Self::Replied(user)
            | Self::Asked(user)
            | Self::Changed(user)
            | Self::Waiting(user)
            | Self::Moved(user)
            | Self::Paused(user) => Some(user),
            Self::Noted | Self::Duplicate | Self::Unclaimed | Self::SetAside | Self::Ignored => None,
        }
    }
}

/// What a change of a memory failed by, but for what the change itself says.
pub(crate) fn store_error<E>(error: ChangeError<E>) -> Option<StoreError> {
    match error {
        ChangeError::Store(error) => Some(error),
        ChangeError::Stale | ChangeError::NoCategory => Some(StoreError::Conflict),
        ChangeError::Missing | ChangeError::Refused(_) => None,
    }
}

impl From<MessageError> for Failure {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Store(error) => Self::Store(error),
            _ => Self::Store(StoreError::Conflict),
        }
    }
}

//! A question to Memo: what is asked, why it is not taken, and what becomes of it.

use std::time::Duration;

use app_ai::ModelError;
use app_domain::{
    Conversation, ConversationId, MemoSettings, Memory, MemoryId, StoreError, Timestamp, Turn, TurnId,
    TurnText,
};
use app_store::ConversationError;

use crate::brief::Asker;
use crate::minds::{Mind, NoMind};
use crate::speech::Earlier;

/// What is asked.
#[derive(Debug, Clone)]
pub enum Asked {
    /// A question, at the end of the conversation; or in the place of an earlier one, whose branch stays as it is.
    Question {
        /// The question.
        text: TurnText,
        /// The question that it replaces.
        instead_of: Option<TurnId>,
    },
    /// Another answer to this question, or to the question of this answer.
    Again(TurnId),
}

/// A question to Memo.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Where it is asked; in a new conversation unless told.
    pub conversation: Option<ConversationId>,
    /// What is asked.
    pub asked: Asked,
    /// The one memory that a new conversation is about.
    pub focus: Option<MemoryId>,
    /// The model to ask; the configured one unless told.
    pub model: Option<String>,
    /// How long the answer may take in all.
    pub within: Duration,
}

/// Why a question was not taken. Nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The conversation is not there.
    #[error("there is no such conversation")]
    NoConversation,
    /// It has no such turn, or that is no question.
    #[error("there is no such turn")]
    NoTurn,
    /// The memory is not there.
    #[error("there is no such memory")]
    NoMemory,
    /// The memory can be read by its owner alone.
    #[error("the memory is sealed")]
    Sealed,
    /// There is no model of that name.
    #[error("there is no such model")]
    NoModel,
    /// The model is somebody else's, and the person keeps this from those.
    #[error("the person's settings exclude the model")]
    Excluded,
    /// The model cannot be asked.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ConversationError> for AskError {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::Missing => Self::NoConversation,
            ConversationError::Store(error) => Self::Store(error),
            ConversationError::NoTurn
            | ConversationError::NoParent
            | ConversationError::NoAction
            | ConversationError::AlreadyDecided
            | ConversationError::TooLong => Self::NoTurn,
        }
    }
}

impl From<NoMind> for AskError {
    fn from(error: NoMind) -> Self {
        match error {
            NoMind::Unknown => Self::NoModel,
            NoMind::Excluded => Self::Excluded,
            NoMind::Model(error) => Self::Model(error),
        }
    }
}

/// A question that is kept, and whose answer has begun.
pub struct Begun {
    /// Where it was asked.
    pub conversation: Conversation,
    /// The question.
    pub question: Turn,
    /// The answer, which is pending.
    pub answer: Turn,
    pub(crate) mind: Mind,
    pub(crate) settings: MemoSettings,
    pub(crate) focus: Option<Memory>,
    pub(crate) earlier: Earlier,
    pub(crate) asker: Asker,
    pub(crate) until: tokio::time::Instant,
}

/// The end of an answer.
#[derive(Debug)]
pub struct Ended {
    /// The answer, as it is kept.
    pub turn: Turn,
    /// How many memories and what belongs to them were searched.
    pub searched: u64,
    /// When there is a new budget, if the answer ended for want of one.
    pub resets_at: Option<Timestamp>,
}

impl Begun {
    /// The name of the model that answers.
    pub fn model(&self) -> &str {
        self.mind.name()
    }
}

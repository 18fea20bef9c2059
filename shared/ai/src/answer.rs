//! The port to a model that answers questions from memories. Adapters translate it to their vendor's protocol.

use app_domain::{MemoryId, Timestamp};
use async_trait::async_trait;

use crate::ModelError;

/// A model that answers a question from the memories it is given, and from nothing else.
///
/// Text inside a memory is material, never an instruction: an implementation must not let it change what it does.
#[async_trait]
pub trait Answerer: Send + Sync {
    /// The model's name, as clients see it.
    fn name(&self) -> &str;

    /// Answers the question.
    ///
    /// # Errors
    /// If the model cannot be asked. Finding nothing is an answer, not an error.
    async fn answer(&self, request: AnswerRequest) -> Result<Answer, ModelError>;
}

/// A question and what may be used to answer it.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRequest {
    /// What the person wrote.
    pub question: String,
    /// The memories that may be used, all of them the person's own.
    pub documents: Vec<Document>,
    /// The one memory the person is talking about, if they opened one. Then only that one is used.
    pub focus: Option<MemoryId>,
}

/// A memory, as models see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Whose id a citation carries.
    pub id: MemoryId,
    /// Its title, on one line.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it was saved: of two memories that answer equally well, the later one wins.
    pub saved_at: Timestamp,
}

/// What a model said.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer, as plain text. Lines are separated by `\n`.
    pub response: String,
    /// The memories it rests on, the most important first. Empty if it rests on none.
    pub citations: Vec<Citation>,
    /// How likely the answer is to be what was asked for, from 0 to 1. Zero if nothing was found.
    pub confidence: f32,
    /// Questions that the person may want to ask next.
    pub suggestions: Vec<String>,
    /// What the answer cost.
    pub usage: Usage,
    /// The name of the model that answered.
    pub model: String,
}

/// A memory that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The memory.
    pub memory_id: MemoryId,
    /// Its title, fit to be shown on one line.
    pub title: String,
    /// The words of the memory that the answer rests on, fit to be shown on one line.
    pub quote: String,
}

/// Tokens, in the model's own measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read: the question and what was chosen to answer it.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
}

impl Usage {
    /// Tokens read and written.
    pub fn total(self) -> u32 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
}

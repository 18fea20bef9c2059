//! The port to a language model that one can talk with. Adapters translate it to their vendor's protocol.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde_json::Value;

use crate::{ModelError, Usage};

/// What a model sends while it answers. Dropping it ends the call. After an error nothing comes.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ModelError>>;

/// A language model.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// The model's name, as clients see it.
    fn name(&self) -> &str;

    /// How much it reads and writes.
    fn window(&self) -> Window;

    /// How many tokens a text has, estimated from above.
    fn tokens(&self, text: &str) -> u32;

    /// Begins to answer. The stream ends with [`ChatEvent::Finished`] or an error: one that just ends was cut.
    ///
    /// # Errors
    /// If the model does not begin. What can be tried again has been, so long as nothing had come.
    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ModelError>;
}

/// Tokens that a model can take in, and of these the most that it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// All that one call holds: what is read and what is written.
    pub tokens: u32,
    /// The longest answer.
    pub answer_tokens: u32,
}

/// What a model is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatRequest {
    /// How it shall behave. Its author is the service, never a person.
    pub instructions: String,
    /// What was said, the oldest first. The last one is answered.
    pub turns: Vec<ChatTurn>,
    /// What it may ask for.
    pub tools: Vec<Tool>,
    /// The shape of the answer, where it shall be JSON.
    pub format: Option<JsonFormat>,
    /// The longest answer, in tokens. Zero means as long as the model can.
    pub max_answer_tokens: u32,
}

/// Something said.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatTurn {
    /// By the person, or material on their behalf.
    User(String),
    /// By the model.
    Assistant {
        /// Its words.
        text: String,
        /// What it asked for.
        calls: Vec<ToolCall>,
    },
    /// What came of a call.
    Tool {
        /// The call's id.
        call: String,
        /// What came of it.
        content: String,
    },
}

/// Something that a model may ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name: letters, digits, `_` and `-`.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The JSON Schema of its arguments.
    pub parameters: Value,
}

/// What a model asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Tells the call from others.
    pub id: String,
    /// The tool's name, as the model gives it.
    pub name: String,
    /// The arguments, as the model gives them: JSON, if it did as it was told.
    pub arguments: String,
}

/// The shape of an answer in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonFormat {
    /// Its name: letters, digits, `_` and `-`.
    pub name: &'static str,
    /// Its JSON Schema.
    pub schema: Value,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    /// More words.
    Delta(String),
    /// A whole call of a tool, however many pieces it came in. Comes behind the words. Of an answer that was too long or
    /// refused there is none: it may be half of one.
    ToolCall(ToolCall),
    /// What it cost. At most once; a server that does not say has it estimated.
    Usage(Usage),
    /// The end.
    Finished(Finish),
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// All is said.
    Complete,
    /// It was too long.
    Length,
    /// The tools are to be called, and the model asked again with what came of it.
    ToolCalls,
    /// The model or its filter does not want to answer.
    Refused,
}

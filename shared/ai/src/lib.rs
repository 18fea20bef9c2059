//! Ports to language models, adapters to models on servers, and the built-in model that needs no server: it finds the
//! memories that a question is about and quotes them. The built-in one has no network, no clock and no randomness: the same
//! question to the same memories has the same answer.

mod answer;
mod built_in;
mod category;
mod chat;
mod embed;
mod error;
mod fact;
pub mod openai;
mod summary;
mod text;
mod transcribe;

pub use answer::{Answer, AnswerRequest, Answerer, Citation, Document, Usage};
pub use built_in::{BuiltIn, Hit, Retriever};
pub use category::{CategoryGuess, CategoryProfile, CategoryRequest};
pub use chat::{
    ChatEvent, ChatModel, ChatRequest, ChatStream, ChatTurn, Finish, JsonFormat, Tool, ToolCall, Window,
};
pub use embed::{Embedder, Embedding, Purpose, Trust};
pub use error::ModelError;
pub use fact::FoundFact;
pub use summary::{Summary, SummaryRequest, SummaryStyle};
pub use transcribe::{Audio, Transcriber, Transcript};

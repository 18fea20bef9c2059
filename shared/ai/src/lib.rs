//! Ports to language models, and the built-in model that needs none: it finds the memories that a question is about and
//! quotes them. No network, no clock, no randomness: the same question to the same memories has the same answer.

mod built_in;
mod chat;
mod embed;
mod error;
mod text;

pub use built_in::{BuiltIn, Hit, Retriever};
pub use chat::{ChatAnswer, ChatModel, ChatRequest, Citation, Document, Usage};
pub use embed::Embedder;
pub use error::ModelError;

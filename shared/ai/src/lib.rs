//! Ports to language models, adapters to models on servers, and the built-in model that needs no server: it finds the
//! memories that a question is about and quotes them. The built-in one has no network, no clock and no randomness: the same
//! question to the same memories has the same answer.

mod built_in;
mod chat;
mod embed;
mod error;
pub mod openai;
mod text;

pub use built_in::{BuiltIn, Hit, Retriever};
pub use chat::{ChatAnswer, ChatModel, ChatRequest, Citation, Document, Usage};
pub use embed::{Embedder, Embedding, Purpose, Trust};
pub use error::ModelError;

//! Models behind the protocol of OpenAI, which many others speak: Azure, Ollama, vLLM.
//!
//! Nothing that such a server says is trusted, logged or shown: it may repeat what it was sent, key and texts included.

mod address;
mod answer;
mod call;
mod chat;
mod config;
mod embeddings;
mod endpoint;
mod failure;
mod limits;
mod retry;
mod server;
mod tokens;
mod transcriptions;

pub use chat::{AnswerLimit, InstructionsRole, OpenAiChat, OpenAiChatConfig};
pub use config::OpenAiConfig;
pub use embeddings::OpenAiEmbedder;
pub use server::{ConfigError, KeyHeader};
pub use transcriptions::{OpenAiTranscriber, OpenAiTranscriberConfig};

//! The port to a model that writes down what is said in a recording.

use async_trait::async_trait;
use bytes::Bytes;

use crate::{ModelError, Usage};

/// A model that writes down what is said.
#[async_trait]
pub trait Transcriber: Send + Sync {
    /// The model's name, as clients see it.
    fn name(&self) -> &str;

    /// Writes down what is said. Silence has a transcript without words.
    ///
    /// # Errors
    /// If the model cannot be asked. [`ModelError::Rejected`] means that it will never take this recording, and
    /// [`ModelError::TooLong`] that it would take a shorter one.
    async fn transcribe(&self, audio: Audio) -> Result<Transcript, ModelError>;
}

/// A recording.
#[derive(Clone, PartialEq, Eq)]
pub struct Audio {
    /// The file.
    pub bytes: Bytes,
    /// What it is called. Only its ending matters.
    pub file_name: String,
    /// What it is said to be, such as `audio/ogg; codecs=opus`.
    pub content_type: String,
    /// The language that is spoken, if it is known: its code, such as `de` or `pt-BR`.
    pub language: Option<String>,
}

/// What was said.
#[derive(Clone, PartialEq)]
pub struct Transcript {
    /// The words.
    pub text: String,
    /// The language, as the model calls it: its code or its English name.
    pub language: Option<String>,
    /// How long the recording is, if the model says so.
    pub seconds: Option<f64>,
    /// What it cost, if it is counted in tokens.
    pub usage: Option<Usage>,
}

impl std::fmt::Debug for Audio {
    /// Not what somebody said, nor what they called it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Audio({} bytes)", self.bytes.len())
    }
}

impl std::fmt::Debug for Transcript {
    /// Not what somebody said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transcript({} bytes)", self.text.len())
    }
}

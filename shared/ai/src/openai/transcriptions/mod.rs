//! Transcripts from a server.

mod answer;
mod config;
mod recording;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use reqwest::multipart::{Form, Part};
use secrecy::SecretString;

pub use config::OpenAiTranscriberConfig;

use super::endpoint::{Deadline, Endpoint, whole};
use super::failure::Failure;
use super::server::ConfigError;
use crate::{Audio, ModelError, Transcriber, Transcript};

/// The one model that tells language and length, in a format that others do not know.
const VERBOSE: &str = "whisper-1";

/// A [`Transcriber`] behind `POST …/audio/transcriptions`.
pub struct OpenAiTranscriber {
    endpoint: Endpoint,
    config: OpenAiTranscriberConfig,
}

impl OpenAiTranscriber {
    /// A model as the deployer wants it. Asks nobody anything yet.
    ///
    /// # Errors
    /// If it cannot work.
    pub fn new(config: OpenAiTranscriberConfig) -> Result<Self, ConfigError> {
        Ok(Self { endpoint: Endpoint::new(&config.server, "audio/transcriptions", config.retries)?, config })
    }

    /// The same model, asked with the key of somebody else.
    ///
    /// # Errors
    /// If there can be no such key.
    pub fn with_key(&self, key: SecretString) -> Result<Self, ConfigError> {
        Self::new(self.config.clone().key(key)?)
    }

    fn form(&self, audio: &Audio) -> Result<Form, Failure> {
        let (ending, kind) = recording::kind(audio)?;
        let length = audio.bytes.len() as u64;
        let file = Part::stream_with_length(audio.bytes.clone(), length)
            .file_name(format!("audio.{ending}"))
            .mime_str(kind)
            .map_err(|_| Failure::Unfit("no recording of a kind that it reads"))?;
        let model = self.config.server.model.clone();
        let format = if model == VERBOSE { "verbose_json" } else { "json" };
        let form = Form::new().text("model", model).text("response_format", format);
        let form = match recording::language(audio) {
            Some(language) => form.text("language", language),
            None => form,
        };
        Ok(form.part("file", file))
    }

    async fn ask(&self, audio: &Audio) -> Result<Transcript, Failure> {
        let patience = self.config.patience;
        let request = |timeout: Duration| -> Result<RequestBuilder, Failure> {
            let request = self.endpoint.request()?.timeout(timeout).header(ACCEPT, "application/json");
            Ok(request.multipart(self.form(audio)?))
        };
        let deadline = Deadline::after(patience.whole, patience.attempt);
        let attempt = |timeout| whole(request(timeout), answer::MAX_BYTES);
        let body = self.endpoint.retried(deadline, attempt).await?;
        answer::read(&body)
    }
}

#[async_trait]
impl Transcriber for OpenAiTranscriber {
    fn name(&self) -> &str {
        &self.config.server.model
    }

    async fn transcribe(&self, audio: Audio) -> Result<Transcript, ModelError> {
        self.ask(&audio).await.map_err(|failure| failure.to_error_or_too_long())
    }
}

impl fmt::Debug for OpenAiTranscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiTranscriber({})", self.config.server)
    }
}

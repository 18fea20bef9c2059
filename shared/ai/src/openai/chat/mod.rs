//! Answers from a server, word by word.

mod calls;
mod config;
mod cost;
mod reading;
mod request;
mod wire;

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::try_unfold;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};

pub use config::{AnswerLimit, InstructionsRole, OpenAiChatConfig};

use self::reading::Reading;
use self::request::Body;
use self::wire::{Bounds, Wire};
use super::endpoint::{Deadline, Endpoint, opened};
use super::failure::Failure;
use super::server::ConfigError;
use super::tokens::estimate;
use crate::{ChatEvent, ChatModel, ChatRequest, ChatStream, ModelError, Window};

/// No answer has more bytes, with all that stands around its words, unless it was asked for.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// What stands around a token that comes alone.
const TOKEN_BYTES: usize = 512;
/// What the vendor sends behind the last event.
const DONE: &str = "[DONE]";

/// A [`ChatModel`] behind `POST …/chat/completions`, asked to answer in server-sent events.
pub struct OpenAiChat {
    endpoint: Endpoint,
    config: OpenAiChatConfig,
}

impl OpenAiChat {
    /// A model as the deployer wants it. Asks nobody anything yet.
    ///
    /// # Errors
    /// If it cannot work.
    pub fn new(config: OpenAiChatConfig) -> Result<Self, ConfigError> {
        Ok(Self { endpoint: Endpoint::new(&config.server, "chat/completions", config.retries)?, config })
    }

    /// The same model, asked with the key of somebody else.
    ///
    /// # Errors
    /// If there can be no such key.
    pub fn with_key(&self, key: SecretString) -> Result<Self, ConfigError> {
        Self::new(self.config.clone().key(key)?)
    }

    /// One request, up to the first event of its answer.
    async fn begin(&self, body: Bytes, answer: Reading, bounds: Bounds) -> Result<Talk, Failure> {
        let request = self.endpoint.request()?;
        let request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, "text/event-stream");
        let response = timeout_at(bounds.first_byte, opened(request.body(body))).await;
        let response = response.map_err(|_| Failure::TIMED_OUT)??;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/event-stream")) {
            return Err(Failure::Corrupt("it does not come in events"));
        }
        let mut talk =
            Talk { wire: Wire::new(response, bounds), answer: Some(answer), ready: VecDeque::new() };
        talk.advance().await?;
        Ok(talk)
    }
}

/// An answer on its way.
struct Talk {
    wire: Wire,
    /// Nothing once it has ended.
    answer: Option<Reading>,
    ready: VecDeque<ChatEvent>,
}

impl Talk {
    async fn next(mut self) -> Result<Option<(ChatEvent, Self)>, ModelError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some((event, self)));
            }
            if self.answer.is_none() {
                return Ok(None);
            }
            self.advance().await.map_err(|failure| failure.to_error_or_too_long())?;
        }
    }

    /// Reads one event of the server, which may be none for the caller.
    async fn advance(&mut self) -> Result<(), Failure> {
        let event = self.wire.next().await;
        let Some(answer) = &mut self.answer else { return Ok(()) };
        let has_ended = match &event {
            Ok(Some(event)) => event.trim_ascii() == DONE,
            // Then nothing is missing but the cost. Some never send more.
            Ok(None) | Err(Failure::Passing { .. }) => answer.is_finished(),
            Err(_) => false,
        };
        if has_ended {
            self.ready.extend(self.answer.take().map_or(Ok(Vec::new()), Reading::end)?);
            return Ok(());
        }
        let words = answer.take(&event?.ok_or(Failure::CUT_OFF)?)?;
        self.ready.extend(words.map(ChatEvent::Delta));
        Ok(())
    }
}

#[async_trait]
impl ChatModel for OpenAiChat {
    fn name(&self) -> &str {
        &self.config.server.model
    }

    fn window(&self) -> Window {
        self.config.window
    }

    fn tokens(&self, text: &str) -> u32 {
        u32::try_from(estimate(text)).unwrap_or(u32::MAX)
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ModelError> {
        let body = serde_json::to_vec(&Body::of(&request, &self.config));
        let body = Bytes::from(body.map_err(|_| ModelError::Rejected("it cannot be written".to_owned()))?);
        let prompt_tokens = cost::prompt_tokens(&request);
        drop(request);
        let patience = self.config.patience;
        let deadline = Deadline::after(patience.whole, patience.first_byte);
        let answer_tokens = self.config.window.answer_tokens as usize;
        let attempt = |timeout: Duration| {
            let bounds = Bounds {
                first_byte: Instant::now() + timeout,
                idle: patience.idle,
                end: deadline.ends(),
                max_bytes: MAX_ANSWER_BYTES.max(answer_tokens.saturating_mul(TOKEN_BYTES)),
            };
            self.begin(body.clone(), Reading::new(prompt_tokens), bounds)
        };
        let talk = self.endpoint.retried(deadline, attempt).await;
        let talk = talk.map_err(|failure| failure.to_error_or_too_long())?;
        Ok(try_unfold(talk, Talk::next).boxed())
    }
}

impl fmt::Debug for OpenAiChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiChat({})", self.config.server)
    }
}

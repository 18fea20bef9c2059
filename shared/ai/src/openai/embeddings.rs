//! Vectors from a server.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use serde::Serialize;

use super::answer;
use super::call::{Call, Input};
use super::config::OpenAiConfig;
use super::endpoint::{Deadline, Endpoint};
use super::failure::Failure;
use super::server::ConfigError;
use super::tokens::{beginning, estimate};
use crate::{Embedder, Embedding, Purpose};

/// A text that no server can have anything against.
const HARMLESS: &str = "ok";

/// An [`Embedder`] behind `POST …/embeddings`.
///
/// Texts travel in as few requests as the server's limits allow, one after the other. A request that a server refuses for what
/// is in it is halved until the text that it is about stands alone: that is cut, and if even a short piece of it is refused,
/// given up. A text that is longer than the model reads is cut behind a whole character, and placed by its beginning.
pub struct OpenAiEmbedder {
    endpoint: Endpoint,
    config: OpenAiConfig,
    name: String,
    /// Whether vectors are asked for as base64, which is a third of the size. Until a server does not know it.
    asks_base64: AtomicBool,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
    encoding_format: &'static str,
}

/// What a server makes of a text that it must take.
pub(super) enum Probe {
    Works,
    /// It does, now that base64 is not asked for any more.
    WorksWithoutBase64,
}

impl OpenAiEmbedder {
    /// An embedder as the deployer wants it. Asks nobody anything yet.
    ///
    /// # Errors
    /// If it cannot work.
    pub fn new(config: OpenAiConfig) -> Result<Self, ConfigError> {
        let endpoint = Endpoint::new(&config.server, "embeddings", config.retries)?;
        Ok(Self { endpoint, name: config.space(), config, asks_base64: AtomicBool::new(true) })
    }

    /// What is sent for a text, or nothing if there is nothing in it to find.
    fn input(&self, at: usize, text: &str, purpose: Purpose) -> Option<Input> {
        let is_blank = |c: char| c.is_whitespace() || c.is_control();
        if text.chars().all(is_blank) {
            return None;
        }
        let prefix = match purpose {
            Purpose::Query => &self.config.query_prefix,
            Purpose::Document => &self.config.document_prefix,
        };
        let whole = format!("{prefix}{text}");
        let text = beginning(&whole, self.config.limits.input_tokens);
        Some(Input { at, tokens: estimate(text), text: text.to_owned() })
    }

    /// The inputs in as few requests as may be.
    fn batches(&self, inputs: impl Iterator<Item = Input>) -> VecDeque<Vec<Input>> {
        let limits = self.config.limits;
        let mut batches = VecDeque::new();
        let (mut batch, mut tokens) = (Vec::new(), 0);
        for input in inputs {
            let is_full = batch.len() == limits.inputs || tokens + input.tokens > limits.request_tokens;
            if is_full && !batch.is_empty() {
                batches.push_back(std::mem::take(&mut batch));
                tokens = 0;
            }
            tokens += input.tokens;
            batch.push(input);
        }
        if !batch.is_empty() {
            batches.push_back(batch);
        }
        batches
    }

    /// One request.
    pub(super) async fn ask(&self, texts: Vec<&str>, deadline: Deadline) -> Result<Vec<Embedding>, Failure> {
        let (count, dimensions) = (texts.len(), self.config.dimensions);
        let request = Request {
            model: &self.config.server.model,
            input: texts,
            dimensions: self.config.sends_dimensions.then_some(dimensions),
            encoding_format: if self.asks_base64.load(Ordering::Relaxed) { "base64" } else { "float" },
        };
        let body =
            serde_json::to_vec(&request).map_err(|_| Failure::Corrupt("a request cannot be written"))?;
        let body = self.endpoint.post(body.into(), answer::max_bytes(count, dimensions), deadline).await?;
        answer::read(&body, count, dimensions)
    }

    /// Finds out whether requests succeed at all, or only without base64. Otherwise a wrong setting would look like a fault
    /// of every text.
    pub(super) async fn probe(&self, deadline: Deadline) -> Result<Probe, Failure> {
        let refused = match self.ask(vec![HARMLESS], deadline).await {
            Ok(_) => return Ok(Probe::Works),
            Err(Failure::Input(reason)) => reason,
            Err(failure) => return Err(failure),
        };
        if !self.asks_base64.swap(false, Ordering::Relaxed) {
            return Err(Failure::Setup(refused));
        }
        let plain = self.ask(vec![HARMLESS], deadline).await;
        if plain.is_err() {
            self.asks_base64.store(true, Ordering::Relaxed);
        }
        match plain {
            Ok(_) => Ok(Probe::WorksWithoutBase64),
            Err(Failure::Input(_)) => Err(Failure::Setup(refused)),
            Err(failure) => Err(failure),
        }
    }
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.config.dimensions
    }

    async fn embed(&self, texts: &[String], purpose: Purpose) -> Vec<Embedding> {
        let patience = self.config.patience;
        let span = match purpose {
            Purpose::Query => patience.query,
            Purpose::Document => patience.documents,
        };
        let inputs = texts.iter().enumerate().filter_map(|(at, text)| self.input(at, text, purpose));
        let call = Call {
            model: self,
            max_input_tokens: self.config.limits.input_tokens,
            deadline: Deadline::after(span, patience.attempt),
            batches: self.batches(inputs),
            vectors: vec![Ok(vec![0.0; self.config.dimensions]); texts.len()],
            works: false,
        };
        call.run().await
    }
}

impl fmt::Debug for OpenAiEmbedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiEmbedder({})", self.config)
    }
}

//! Embedders that ask the played vendor.

use std::time::Duration;

use app_ai::openai::{OpenAiConfig, OpenAiEmbedder};
use app_ai::{Embedder, Embedding, ModelError, Purpose};

use crate::openai::FakeOpenAi;

pub(crate) const SMALL: &str = "text-embedding-3-small";

/// Settings for a model, with waits that a test can wait for.
pub(crate) fn config(fake: &FakeOpenAi, model: &str, dimensions: usize) -> OpenAiConfig {
    let key = Some(FakeOpenAi::KEY.to_owned().into());
    OpenAiConfig::new(&fake.base_url(), key, model, dimensions)
        .unwrap()
        .patience(Duration::from_secs(10), Duration::from_secs(10), Duration::from_millis(500))
        .retries(4, Duration::from_millis(2))
}

/// The model that most tests ask.
pub(crate) fn small(fake: &FakeOpenAi) -> OpenAiEmbedder {
    OpenAiEmbedder::new(config(fake, SMALL, 64)).unwrap()
}

pub(crate) async fn embed(model: &impl Embedder, texts: &[&str]) -> Vec<Embedding> {
    let texts: Vec<_> = texts.iter().map(|&text| text.to_owned()).collect();
    model.embed(&texts, Purpose::Document).await
}

/// The vectors of texts, each asked for alone.
pub(crate) async fn each_alone(model: &impl Embedder, texts: &[&str]) -> Vec<Embedding> {
    let mut vectors = Vec::new();
    for text in texts {
        vectors.push(model.embed_one(text, Purpose::Document).await);
    }
    vectors
}

pub(crate) fn is_rejected(embedding: &Embedding) -> bool {
    matches!(embedding, Err(ModelError::Rejected(_)))
}

pub(crate) fn is_unavailable(embedding: &Embedding) -> bool {
    matches!(embedding, Err(ModelError::Unavailable(_)))
}

pub(crate) fn is_corrupt(embedding: &Embedding) -> bool {
    matches!(embedding, Err(ModelError::Corrupt(_)))
}

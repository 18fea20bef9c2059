//! Making vectors of what has changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use app_ai::{ModelError, Purpose};
use app_domain::{Findable, Sealing, UserId};
use app_search::EntityId;
use app_search::text::Document;
use app_search::vectors::{VectorEntry, VectorIndex, VectorIndexError};
use app_store::Unembedded;

use crate::Embedders;
use crate::documents::{embedded_text, entity_id};

/// Makes vectors, and notes what has to wait for one.
pub(crate) struct Embedding {
    pub(crate) embedders: Arc<Embedders>,
    pub(crate) vectors: Arc<dyn VectorIndex>,
    pub(crate) unembedded: Unembedded,
    pub(crate) sealing: Arc<dyn Sealing>,
}

/// What became of vectors that were to be made.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    /// How many were made.
    pub(crate) made: u64,
    /// Which wait, because the model did not answer.
    pub(crate) waiting: Vec<Findable>,
}

impl Embedding {
    /// Makes the vectors of documents whose text has none yet, and removes those of what is gone. What is `kept` from the model is found by its
    /// words alone.
    pub(crate) async fn bring(
        &self,
        owner: UserId,
        documents: &[(Findable, Document)],
        kept: &BTreeSet<Findable>,
        gone: &[Findable],
    ) -> Result<Embedded, VectorIndexError> {
        let ids: Vec<EntityId> = documents.iter().map(|(_, document)| document.id).collect();
        let known = self.vectors.fingerprints(owner, &ids).await?;
        let mut wanted = Vec::new();
        for (of, document) in documents {
            let text = if kept.contains(of) { String::new() } else { embedded_text(document) };
            let fingerprint = self.sealing.fingerprint(owner, &text).await?;
            if known.get(&document.id) != Some(&fingerprint) {
                wanted.push((*of, text, fingerprint));
            }
        }
        let embedded = self.make(owner, wanted).await?;
        let gone: Vec<EntityId> = gone.iter().map(|of| entity_id(*of)).collect();
        self.vectors.remove(owner, &gone).await?;
        Ok(embedded)
    }

    async fn make(
        &self,
        owner: UserId,
        wanted: Vec<(Findable, String, String)>,
    ) -> Result<Embedded, VectorIndexError> {
        if wanted.is_empty() {
            return Ok(Embedded::default());
        }
        let texts = wanted.iter().map(|(_, text, _)| text).filter(|text| !text.is_empty()).cloned();
        let vectors = self.vectors_of(texts.collect()).await;
        let mut vectors = vectors.into_iter();
        let (mut entries, mut waiting) = (Vec::with_capacity(wanted.len()), Vec::new());
        let mut why = None;
        for (of, text, fingerprint) in wanted {
            // In an empty text there is nothing to find.
            let vector = if text.is_empty() { None } else { vectors.next() };
            let vector = match vector {
                Some(Ok(vector)) => vector,
                // It would be refused again: it has no meaning that could be found.
                None | Some(Err(ModelError::Rejected(_))) => vec![0.0; self.embedders.dimensions()],
                Some(Err(error)) => {
                    waiting.push(of);
                    why = Some(error);
                    continue;
                }
            };
            entries.push(VectorEntry { id: entity_id(of), vector, fingerprint });
        }
        let made = entries.len() as u64;
        self.vectors.put(owner, entries).await?;
        if let Some(error) = why {
            let (user, count) = (owner.hashed(), waiting.len());
            tracing::warn!(userId = user, waiting = count, error = %error, "the model did not answer");
            self.unembedded.add(owner, &waiting).await?;
        }
        Ok(Embedded { made, waiting })
    }

    async fn vectors_of(&self, texts: Vec<String>) -> Vec<app_ai::Embedding> {
        if texts.is_empty() {
            return Vec::new();
        }
        match self.embedders.get().await {
            Ok(embedder) => embedder.embed(&texts, Purpose::Document).await,
            Err(error) => texts.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

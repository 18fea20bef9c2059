//! Making vectors for what had to wait because the model did not answer.

use std::collections::BTreeSet;

use app_domain::{Findable, Timestamp, UserId};
use app_store::Manifest;

use crate::claims::amend;
use crate::indexer::PORTION;
use crate::{IndexError, Indexer, Progress};

impl Indexer {
    /// Makes vectors for some of what waits for them. `waiting` is how much has to wait on, of up to some hundred; if nothing does, the next
    /// that has to wait begins anew.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn embed_waiting(&self, owner: UserId, now: Timestamp) -> Result<Progress, IndexError> {
        let unembedded = &self.embedding.unembedded;
        let waiting = unembedded.some(owner, PORTION).await?;
        let portion = self.portion(owner, &waiting.iter().copied().collect()).await?;
        let embedded = self.embedding.bring(owner, &portion.documents, &portion.gone).await?;
        let left: BTreeSet<Findable> = embedded.waiting.into_iter().collect();
        let done: Vec<Findable> = waiting.into_iter().filter(|of| !left.contains(of)).collect();
        unembedded.remove(owner, &done).await?;
        let waiting = unembedded.count(owner, PORTION).await?;
        let embedding_since = (waiting > 0).then_some(now);
        amend(&self.manifests, owner, |manifest| async move { Ok(Manifest { embedding_since, ..manifest }) })
            .await?;
        Ok(Progress { embedded: embedded.made, waiting, ..Progress::default() })
    }
}

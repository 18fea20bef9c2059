//! Making vectors for what had to wait because the model did not answer.

use std::collections::BTreeSet;

use app_domain::{Findable, Timestamp, UserId};

use crate::indexer::PORTION;
use crate::{IndexError, Indexer, Progress, Repair};

impl Indexer {
    /// Makes vectors for some of what waits for them. `waiting` is how much has to wait on, of up to some hundred; if nothing does, the next
    /// that has to wait begins anew.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn embed_waiting(&self, owner: UserId, now: Timestamp) -> Result<Progress, IndexError> {
        let unembedded = &self.embedding.unembedded;
        let waiting = unembedded.some(owner, PORTION).await?;
        let wanted = waiting.iter().copied().collect();
        let portion = self.portion(owner, &wanted).await?;
        let embedded = self.embed(owner, &wanted, &portion).await?;
        let left: BTreeSet<Findable> = embedded.waiting.into_iter().collect();
        let done: Vec<Findable> = waiting.into_iter().filter(|of| !left.contains(of)).collect();
        unembedded.remove(owner, &done).await?;
        let mut waiting = unembedded.count(owner, PORTION).await?;
        if waiting == 0 {
            self.release(owner, Repair::Embed).await?;
            // Somebody who had to wait meanwhile has seen that somebody is at it.
            waiting = unembedded.count(owner, PORTION).await?;
        }
        if waiting > 0 {
            self.renew(owner, Repair::Embed, now).await?;
        }
        Ok(Progress { embedded: embedded.made, waiting, ..Progress::default() })
    }
}

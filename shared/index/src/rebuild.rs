//! Making a person's index again: of everything that is in the table, portion by portion, while searches go on.

use std::collections::BTreeSet;

use app_domain::{Findable, StoreError, Timestamp, UserId};
use app_store::Manifest;

use crate::claims::amend;
use crate::indexer::PORTION;
use crate::{IndexError, Indexer, Place, Progress, segments};

/// How many entities are indexed at a time.
const AT_ONCE: usize = 1_000;

impl Indexer {
    /// Makes a portion of a person's index again, from `place` on. With the place of the next portion, if there is one.
    ///
    /// # Errors
    /// If the store fails. The portion can be made again.
    pub async fn rebuild(
        &self,
        owner: UserId,
        place: Place,
        now: Timestamp,
    ) -> Result<(Progress, Option<Place>), IndexError> {
        match place {
            Place::Beginning => {
                self.begin(owner, now).await?;
                self.rebuild_memories(owner, None, now).await
            }
            Place::Memories { after } => self.rebuild_memories(owner, Some(after), now).await,
            Place::Files { after } => {
                let files = self.entities.files.page(owner, after, PORTION).await?;
                let next = files.last().map(|last| Place::Files { after: Some(last.id) });
                let files = files.into_iter().map(|file| Findable::File(file.id));
                let progress = self.index_all(owner, files, now).await?;
                if next.is_none() && !self.end(owner).await? {
                    return Ok((progress, Some(Place::Beginning)));
                }
                Ok((progress, next))
            }
        }
    }

    async fn rebuild_memories(
        &self,
        owner: UserId,
        after: Option<app_domain::MemoryId>,
        now: Timestamp,
    ) -> Result<(Progress, Option<Place>), IndexError> {
        let (memories, more) = self.entities.memories.portion(owner, after).await?;
        let mut all: Vec<Findable> = Vec::with_capacity(memories.len());
        for memory in &memories {
            all.push(Findable::Memory(memory.id));
            if memory.messages.count > 0 {
                let messages = self.entities.messages.all_ids(owner, memory.id).await?;
                all.extend(messages.into_iter().map(|message| Findable::Message(memory.id, message)));
            }
        }
        let progress = self.index_all(owner, all, now).await?;
        let next = more.map_or(Place::Files { after: None }, |after| Place::Memories { after });
        Ok((progress, Some(next)))
    }

    async fn index_all(
        &self,
        owner: UserId,
        all: impl IntoIterator<Item = Findable>,
        now: Timestamp,
    ) -> Result<Progress, IndexError> {
        let all: Vec<Findable> = all.into_iter().collect();
        let mut progress = Progress::default();
        for some in all.chunks(AT_ONCE) {
            let some: BTreeSet<Findable> = some.iter().copied().collect();
            progress = progress.and(self.index(owner, some, now).await?);
        }
        Ok(progress)
    }

    /// Takes out of the index what cannot be read, and notes that the index is being made again.
    async fn begin(&self, owner: UserId, now: Timestamp) -> Result<(), StoreError> {
        amend(&self.manifests, owner, |mut manifest| async {
            let mut lost = Vec::new();
            for entry in &manifest.segments {
                if segments::read(&self.bucket, owner, entry.id).await?.is_none() {
                    lost.push(entry.id);
                }
            }
            manifest.segments.retain(|entry| !lost.contains(&entry.id));
            manifest.rebuilt_since = Some(now);
            manifest.is_damaged = false;
            Ok(manifest)
        })
        .await
        .map(drop)
    }

    /// Notes that the index has been made again, with the model of now. `Ok(false)` if something was lost meanwhile.
    async fn end(&self, owner: UserId) -> Result<bool, StoreError> {
        let model = self.embedding.embedders.name();
        let after = amend(&self.manifests, owner, |manifest| async move {
            let rebuilt_since = manifest.rebuilt_since.filter(|_| manifest.is_damaged);
            Ok(Manifest { model: Some(model.to_owned()), rebuilt_since, ..manifest })
        });
        Ok(!after.await?.is_damaged)
    }
}

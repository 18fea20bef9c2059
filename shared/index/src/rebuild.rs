//! Making a person's index again: of everything that is in the table, portion by portion, while searches go on.

use std::time::Duration;

use app_domain::{Findable, StoreError, Timestamp, UserId};
use app_store::Manifest;
use uuid::Uuid;

use crate::claims::amend;
use crate::indexer::PORTION;
use crate::{IndexError, Indexer, Place, Progress, Repair, segments};

/// By when a segment that was written is named, if it ever is.
const NAMED_WITHIN: Duration = Duration::from_secs(60 * 60);

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
        if place != Place::Beginning {
            self.renew(owner, Repair::Rebuild, now).await?;
        }
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
                if next.is_none() && !self.end(owner, now).await? {
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
    async fn end(&self, owner: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let model = self.embedding.embedders.name();
        let after = amend(&self.manifests, owner, |manifest| async move {
            let rebuilt_since = manifest.rebuilt_since.filter(|_| manifest.is_damaged);
            let is_complete = !manifest.is_damaged;
            Ok(Manifest { model: Some(model.to_owned()), rebuilt_since, is_complete, ..manifest })
        });
        let after = after.await?;
        self.tidy(owner, &after, now).await?;
        Ok(!after.is_damaged)
    }

    /// Removes segments that no manifest names: somebody was ended between writing one and naming it.
    async fn tidy(&self, owner: UserId, manifest: &Manifest, now: Timestamp) -> Result<(), StoreError> {
        let is_named = |id: &Uuid| manifest.segments.iter().any(|entry| entry.id == *id);
        // One that has just been written may be named in a moment.
        let is_old = |id: &Uuid| {
            let made = id.get_timestamp().and_then(|made| i64::try_from(made.to_unix().0 * 1_000).ok());
            made.and_then(Timestamp::from_millis).is_some_and(|made| now.since(made) > NAMED_WITHIN)
        };
        let unnamed = self.bucket.segments(owner).await?;
        for id in unnamed.into_iter().filter(|id| !is_named(id) && is_old(id)) {
            self.bucket.remove_segment(owner, id).await?;
        }
        Ok(())
    }
}

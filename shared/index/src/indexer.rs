//! Keeping a person's index up to date.

use std::collections::BTreeSet;
use std::sync::Arc;

use app_domain::{Findable, Sealing, StoreError, Timestamp, UserId};
use app_search::EntityId;
use app_search::text::{Document, Segment};
use app_search::vectors::{VectorIndex, VectorIndexError};
use app_store::{Changes, FileBucket, Manifest, Manifests, SearchBucket, SegmentEntry, Table, Unembedded};
use bytes::Bytes;
use uuid::Uuid;

use crate::claims::{Repair, claim};
use crate::documents::{document, entity_id};
use crate::embedding::Embedding;
use crate::extraction::Extraction;
use crate::{Embedders, Entities, Entity, levels, segments};

/// How many changes are taken at a time.
pub(crate) const PORTION: u32 = 500;
/// How often a portion is indexed anew because somebody else's came first.
const TRIES: usize = 8;

/// Keeps indexes up to date.
pub struct Indexer {
    pub(crate) changes: Changes,
    pub(crate) manifests: Manifests,
    pub(crate) entities: Entities,
    pub(crate) bucket: SearchBucket,
    pub(crate) embedding: Embedding,
    extraction: Extraction,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many changes, or entities, were brought into the index.
    pub indexed: u64,
    /// How many vectors were made.
    pub embedded: u64,
    /// How many bytes were written.
    pub written_bytes: u64,
    /// How many vectors have to wait for the model.
    pub waiting: u64,
    /// What has to follow, and is for the caller to begin: nobody else will.
    pub repair: Option<Repair>,
}

impl Progress {
    /// What was done in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            indexed: self.indexed + other.indexed,
            embedded: self.embedded + other.embedded,
            written_bytes: self.written_bytes + other.written_bytes,
            waiting: self.waiting + other.waiting,
            // An index that is made again has its vectors made, too.
            repair: [self.repair, other.repair]
                .into_iter()
                .flatten()
                .min_by_key(|repair| *repair != Repair::Rebuild),
        }
    }
}

/// Why an index was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vectors could not be kept.
    #[error(transparent)]
    Vectors(#[from] VectorIndexError),
}

/// What is to be indexed.
pub(crate) struct Portion {
    pub(crate) documents: Vec<(Findable, Document)>,
    pub(crate) gone: Vec<Findable>,
}

impl Indexer {
    /// Indexes what is in `table`, sealed by `sealing`, and in `files`; segments go to `bucket`, and vectors, made by the model of
    /// `embedders`, to `vectors`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        files: FileBucket,
        bucket: SearchBucket,
        embedders: Arc<Embedders>,
        vectors: Arc<dyn VectorIndex>,
    ) -> Self {
        let unembedded = Unembedded::new(table.clone());
        let embedding = Embedding { embedders, vectors, unembedded, sealing: Arc::new(sealing.clone()) };
        Self {
            changes: Changes::new(table.clone()),
            manifests: Manifests::new(table.clone()),
            entities: Entities::new(table, sealing, bucket.clone()),
            extraction: Extraction { files, texts: bucket.clone() },
            bucket,
            embedding,
        }
    }

    /// Brings a person's index up to date with everything that is noted as changed. Safe to repeat, and to do twice at once.
    ///
    /// # Errors
    /// If the store fails. What is done stays done.
    pub async fn catch_up(&self, owner: UserId, now: Timestamp) -> Result<Progress, IndexError> {
        let mut progress = Progress::default();
        loop {
            let (changes, more) = self.changes.oldest(owner, PORTION).await?;
            if changes.is_empty() {
                return Ok(progress);
            }
            let changed: BTreeSet<Findable> = changes.iter().map(|change| change.of).collect();
            progress = progress.and(self.index(owner, changed, now).await?);
            // Whatever changed after it was read is noted again, under a name of its own.
            self.changes.forget(owner, &changes).await?;
            if !more {
                return Ok(progress);
            }
        }
    }

    /// Brings these into the index as they are now, or out of it.
    pub(crate) async fn index(
        &self,
        owner: UserId,
        changed: BTreeSet<Findable>,
        now: Timestamp,
    ) -> Result<Progress, IndexError> {
        let changed = self.with_what_is_below(owner, changed).await?;
        let mut attempt = 0;
        let (portion, (mut progress, is_damaged)) = loop {
            // First the manifest: whoever replaces it later has read what these are later, too.
            let manifest = self.manifests.get(owner).await?;
            let portion = self.portion(owner, &changed).await?;
            match self.write(owner, manifest, &portion).await? {
                Some(written) => break (portion, written),
                None if attempt < TRIES => attempt += 1,
                None => return Err(StoreError::Throttled("the index kept changing".into()).into()),
            }
        };
        let embedded = self.embedding.bring(owner, &portion.documents, &portion.gone).await?;
        for of in &portion.gone {
            if let Findable::File(id) = of {
                self.bucket.remove_text(owner, *id).await?;
            }
        }
        progress.indexed = (portion.documents.len() + portion.gone.len()) as u64;
        progress.embedded = embedded.made;
        progress.waiting = embedded.waiting.len() as u64;
        let waits = progress.waiting > 0;
        for (repair, is_necessary) in [(Repair::Rebuild, is_damaged), (Repair::Embed, waits)] {
            if is_necessary && claim(&self.manifests, owner, repair, now).await? {
                progress.repair = progress.repair.or(Some(repair));
            }
        }
        Ok(progress)
    }

    /// A memory that goes takes its messages and files along, and one that comes brings them: it was restored, or unsealed, or the
    /// index is new.
    async fn with_what_is_below(
        &self,
        owner: UserId,
        changed: BTreeSet<Findable>,
    ) -> Result<BTreeSet<Findable>, IndexError> {
        let memories = || changed.iter().filter(|of| matches!(of, Findable::Memory(_)));
        let ids: Vec<EntityId> = memories().map(|of| entity_id(*of)).collect();
        if ids.is_empty() {
            return Ok(changed);
        }
        let read = self.entities.read(owner, memories().copied());
        let known = async { Ok(self.embedding.vectors.fingerprints(owner, &ids).await?) };
        let read = async { Ok::<_, IndexError>(read.await?) };
        let (read, known) = tokio::try_join!(read, known)?;
        let mut all = changed;
        for of in read.gone {
            if let Findable::Memory(id) = of {
                all.extend(self.entities.below(owner, id).await?);
            }
        }
        let comes = |entity: &&Entity| !known.contains_key(&entity_id(entity.of()));
        for entity in read.entities.iter().filter(comes) {
            if let Findable::Memory(id) = entity.of() {
                all.extend(self.entities.below(owner, id).await?);
            }
        }
        Ok(all)
    }

    pub(crate) async fn portion(
        &self,
        owner: UserId,
        changed: &BTreeSet<Findable>,
    ) -> Result<Portion, StoreError> {
        let read = self.entities.read(owner, changed.iter().copied()).await?;
        let mut documents = Vec::with_capacity(read.entities.len());
        for entity in read.entities {
            let entity = match entity {
                Entity::File(file, None) => {
                    let text = self.extraction.text(&file).await?;
                    Entity::File(file, text)
                }
                entity => entity,
            };
            documents.push((entity.of(), document(&entity)));
        }
        Ok(Portion { documents, gone: read.gone })
    }

    /// Writes a segment of a portion and of those that it is merged with, and puts it into the manifest. `None` if somebody else
    /// has changed that meanwhile. With whether the index is damaged.
    async fn write(
        &self,
        owner: UserId,
        mut manifest: Manifest,
        portion: &Portion,
    ) -> Result<Option<(Progress, bool)>, StoreError> {
        let gone = portion.gone.iter().map(|of| entity_id(*of));
        let new = Segment::build(portion.documents.iter().map(|(_, document)| document), gone);
        let mut bytes = Bytes::from(new);
        let mut documents = portion.documents.len();
        let merged = levels::merged(&manifest.segments, documents as u64);
        let stay = manifest.segments.len() - merged;
        let replaced = manifest.segments.split_off(stay);
        if !replaced.is_empty() {
            let mut parts = Vec::with_capacity(replaced.len() + 1);
            for entry in &replaced {
                match segments::read(&self.bucket, owner, entry.id).await? {
                    Some(segment) => parts.push(segment),
                    None => manifest.is_damaged = true,
                }
            }
            parts.push(Arc::new(opened(bytes)?));
            let parts: Vec<&Segment> = parts.iter().map(AsRef::as_ref).collect();
            bytes = Segment::merge(&parts, stay == 0, |_| true).into();
            documents = opened(bytes.clone())?.document_count();
        }
        let entry =
            SegmentEntry { id: Uuid::now_v7(), documents: documents as u64, bytes: bytes.len() as u64 };
        self.bucket.put_segment(owner, entry.id, &bytes).await?;
        manifest.segments.push(entry);
        let model = self.embedding.embedders.name();
        let manifest = Manifest { model: manifest.model.or_else(|| Some(model.to_owned())), ..manifest };
        let is_damaged = manifest.is_damaged;
        let is_in = self.manifests.replace(owner, manifest).await?.is_some();
        // Who still reads what was replaced reads the manifest again. What stays by a failure costs its storage and nothing else.
        let unused = if is_in { replaced } else { vec![entry] };
        for entry in unused {
            if let Err(error) = self.bucket.remove_segment(owner, entry.id).await {
                tracing::warn!(segmentId = %entry.id, error = %error, "a segment that is not needed any more stays");
            }
        }
        let progress = Progress { written_bytes: bytes.len() as u64, ..Progress::default() };
        Ok(is_in.then_some((progress, is_damaged)))
    }
}

fn opened(bytes: Bytes) -> Result<Segment, StoreError> {
    Segment::open(bytes).map_err(|error| StoreError::Corrupt(Box::new(error)))
}

//! Keeping a person's index up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app_domain::{Findable, Sealing, StoreError, Timestamp, UserId, Version};
use app_search::text::{Document, Segment};
use app_search::vectors::{VectorIndex, VectorIndexError};
use app_store::{
    Changes, FileBucket, Manifest, Manifests, MemoPreferences, SearchBucket, SegmentEntry, Table, Unembedded,
};
use bytes::Bytes;
use uuid::Uuid;

use crate::claims::{Repair, claim, renew};
use crate::documents::{document, entity_id};
use crate::embedding::{Embedded, Embedding};
use crate::entities::Read;
use crate::extraction::Extraction;
use crate::{Embedders, Entities, Entity, levels, segments};

/// How many changes are taken at a time.
pub(crate) const PORTION: u32 = 500;
/// How many entities are indexed at a time, a file counting as so many.
const AT_ONCE: usize = 500;
const FILE_WEIGHT: usize = 20;
/// How often a portion is indexed anew because somebody else's came first.
const TRIES: usize = 8;

/// Keeps indexes up to date.
pub struct Indexer {
    pub(crate) changes: Changes,
    pub(crate) manifests: Manifests,
    pub(crate) entities: Entities,
    pub(crate) bucket: SearchBucket,
    pub(crate) embedding: Embedding,
    settings: MemoPreferences,
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
    /// Whether there was more than was to be done.
    pub is_behind: bool,
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
            is_behind: self.is_behind || other.is_behind,
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
    /// What the model that makes vectors must not see.
    kept: BTreeSet<Findable>,
    versions: BTreeMap<Findable, Version>,
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
        let settings = MemoPreferences::new(table.clone(), sealing.clone());
        let embedding = Embedding { embedders, vectors, unembedded, sealing: Arc::new(sealing.clone()) };
        Self {
            changes: Changes::new(table.clone()),
            manifests: Manifests::new(table.clone()),
            entities: Entities::new(table, sealing, bucket.clone()),
            extraction: Extraction { files, texts: bucket.clone() },
            bucket,
            embedding,
            settings,
        }
    }

    /// Brings a person's index up to date with what is noted as changed: with everything, or with so many portions of it. Safe to repeat,
    /// and to do twice at once.
    ///
    /// # Errors
    /// If the store fails. What is done stays done.
    pub async fn catch_up(
        &self,
        owner: UserId,
        portions: usize,
        now: Timestamp,
    ) -> Result<Progress, IndexError> {
        let mut progress = Progress::default();
        for _ in 0..portions {
            let (changes, more) = self.changes.oldest(owner, PORTION).await?;
            let mut changed: BTreeSet<Findable> = changes.iter().map(|change| change.of).collect();
            for change in changes.iter().filter(|change| change.with_below) {
                if let Findable::Memory(memory) = change.of {
                    changed.extend(self.entities.below(owner, memory).await?);
                }
            }
            progress = progress.and(self.index_all(owner, changed, now).await?);
            // Whatever changed after it was read is noted again, under a name of its own.
            self.changes.forget(owner, &changes).await?;
            if !more {
                return Ok(progress);
            }
        }
        if progress.repair.is_none() && claim(&self.manifests, owner, Repair::CatchUp, now).await? {
            progress.repair = Some(Repair::CatchUp);
        }
        Ok(Progress { is_behind: true, ..progress })
    }

    /// Says that nobody is at a repair any more: it could not be begun, or is done.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release(&self, owner: UserId, repair: Repair) -> Result<(), StoreError> {
        renew(&self.manifests, owner, repair, None).await.map(drop)
    }

    /// Says that somebody is still at a repair.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn renew(&self, owner: UserId, repair: Repair, now: Timestamp) -> Result<(), StoreError> {
        renew(&self.manifests, owner, repair, Some(now)).await.map(drop)
    }

    /// Brings these into the index as they are now, or out of it, a portion at a time.
    pub(crate) async fn index_all(
        &self,
        owner: UserId,
        all: impl IntoIterator<Item = Findable>,
        now: Timestamp,
    ) -> Result<Progress, IndexError> {
        let mut progress = Progress::default();
        let (mut some, mut weight) = (BTreeSet::new(), 0);
        for of in all {
            some.insert(of);
            // A file may have a megabyte of text, and has to be read before.
            weight += if matches!(of, Findable::File(_)) { FILE_WEIGHT } else { 1 };
            if weight >= AT_ONCE {
                progress = progress.and(self.index(owner, std::mem::take(&mut some), now).await?);
                weight = 0;
            }
        }
        if some.is_empty() { Ok(progress) } else { Ok(progress.and(self.index(owner, some, now).await?)) }
    }

    /// Brings these into the index as they are now, or out of it.
    async fn index(
        &self,
        owner: UserId,
        changed: BTreeSet<Findable>,
        now: Timestamp,
    ) -> Result<Progress, IndexError> {
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
        let embedded = self.embed(owner, &changed, &portion).await?;
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
            // One after the other: what is not begun now is seen by the next change or search.
            if is_necessary && progress.repair.is_none() && claim(&self.manifests, owner, repair, now).await?
            {
                progress.repair = Some(repair);
            }
        }
        Ok(progress)
    }

    /// Makes the vectors of a portion. What has changed meanwhile is noted again: its vector may be of what it was, have come after somebody
    /// else had removed it, or have gone after somebody else had made it.
    pub(crate) async fn embed(
        &self,
        owner: UserId,
        changed: &BTreeSet<Findable>,
        portion: &Portion,
    ) -> Result<Embedded, IndexError> {
        let embedded = self.embedding.bring(owner, &portion.documents, &portion.kept, &portion.gone).await?;
        if embedded.made > 0 || !portion.gone.is_empty() {
            let now = self.entities.read(owner, changed.iter().copied(), 0).await?;
            let versions: BTreeMap<Findable, Version> =
                now.entities.iter().map(|entity| (entity.of(), entity.version())).collect();
            let is_other = |of: &&Findable| versions.get(of) != portion.versions.get(of);
            self.changes.note(owner, changed.iter().filter(is_other).copied()).await?;
        }
        Ok(embedded)
    }

    /// Whether a portion, and what is noted as changed, are all of a person's memories.
    async fn is_all(&self, owner: UserId, portion: &Portion) -> Result<bool, StoreError> {
        let total = self.entities.memories.total(owner).await?;
        let (changes, more) = self.changes.newest(owner, PORTION).await?;
        let indexed = portion.documents.iter().map(|(of, _)| *of);
        let known: BTreeSet<Findable> = indexed.chain(changes.iter().map(|change| change.of)).collect();
        let memories = known.iter().filter(|of| matches!(of, Findable::Memory(_))).count();
        Ok(!more && memories as u64 >= total)
    }

    pub(crate) async fn portion(
        &self,
        owner: UserId,
        changed: &BTreeSet<Findable>,
    ) -> Result<Portion, StoreError> {
        let read = self.entities.read(owner, changed.iter().copied(), usize::MAX).await?;
        let versions = read.entities.iter().map(|entity| (entity.of(), entity.version())).collect();
        let kept = self.kept(owner, &read).await?;
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
        Ok(Portion { documents, kept, versions, gone: read.gone })
    }

    /// What the person keeps from models of others, if the one that makes vectors is such a one.
    async fn kept(&self, owner: UserId, read: &Read) -> Result<BTreeSet<Findable>, StoreError> {
        if !self.embedding.embedders.is_external() {
            return Ok(BTreeSet::new());
        }
        let settings = self.settings.get(owner).await?;
        let is_kept = |entity: &&Entity| match entity {
            Entity::Memory(memory) => !settings.lets_out(memory),
            Entity::Message(_) | Entity::File(..) => match entity.memory() {
                Some(id) => read.memories.get(&id).is_none_or(|memory| !settings.lets_out(memory)),
                None => !settings.external_models,
            },
        };
        Ok(read.entities.iter().filter(is_kept).map(Entity::of).collect())
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
        let mut documents = portion.documents.len() + portion.gone.len();
        let merged = levels::merged(&manifest.segments, documents as u64, bytes.len() as u64);
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
            documents = opened(bytes.clone())?.id_count();
        }
        let entry =
            SegmentEntry { id: Uuid::now_v7(), documents: documents as u64, bytes: bytes.len() as u64 };
        self.bucket.put_segment(owner, entry.id, &bytes).await?;
        manifest.segments.push(entry);
        let model = self.embedding.embedders.name();
        let mut manifest = Manifest { model: manifest.model.or_else(|| Some(model.to_owned())), ..manifest };
        if manifest.version == 0 {
            manifest.is_complete = self.is_all(owner, portion).await?;
        }
        let is_damaged = manifest.is_damaged;
        let is_in = match self.manifests.replace(owner, manifest).await? {
            Some(_) => true,
            // If only the answer to an earlier try was lost, others may have built on it already.
            None => self.manifests.get(owner).await?.segments.contains(&entry),
        };
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

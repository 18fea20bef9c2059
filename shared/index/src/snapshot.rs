//! Everything of a person that can be searched at one moment.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use app_domain::{StoreError, Timestamp, UserId};
use app_search::EntityId;
use app_search::text::{Corpus, Segment};
use app_store::{Change, Changes, Manifest, Manifests};

use crate::documents::document;
use crate::{Entities, SegmentCache};

/// How many changes a search reads that the index does not know yet. An index that is further behind is caught up by the indexer
/// first; until then, what is missing is what changed longest ago.
const CHANGES_READ: u32 = 500;
/// Of how many files among them the text is read, too. Others are found by their names until they are indexed.
const TEXTS_READ: usize = 20;
/// How long a change may take to be indexed before somebody else than the stream should see to it.
const INDEXED_WITHIN: Duration = Duration::from_secs(120);
/// How often a manifest is read again because its segments were replaced meanwhile.
const TRIES: usize = 5;

/// Everything of a person that can be searched at one moment.
pub(crate) struct Snapshot {
    pub(crate) corpus: Corpus,
    pub(crate) manifest: Manifest,
    /// How many changes were not in the index yet.
    pub(crate) changes: u64,
    /// Whether nothing is missing.
    pub(crate) is_whole: bool,
    /// Whether changes wait for longer than they should.
    pub(crate) is_late: bool,
    /// Whether something is lost that only a new index brings back.
    pub(crate) is_damaged: bool,
}

/// Takes snapshots.
pub(crate) struct Snapshots {
    pub(crate) changes: Changes,
    pub(crate) manifests: Manifests,
    pub(crate) entities: Entities,
    pub(crate) cache: SegmentCache,
}

impl Snapshots {
    /// What can be searched now: at least what was written before this was called.
    pub(crate) async fn take(&self, owner: UserId, now: Timestamp) -> Result<Snapshot, StoreError> {
        // First what has changed, then the index: a change that is gone from the one is in the other.
        let (changes, is_behind) = self.changes.newest(owner, CHANGES_READ).await?;
        let changed = self.entities.read(owner, changes.iter().map(|change| change.of), TEXTS_READ);
        let (delta, (manifest, opened)) = tokio::try_join!(changed, async {
            let mut manifest = self.manifests.get(owner).await?;
            for _ in 0..TRIES {
                let opened = self.cache.open(owner, &manifest).await?;
                if opened.lost.is_empty() {
                    return Ok((manifest, opened));
                }
                // Merged away since the manifest was read?
                let now = self.manifests.get(owner).await?;
                if now == manifest {
                    return Ok((manifest, opened));
                }
                manifest = now;
            }
            Err(StoreError::Throttled("the index kept changing".into()))
        })?;
        let mut corpus = opened.corpus;
        if !changes.is_empty() {
            let documents: Vec<_> = delta.entities.iter().map(document).collect();
            let gone = delta.gone.iter().map(|of| crate::documents::entity_id(*of));
            let segment = Segment::open(Segment::build(&documents, gone));
            let segment = segment.map_err(|error| StoreError::Corrupt(Box::new(error)))?;
            corpus = corpus.with(Arc::new(segment), &HashSet::<EntityId>::new());
        }
        let is_damaged = !opened.lost.is_empty() || manifest.is_damaged;
        let is_whole = !is_behind && !is_damaged && manifest.rebuilt_since.is_none();
        // The last one read is the oldest.
        let oldest = changes.last().and_then(Change::noted_at);
        let is_late = is_behind || oldest.is_some_and(|oldest| now.since(oldest) > INDEXED_WITHIN);
        Ok(Snapshot { corpus, manifest, changes: changes.len() as u64, is_whole, is_late, is_damaged })
    }
}

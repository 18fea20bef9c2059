//! Finding by words, by meaning, or by both.

use std::collections::HashSet;
use std::sync::Arc;

use app_ai::{ModelError, Purpose, Trust};
use app_domain::{MemoryFilter, MemoryId, Sealing, StoreError, Timestamp, UserId};
use app_runtime::{Aws, Env, Secrets};
use app_search::text::{Corpus, Filter, Query};
use app_search::vectors::{VectorHit, VectorIndex, VectorIndexError, VectorSet};
use app_search::{EntityId, FusedHit, Fusion};
use app_store::{Changes, Manifests, MemoPreferences, SearchBucket, Table, Unembedded, Vectors};

use crate::claims::{Repair, claim, renew};
use crate::documents::{Facets, document, embedded_text};
use crate::found::{How, Page, Position};
use crate::ranking::ranked;
use crate::snapshot::{Snapshot, Snapshots};
use crate::{EmbedderError, Embedders, Entities, Entity, Found, SegmentCache, TableVectors};

/// How many entities are found by their words.
const BY_WORDS: usize = 1_000;
/// How many are found by their meaning.
const BY_MEANING: usize = 100;
/// A filter that lets so many through, or fewer, has their vectors compared one by one: each costs a read unit. Beyond, the nearest of all
/// are asked for, and those of them kept that the filter lets through.
const COMPARED: usize = 300;
/// How many that wait for their vectors are counted.
const COUNTED: u32 = 1_000;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// What somebody typed.
    Words(String),
    /// What is like a memory.
    Like(MemoryId),
    /// Everything that the filter lets through, the newest first.
    Anything,
}

/// How it is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SearchMode {
    /// By words and by meaning.
    #[default]
    Hybrid,
    /// By words alone.
    Text,
    /// By meaning alone.
    Semantic,
}

/// A search.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What is looked for.
    pub subject: Subject,
    /// How. What is like a memory is found by meaning, whatever is said here.
    pub mode: SearchMode,
    /// Among which memories. Its `search` is not looked at.
    pub filter: MemoryFilter,
    /// Tells this search from others in its positions.
    pub key: u32,
    /// How many groups a page has.
    pub limit: usize,
    /// Behind which place the page begins.
    pub after: Option<Position>,
    /// The time now.
    pub now: Timestamp,
}

/// Why nothing could be looked for.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The memory is not there, or is sealed.
    #[error("there is no such memory")]
    NoMemory,
    /// The model did not answer, and there is nothing to look for without it.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds what people have.
pub struct Finder {
    snapshots: Snapshots,
    unembedded: Unembedded,
    embedders: Arc<Embedders>,
    settings: MemoPreferences,
    vectors: Arc<dyn VectorIndex>,
    fusion: Fusion,
}

/// What was found by meaning.
struct ByMeaning {
    hits: Vec<VectorHit>,
    /// Whether the model or the index of vectors did not answer.
    failed: bool,
}

impl Finder {
    /// Finds what is in `table`, sealed by `sealing`, with segments in `bucket`, of which `max_cached_bytes` are kept, and `vectors` by the model of
    /// `embedders`.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        bucket: SearchBucket,
        max_cached_bytes: usize,
        embedders: Arc<Embedders>,
        vectors: Arc<dyn VectorIndex>,
    ) -> Self {
        let snapshots = Snapshots {
            changes: Changes::new(table.clone()),
            manifests: Manifests::new(table.clone()),
            entities: Entities::new(table, sealing.clone(), bucket.clone()),
            cache: SegmentCache::new(bucket, max_cached_bytes),
        };
        let unembedded = Unembedded::new(table.clone());
        let settings = MemoPreferences::new(table.clone(), sealing);
        let Trust { weight, chance } = embedders.trust();
        let fusion = Fusion { vector: weight, chance, ..Fusion::default() };
        Self { snapshots, unembedded, embedders, settings, vectors, fusion }
    }

    /// Finds with the bucket, the model and the index of vectors that `SEARCH_BUCKET`, `VECTOR_INDEX` and the variables of
    /// [`Embedders::from_env`] name.
    ///
    /// # Errors
    /// If a variable is missing, or there can be no such model.
    pub fn from_env(
        env: &Env,
        aws: &Aws,
        secrets: &Secrets,
        table: &Table,
        sealing: impl Sealing + Clone,
        max_cached_bytes: usize,
    ) -> Result<Self, EmbedderError> {
        let aws = aws.clone();
        let bucket = SearchBucket::new(env.required("SEARCH_BUCKET")?, move || aws.s3(), sealing.clone());
        let embedders = Arc::new(Embedders::from_env(env, secrets)?);
        let vectors = Vectors::new(table.clone(), env.required("VECTOR_INDEX")?, embedders.name());
        let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        Ok(Self::new(table, sealing, bucket, max_cached_bytes, embedders, vectors))
    }

    /// One page of what fits.
    ///
    /// # Errors
    /// See [`FindError`]. A model that does not answer is no error where words can be looked for.
    pub async fn find(&self, owner: UserId, request: &SearchRequest) -> Result<Found, FindError> {
        let query = match &request.subject {
            Subject::Words(words) => Query::parse(words),
            Subject::Like(_) | Subject::Anything => Query::default(),
        };
        let by_meaning = match request.subject {
            Subject::Words(_) => request.mode != SearchMode::Text && !query.wanted().is_empty(),
            Subject::Like(_) => true,
            Subject::Anything => false,
        };
        let by_meaning = by_meaning && self.may_ask(owner).await?;
        let asked = async {
            if by_meaning {
                Some(self.direction(owner, &request.subject, query.wanted()).await).transpose()
            } else {
                Ok(None)
            }
        };
        let waiting = async {
            if by_meaning { self.unembedded.count(owner, COUNTED).await.map(Some) } else { Ok(None) }
        };
        let (direction, snapshot, waiting) =
            tokio::join!(asked, self.snapshots.take(owner, request.now), waiting);
        let (snapshot, waiting) = (snapshot?, waiting?);
        let (direction, unanswered) = match (direction, &request.subject) {
            (Ok(direction), _) => (direction, false),
            (Err(FindError::Model(error)), Subject::Words(_)) => {
                tracing::warn!(error = %error, "searched without the model");
                (None, true)
            }
            (Err(error), _) => return Err(error),
        };

        let facets = Facets::new(&request.filter);
        let corpus = &snapshot.corpus;
        // What belongs to a memory that is not here is not here either.
        let is_here = |_: EntityId, memory: Option<MemoryId>| {
            memory.is_none_or(|memory| corpus.contains(EntityId::Memory(memory)))
        };
        let filter = facets.filter(&is_here);
        let meant = self.by_meaning(owner, direction.as_deref(), &snapshot, &facets, &filter);
        // A text is searched when the vectors are asked for, or when they were to be asked for and the model did not answer.
        let words = async {
            let is_wanted = request.mode != SearchMode::Semantic || unanswered;
            match request.subject {
                Subject::Anything => corpus.newest(&filter, BY_WORDS),
                _ if is_wanted => by_words(corpus, &query, &filter),
                _ => Vec::new(),
            }
        };
        let (ByMeaning { mut hits, failed }, words) = tokio::join!(meant, words);
        // What must be there, or must not, decides about what is near in meaning as well.
        let admitted: HashSet<EntityId> =
            corpus.admitted(hits.iter().map(|hit| hit.id), &query).into_iter().collect();
        hits.retain(|hit| admitted.contains(&hit.id));
        let words = if failed && words.is_empty() && request.mode == SearchMode::Semantic {
            by_words(corpus, &query, &filter)
        } else {
            words
        };
        if let Subject::Like(memory) = request.subject {
            hits.retain(|hit| hit.id != EntityId::Memory(memory) && corpus.memory_of(hit.id) != Some(memory));
        }
        let how = How {
            searched: corpus.document_count() as u64,
            changes: snapshot.changes,
            by_words: words.len() as u64,
            by_meaning: hits.len() as u64,
            model: by_meaning.then(|| self.embedders.name().to_owned()),
        };
        let as_of = request.after.map_or(request.now, |after| after.as_of);
        // Who asks for meaning alone wants what is nearest, however far that is.
        let chance = match (&request.subject, request.mode) {
            (Subject::Words(_), SearchMode::Semantic) => f32::NEG_INFINITY,
            _ => self.fusion.chance,
        };
        let fusion = Fusion { chance, ..self.fusion };
        let fused: Vec<FusedHit> = fusion.fuse(&words, &hits, |id| corpus.made_at(id), as_of);
        let page = Page {
            owner,
            query: &query,
            filter: &request.filter,
            as_of,
            of: request.key,
            after: request.after,
            limit: request.limit,
        };
        let (groups, next) = page.read(&self.snapshots.entities, &ranked(corpus, &fused)).await?;
        let repair = self.repair(owner, &snapshot, waiting.unwrap_or_default(), request.now).await?;
        let is_degraded = !snapshot.is_whole || repair == Some(Repair::Rebuild) || unanswered || failed;
        let pending_embeddings = waiting.map(|waiting| waiting + self.unknown(&snapshot));
        Ok(Found { groups, next, pending_embeddings, is_degraded, repair, how })
    }

    /// Where to look.
    async fn direction(&self, owner: UserId, subject: &Subject, words: &str) -> Result<Vec<f32>, FindError> {
        let memory = match subject {
            Subject::Words(_) => return Ok(self.embedders.of_query(words).await?),
            Subject::Like(memory) => *memory,
            Subject::Anything => return Ok(vec![0.0; self.embedders.dimensions()]),
        };
        let id = EntityId::Memory(memory);
        let read = self.snapshots.entities.read(owner, [app_domain::Findable::Memory(memory)], 0);
        let kept = async { self.vectors.get(owner, &[id]).await.map_err(store_error) };
        let (read, mut kept) = tokio::try_join!(read, kept)?;
        let Some(Entity::Memory(memory)) = read.entities.into_iter().next() else {
            return Err(FindError::NoMemory);
        };
        match kept.pop() {
            Some((_, vector)) => Ok(vector),
            // Nobody has made it yet.
            None => {
                if self.embedders.is_external() && !self.settings.get(owner).await?.lets_out(&memory) {
                    return Ok(vec![0.0; self.embedders.dimensions()]);
                }
                let text = embedded_text(&document(&Entity::Memory(memory)));
                Ok(self.embedders.get().await?.embed_one(&text, Purpose::Document).await?)
            }
        }
    }

    /// Whether the person lets the model see what they look for.
    async fn may_ask(&self, owner: UserId) -> Result<bool, StoreError> {
        Ok(!self.embedders.is_external() || self.settings.get(owner).await?.external_models)
    }

    /// Says that nobody is at a repair: it could not be begun.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release(&self, owner: UserId, repair: Repair) -> Result<(), StoreError> {
        renew(&self.snapshots.manifests, owner, repair, None).await.map(drop)
    }

    /// Begins to repair a person's index, unless somebody is at it. `Ok(true)` if it is for the caller to do.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn claim(&self, owner: UserId, repair: Repair, now: Timestamp) -> Result<bool, StoreError> {
        claim(&self.snapshots.manifests, owner, repair, now).await
    }

    async fn by_meaning(
        &self,
        owner: UserId,
        direction: Option<&[f32]>,
        snapshot: &Snapshot,
        facets: &Facets,
        filter: &Filter<'_>,
    ) -> ByMeaning {
        let Some(direction) = direction else { return ByMeaning { hits: Vec::new(), failed: false } };
        let few = if facets.is_open() { None } else { snapshot.corpus.all_allowed(filter, COMPARED) };
        let found = match few {
            Some(ids) => self.compared(owner, direction, &ids).await,
            None => self.vectors.search(owner, direction, BY_MEANING).await,
        };
        match found {
            Ok(mut hits) => {
                let allowed = snapshot.corpus.allowed(hits.iter().map(|hit| hit.id), filter);
                let allowed: HashSet<EntityId> = allowed.into_iter().collect();
                hits.retain(|hit| allowed.contains(&hit.id));
                ByMeaning { hits, failed: false }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "searched without vectors");
                ByMeaning { hits: Vec::new(), failed: true }
            }
        }
    }

    /// The nearest of a few, compared one by one.
    async fn compared(
        &self,
        owner: UserId,
        direction: &[f32],
        ids: &[EntityId],
    ) -> Result<Vec<VectorHit>, VectorIndexError> {
        let mut set = VectorSet::new(self.embedders.name(), direction.len())?;
        for (id, vector) in self.vectors.get(owner, ids).await? {
            set.insert(id, &vector)?;
        }
        Ok(set.search(direction, BY_MEANING, |_| true)?)
    }

    /// How much may have no vector yet, of what is not noted as waiting.
    fn unknown(&self, snapshot: &Snapshot) -> u64 {
        let is_other = snapshot.manifest.model.as_deref().is_some_and(|model| model != self.embedders.name());
        if is_other { snapshot.manifest.documents() + snapshot.changes } else { snapshot.changes }
    }

    /// What has to be done about the index, if nobody is at it.
    async fn repair(
        &self,
        owner: UserId,
        snapshot: &Snapshot,
        waiting: u64,
        now: Timestamp,
    ) -> Result<Option<Repair>, StoreError> {
        let manifest = &snapshot.manifest;
        let is_other = manifest.model.as_deref().is_some_and(|model| model != self.embedders.name());
        // Somebody whose memories are older than the index.
        let is_incomplete = match manifest.version {
            0 => self.snapshots.entities.memories.total(owner).await? > snapshot.changes,
            _ => !manifest.is_complete,
        };
        let is_forgotten = manifest.rebuilt_since.is_some();
        let necessary = [
            (Repair::Rebuild, snapshot.is_damaged || is_other || is_incomplete || is_forgotten),
            (Repair::CatchUp, snapshot.is_late),
            (Repair::Embed, waiting > 0),
        ];
        let mut necessary =
            necessary.into_iter().filter(|(_, is_necessary)| *is_necessary).map(|(repair, _)| repair);
        Ok(necessary.find(|repair| !repair.is_under_way(manifest, now)))
    }
}

fn by_words(corpus: &Corpus, query: &Query, filter: &Filter<'_>) -> Vec<EntityId> {
    corpus.search(query, filter, BY_WORDS).into_iter().map(|hit| hit.id).collect()
}

fn store_error(error: VectorIndexError) -> StoreError {
    match error {
        VectorIndexError::Store(error) => error,
        VectorIndexError::Vector(error) => StoreError::Corrupt(Box::new(error)),
    }
}

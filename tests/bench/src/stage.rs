//! A person with many memories, their index, and the functions that look at it.

use std::collections::HashSet;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use anyhow::{Context, ensure};
use app_ai::{BuiltIn, Purpose};
use app_domain::{Timestamp, UserId};
use app_index::{Embedders, Finder, Indexer, Place, Progress, TableVectors};
use app_search::text::{Corpus, Document, Filter, Query, Segment};
use app_search::vectors::{VectorEntry, VectorIndex};
use app_search::{EntityId, Fusion};
use app_store::{
    Changes, Creation, DataKeys, FileBucket, Manifest, Manifests, Memories, SearchBucket, SegmentEntry,
    Table, Vectors,
};
use app_testing::{PlayedBucket, PlayedKms, VECTOR_INDEX};
use app_vault::Vault;
use bytes::Bytes;
use futures_util::future::try_join_all;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::clock::cpu_ms;
use crate::documents::{memory, with_facets, with_vectors};
use crate::sampled::Sampled;
use crate::searches::LIMIT;

/// How many memories are saved at once: the table and its caller are on a core each.
const SAVED_AT_ONCE: usize = 16;
/// How many results of each query are saved, if not everything is.
const SHOWN: usize = 2 * LIMIT;
/// How many segments' bytes the function of searches keeps.
const MAX_CACHED_BYTES: usize = 768 << 20;

/// A person, and what their index stands on.
pub(crate) struct Stage {
    runtime: Runtime,
    table: Table,
    kms: PlayedKms,
    embedders: Arc<Embedders>,
    vectors: Arc<Sampled>,
    memories: Memories,
    indexer: Indexer,
    segments: SearchBucket,
    pub(crate) bucket: PlayedBucket,
    pub(crate) owner: UserId,
}

/// How long a call took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    /// On the CPU of this thread, which is not the table's.
    pub(crate) cpu_ms: f64,
    /// In all, with what the table took.
    pub(crate) wall_ms: f64,
}

/// Makes something on a runtime that goes on running in a thread of its own.
pub(crate) fn beside<T, F>(make: impl FnOnce() -> F + Send + 'static) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (made, receiver) = mpsc::channel();
    std::thread::Builder::new().name("table".to_owned()).spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let _ = made.send(make().await);
            std::future::pending::<std::io::Result<()>>().await
        })
    })?;
    Ok(receiver.recv()?)
}

impl Stage {
    /// On a table that runs elsewhere.
    pub(crate) fn new(table: Table) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        // The connection by which the table was made is driven by its thread. It comes to lie below others, and is not used any more.
        let reached = (0..4 * SAVED_AT_ONCE).map(|_| table.reach());
        runtime.block_on(try_join_all(reached))?;

        let kms = PlayedKms::default();
        let vault = Vault::new(DataKeys::new(table.clone()), kms.port());
        let embedders = Arc::new(Embedders::of(Arc::new(BuiltIn)));
        let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
        let vectors = Arc::new(Sampled::new(TableVectors::new(vectors, embedders.dimensions())));
        let (bucket, files) = (PlayedBucket::default(), PlayedBucket::default());
        let files = files.client();
        let client = bucket.client();
        let segments = SearchBucket::new("search", move || client.clone(), vault.clone());
        let files = FileBucket::new("files", move || files.clone());
        let indexer = Indexer::new(
            &table,
            vault.clone(),
            files,
            segments.clone(),
            Arc::clone(&embedders),
            vectors.clone(),
        );
        let memories = Memories::new(table.clone(), vault);
        let owner = UserId::new(Timestamp::from_millis(1_600_000_000_000).context("a time")?);
        Ok(Self { runtime, table, kms, embedders, vectors, memories, indexer, segments, bucket, owner })
    }

    /// Has what a call returns, and how long it took.
    pub(crate) fn measured<T>(&self, call: impl Future<Output = T>) -> (T, Took) {
        let started = Instant::now();
        let (result, cpu_ms) = cpu_ms(|| self.runtime.block_on(call));
        (result, Took { cpu_ms, wall_ms: started.elapsed().as_secs_f64() * 1e3 })
    }

    /// One call that finds nothing.
    pub(crate) fn reach(&self) -> anyhow::Result<Took> {
        let (reached, took) = self.measured(self.table.reach());
        reached?;
        Ok(took)
    }

    /// Saves memories.
    pub(crate) fn save(&self, documents: &[Document]) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            for some in documents.chunks(SAVED_AT_ONCE) {
                try_join_all(some.iter().map(|document| self.save_one(document))).await?;
            }
            Ok(())
        })
    }

    async fn save_one(&self, document: &Document) -> anyhow::Result<()> {
        let memory = memory(self.owner, document)?;
        ensure!(matches!(self.memories.create(&memory).await?, Creation::Saved { .. }));
        Ok(())
    }

    /// Makes the index of everything in the table.
    pub(crate) fn index(&self, documents: &[Document], now: Timestamp) -> anyhow::Result<()> {
        self.vectors.only(Some(with_vectors(documents).map(|document| document.id).collect()));
        self.runtime.block_on(async {
            let mut place = Some(Place::Beginning);
            while let Some(from) = place {
                (_, place) = self.indexer.rebuild(self.owner, from, now).await?;
            }
            self.forget_changes().await
        })?;
        self.vectors.only(None);
        Ok(())
    }

    /// Makes the index of more than the table in memory takes in minutes. What is saved of it is what these queries show.
    pub(crate) fn index_shown(
        &self,
        documents: &[Document],
        queries: &[String],
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let with_facets = documents.iter().map(with_facets).collect::<anyhow::Result<Vec<Document>>>()?;
        let bytes = Bytes::from(Segment::build(&with_facets, []));
        let corpus = Corpus::new([Arc::new(Segment::open(bytes.clone())?)]);
        let mut shown: HashSet<EntityId> = with_vectors(documents).map(|document| document.id).collect();
        for query in queries {
            let hits = corpus.search(&Query::parse(query), &Filter::default(), 1_000);
            let words: Vec<EntityId> = hits.iter().map(|hit| hit.id).collect();
            let fused = Fusion::default().fuse(&words, &[], |id| corpus.made_at(id), now);
            shown.extend(fused.iter().take(SHOWN).map(|hit| hit.id));
        }
        let shown: Vec<Document> =
            documents.iter().filter(|document| shown.contains(&document.id)).cloned().collect();
        self.save(&shown)?;

        let id = Uuid::from_u128(7 << 76 | 1 << 63);
        let entry = SegmentEntry { id, documents: documents.len() as u64, bytes: bytes.len() as u64 };
        let model = Some(self.embedders.name().to_owned());
        let manifest = Manifest { segments: vec![entry], model, is_complete: true, ..Manifest::default() };
        self.runtime.block_on(async {
            self.segments.put_segment(self.owner, id, &bytes).await?;
            ensure!(Manifests::new(self.table.clone()).replace(self.owner, manifest).await?.is_some());
            let embedder = self.embedders.get().await?;
            for document in with_vectors(documents) {
                let vector = embedder.embed_one(&document.body, Purpose::Document).await?;
                let entry = VectorEntry { id: document.id, vector, fingerprint: String::new() };
                self.vectors.put(self.owner, vec![entry]).await?;
            }
            self.forget_changes().await
        })
    }

    /// Takes away the notes of what is in the index.
    async fn forget_changes(&self) -> anyhow::Result<()> {
        let changes = Changes::new(self.table.clone());
        loop {
            let (some, more) = changes.oldest(self.owner, 1_000).await?;
            changes.forget(self.owner, &some).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Brings the index up to date.
    pub(crate) fn catch_up(&self, now: Timestamp) -> anyhow::Result<(Progress, Took)> {
        let (progress, took) = self.measured(self.indexer.catch_up(self.owner, usize::MAX, now));
        Ok((progress?, took))
    }

    /// A function that has just started.
    pub(crate) fn finder(&self) -> Finder {
        let vault = Vault::new(DataKeys::new(self.table.clone()), self.kms.port());
        let client = self.bucket.client();
        let segments = SearchBucket::new("search", move || client.clone(), vault.clone());
        let embedders = Arc::clone(&self.embedders);
        Finder::new(&self.table, vault, segments, MAX_CACHED_BYTES, embedders, self.vectors.clone())
    }
}

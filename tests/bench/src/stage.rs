//! A person with many memories, their index, and the functions that look at it.

use std::collections::HashSet;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use anyhow::{Context, ensure};
use app_ai::BuiltIn;
use app_domain::{
    Content, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Tags, Timestamp, UserId,
};
use app_index::{Embedders, Finder, Indexer, Place, Progress, TableVectors};
use app_search::EntityId;
use app_search::text::Document;
use app_store::{Changes, Creation, DataKeys, FileBucket, Memories, SearchBucket, Table, Vectors};
use app_testing::{PlayedBucket, PlayedKms, VECTOR_INDEX};
use app_vault::Vault;
use futures_util::future::try_join_all;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::clock::cpu_ms;
use crate::sampled::Sampled;

/// How many memories are saved at once: the table and its caller are on a core each.
const SAVED_AT_ONCE: usize = 16;
/// How many vectors the table has about, whatever the person has.
const VECTORS: usize = 2_000;
/// How many segments' bytes the function of searches keeps.
const MAX_CACHED_BYTES: usize = 768 << 20;
/// The tag that is searched for, which one memory in two hundred has.
pub(crate) const TAG: &str = "tag:7";

/// A person, and what their index stands on.
pub(crate) struct Stage {
    runtime: Runtime,
    table: Table,
    kms: PlayedKms,
    embedders: Arc<Embedders>,
    vectors: Arc<Sampled>,
    memories: Memories,
    indexer: Indexer,
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
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let _ = made.send(make().await);
            std::future::pending::<std::io::Result<()>>().await
        })
    });
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
        let indexer =
            Indexer::new(&table, vault.clone(), files, segments, Arc::clone(&embedders), vectors.clone());
        let memories = Memories::new(table.clone(), vault);
        let owner = UserId::new(Timestamp::from_millis(1_600_000_000_000).context("a time")?);
        Ok(Self { runtime, table, kms, embedders, vectors, memories, indexer, bucket, owner })
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

    /// Makes the index. Of the vectors, only those of the tag are kept, and some thousand others.
    pub(crate) fn index(&self, documents: &[Document], now: Timestamp) -> anyhow::Result<()> {
        let every = (documents.len() / VECTORS).max(1);
        let is_kept = |(number, document): &(usize, &Document)| {
            number.is_multiple_of(every) || document.facets.iter().any(|facet| facet == TAG)
        };
        let kept: HashSet<EntityId> =
            documents.iter().enumerate().filter(is_kept).map(|(_, document)| document.id).collect();
        self.vectors.only(Some(kept));
        self.runtime.block_on(async {
            let mut place = Some(Place::Beginning);
            while let Some(from) = place {
                (_, place) = self.indexer.rebuild(self.owner, from, now).await?;
            }
            // It is in the index now.
            let changes = Changes::new(self.table.clone());
            loop {
                let (some, more) = changes.oldest(self.owner, 1_000).await?;
                changes.forget(self.owner, &some).await?;
                if !more {
                    return anyhow::Ok(());
                }
            }
        })?;
        self.vectors.only(None);
        Ok(())
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

/// A document as the memory that it is of. One in five is archived.
fn memory(owner: UserId, document: &Document) -> anyhow::Result<Memory> {
    let EntityId::Memory(id) = document.id else { anyhow::bail!("not a memory") };
    let tags: Vec<&str> = document.facets.iter().filter_map(|facet| tag_of(facet)).collect();
    let draft = MemoryDraft {
        title: MemoryTitle::parse(&document.title).ok(),
        content: Content::parse(json!({"text": document.body})).ok(),
        tags: Tags::parse(&tags).map_err(|invalid| anyhow::anyhow!("{invalid}"))?,
        is_archived: is_archived(id),
        ..MemoryDraft::default()
    };
    Ok(Memory::new(id, owner, MemorySource::Web, draft, document.created_at)?)
}

/// The tag in a facet, if it is one of a tag.
pub(crate) fn tag_of(facet: &str) -> Option<&str> {
    facet.strip_prefix("tag:")
}

fn is_archived(id: MemoryId) -> bool {
    id.as_uuid().as_u128().is_multiple_of(5)
}

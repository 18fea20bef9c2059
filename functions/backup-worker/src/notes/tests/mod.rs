//! Notes on a real table with a bucket and a drive that are played.

mod ends;
mod here;
mod hostile;
mod played;
mod there;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app_domain::{
    Category, Content, DriveJobId, DriveProvider, Memory, MemoryDraft, MemoryId, MemoryPatch, MemorySource,
    MemoryTitle, NotesScope, Patch, Sealing, Tags, Timestamp, UserId,
};
use app_store::{ArchiveBucket, Categories, Memories};
use app_testing::{Meter, PlayedBucket, metered_table, vault};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::desk::{Desk, Pace};
use super::names::Names;
use super::state::Report;
use super::{pull, push};
use crate::failure::Failure;
use crate::kept::Kept;
use played::Played;

/// So many seconds after the beginning of the tests' time.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

/// Goes on for so many steps.
struct Steps(AtomicUsize);

#[async_trait]
impl Pace for Steps {
    async fn goes_on(&self) -> Result<Timestamp, Failure> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map(|_| at(100_000)).map_err(|_| Failure::OutOfTime)
    }
}

struct Stage {
    memories: Memories,
    categories: Categories,
    drive: Played,
    bucket: PlayedBucket,
    meter: Meter,
    kept: Kept,
    owner: UserId,
    job: Cell<DriveJobId>,
    steps: Cell<usize>,
}

impl Stage {
    async fn new() -> Self {
        Self::on(Played::default()).await
    }

    async fn on(drive: Played) -> Self {
        let (table, meter) = metered_table().await;
        let (vault, bucket, owner) = (vault(&table), PlayedBucket::default(), UserId::new(at(0)));
        let for_drives = bucket.clone();
        let archive = ArchiveBucket::new("drives", move || for_drives.client());
        let sealing: Arc<dyn Sealing> = Arc::new(vault.clone());
        Self {
            memories: Memories::new(table.clone(), vault.clone()),
            categories: Categories::new(table, vault),
            drive,
            bucket,
            meter,
            kept: Kept::new(&archive, &sealing, owner),
            owner,
            job: Cell::new(DriveJobId::new(at(0))),
            steps: Cell::new(usize::MAX),
        }
    }

    /// A memory of those words.
    async fn memory(&self, title: &str, text: &str) -> Memory {
        let content = Content::parse(json!({"text": text})).unwrap();
        self.draft(MemoryDraft { content: Some(content), ..titled(title) }).await
    }

    async fn draft(&self, draft: MemoryDraft) -> Memory {
        let draft = MemoryDraft { is_favorite: true, ..draft };
        let memory = Memory::new(MemoryId::new(at(0)), self.owner, MemorySource::Web, draft, at(0)).unwrap();
        self.memories.create(&memory).await.unwrap();
        memory
    }

    async fn say(&self, id: MemoryId, text: &str) -> Memory {
        let patch = MemoryPatch { content: Patch::Set(json!({"text": text})), ..MemoryPatch::default() };
        self.patch(id, patch).await
    }

    async fn patch(&self, id: MemoryId, patch: MemoryPatch) -> Memory {
        let change = |memory: Memory| memory.patched(patch.clone(), at(50_000));
        self.memories.change(self.owner, id, None, change).await.unwrap()
    }

    async fn now(&self, id: MemoryId) -> Memory {
        self.memories.get(self.owner, id).await.unwrap().unwrap()
    }

    /// Every memory, the oldest first.
    async fn all(&self) -> Vec<Memory> {
        let mut all = self.memories.newest(self.owner, None, 10_000, usize::MAX).await.unwrap();
        all.reverse();
        all
    }

    /// Titles and words of all memories, sorted.
    async fn said(&self) -> Vec<String> {
        let mut said: Vec<String> =
            self.all().await.iter().map(|memory| format!("{}: {}", title(memory), text(memory))).collect();
        said.sort();
        said
    }

    async fn pull(&self) -> Result<Report, Failure> {
        let pace = Steps(AtomicUsize::new(self.steps.get()));
        pull::pull(&self.desk(&pace).await).await
    }

    async fn push(&self, scope: NotesScope) -> Result<Report, Failure> {
        let pace = Steps(AtomicUsize::new(self.steps.get()));
        push::push(&self.desk(&pace).await, scope).await
    }

    /// Both ways, for a job of its own.
    async fn synced(&self) -> (Report, Report) {
        self.job.set(DriveJobId::new(at(0)));
        (self.pull().await.unwrap(), self.push(NotesScope::Favorites).await.unwrap())
    }

    async fn desk<'a>(&'a self, pace: &'a dyn Pace) -> Desk<'a> {
        let categories: Vec<Category> = self.categories.all(self.owner).await.unwrap_or_default();
        Desk {
            drive: &self.drive,
            pace,
            memories: &self.memories,
            kept: &self.kept,
            names: Names::of(&categories),
            owner: self.owner,
            provider: DriveProvider::GoogleDrive,
            account: "a",
            job: self.job.get(),
        }
    }

    /// The path of the only note.
    fn path(&self) -> String {
        let paths = self.drive.paths();
        assert_eq!(paths.len(), 1, "{paths:?}");
        paths[0].clone()
    }
}

fn titled(title: &str) -> MemoryDraft {
    MemoryDraft { title: Some(MemoryTitle::parse(title).unwrap()), ..MemoryDraft::default() }
}

fn tagged(tags: &[&str]) -> Tags {
    Tags::parse(tags).unwrap()
}

fn title(memory: &Memory) -> &str {
    memory.title.as_ref().map_or("", MemoryTitle::as_str)
}

fn text(memory: &Memory) -> String {
    memory.content.as_ref().map(Content::text).unwrap_or_default()
}

fn value(memory: &Memory) -> Value {
    memory.content.as_ref().map_or(Value::Null, |content| content.value().clone())
}

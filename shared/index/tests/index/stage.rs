//! Everything that an index stands on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app_ai::{BuiltIn, Embedder};
use app_domain::{
    Attachments, Description, Findable, Memory, MemoryDraft, MemoryFilter, MemoryId, MemorySource,
    MemoryTitle, Message, MessageDraft, MessageId, MessageText, MessageType, Metadata, Sealing, StoreError,
    Tags, Timestamp, UserId,
};
use app_index::{
    Embedders, Finder, Found, Indexer, Progress, SearchMode, SearchRequest, Subject, TableVectors,
};
use app_search::vectors::VectorIndex;
use app_store::{Changes, Creation, FileBucket, Memories, Messages, SearchBucket, Table, Vectors};
use app_testing::{PlayedBucket, VECTOR_INDEX, table, vault};
use app_vault::Vault;

/// An arbitrary moment.
const BEGINNING: i64 = 1_795_000_000_000;

/// A person's things, their index, and a clock.
pub(crate) struct Stage {
    pub(crate) table: Table,
    pub(crate) vault: Vault,
    pub(crate) memories: Memories,
    pub(crate) messages: Messages,
    pub(crate) files: PlayedBucket,
    pub(crate) bucket: PlayedBucket,
    pub(crate) indexer: Indexer,
    pub(crate) finder: Finder,
    pub(crate) vectors: Arc<dyn VectorIndex>,
    clock: AtomicI64,
}

/// Seals nothing, which no vault opens.
struct Unsealed;

#[async_trait::async_trait]
impl Sealing for Unsealed {
    async fn seal(&self, _: UserId, _: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.to_vec())
    }

    async fn open(&self, _: UserId, _: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(sealed.to_vec())
    }

    async fn fingerprint(&self, _: UserId, text: &str) -> Result<String, StoreError> {
        Ok(text.to_owned())
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Arc::new(BuiltIn)).await
    }

    /// With another model.
    pub(crate) async fn with(embedder: Arc<dyn Embedder>) -> Self {
        let table = table().await;
        let vault = vault(&table);
        Self::on(table, vault, PlayedBucket::default(), PlayedBucket::default(), embedder, 64 << 20)
    }

    /// The same things, looked at by other processes with another model.
    pub(crate) fn again(&self, embedder: Arc<dyn Embedder>) -> Self {
        let (files, bucket) = (self.files.clone(), self.bucket.clone());
        Self::on(self.table.clone(), self.vault.clone(), files, bucket, embedder, 64 << 20)
    }

    /// The same things, looked at by a process that has little memory for segments.
    pub(crate) fn holding(&self, max_cached_bytes: usize) -> Self {
        let (files, bucket) = (self.files.clone(), self.bucket.clone());
        Self::on(self.table.clone(), self.vault.clone(), files, bucket, Arc::new(BuiltIn), max_cached_bytes)
    }

    fn on(
        table: Table,
        vault: Vault,
        files: PlayedBucket,
        bucket: PlayedBucket,
        embedder: Arc<dyn Embedder>,
        max_cached_bytes: usize,
    ) -> Self {
        let embedders = Arc::new(Embedders::of(embedder));
        let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
        let vectors: Arc<dyn VectorIndex> = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        let client = bucket.client();
        let segments = SearchBucket::new("search", move || client.clone(), vault.clone());
        let client = files.client();
        let indexer = Indexer::new(
            &table,
            vault.clone(),
            FileBucket::new("files", move || client.clone()),
            segments.clone(),
            Arc::clone(&embedders),
            Arc::clone(&vectors),
        );
        let finder =
            Finder::new(&table, vault.clone(), segments, max_cached_bytes, embedders, Arc::clone(&vectors));
        Self {
            memories: Memories::new(table.clone(), vault.clone()),
            messages: Messages::new(table.clone(), vault.clone()),
            table,
            vault,
            files,
            bucket,
            indexer,
            finder,
            vectors,
            clock: AtomicI64::new(BEGINNING),
        }
    }

    /// A moment later than all before.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.fetch_add(1_000, Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn person(&self) -> UserId {
        UserId::new(self.now())
    }

    /// Saves a memory.
    pub(crate) async fn save(&self, owner: UserId, title: &str, text: &str) -> MemoryId {
        self.save_tagged(owner, title, text, &[]).await
    }

    pub(crate) async fn save_tagged(
        &self,
        owner: UserId,
        title: &str,
        text: &str,
        tags: &[&str],
    ) -> MemoryId {
        let now = self.now();
        let draft = MemoryDraft {
            title: Some(MemoryTitle::parse(title).unwrap()),
            description: Some(Description::parse(text).unwrap()),
            tags: Tags::parse(tags).unwrap(),
            ..MemoryDraft::default()
        };
        let memory = Memory::new(MemoryId::new(now), owner, MemorySource::Web, draft, now).unwrap();
        assert!(matches!(self.memories.create(&memory).await.unwrap(), Creation::Saved { .. }));
        memory.id
    }

    /// Says something under a memory.
    pub(crate) async fn say(&self, owner: UserId, memory: MemoryId, text: &str) -> MessageId {
        let now = self.now();
        let draft = MessageDraft {
            content: MessageText::parse(text).unwrap(),
            message_type: MessageType::Text,
            attachments: Attachments::default(),
            metadata: Metadata::default(),
            parent: None,
            is_ai_generated: false,
            delivery: None,
        };
        let message = Message::new(MessageId::new(now), owner, memory, draft, now);
        self.messages.create(&message).await.unwrap();
        message.id
    }

    /// Takes away all notes of what has changed.
    pub(crate) async fn forget_changes(&self, owner: UserId) {
        let changes = Changes::new(self.table.clone());
        let (all, _) = changes.oldest(owner, 1_000).await.unwrap();
        changes.forget(owner, &all).await.unwrap();
    }

    /// Notes a change without one.
    pub(crate) async fn note(&self, owner: UserId, memory: MemoryId) {
        let changed = std::iter::once(Findable::Memory(memory));
        Changes::new(self.table.clone()).note(owner, changed).await.unwrap();
    }

    /// How many changes are not indexed yet.
    pub(crate) async fn waiting(&self, owner: UserId) -> usize {
        Changes::new(self.table.clone()).oldest(owner, 1_000).await.unwrap().0.len()
    }

    /// Saves a memory that nobody can read.
    pub(crate) async fn save_unreadable(&self, owner: UserId) {
        let now = self.now();
        let draft =
            MemoryDraft { title: Some(MemoryTitle::parse("by the pond").unwrap()), ..MemoryDraft::default() };
        let memory = Memory::new(MemoryId::new(now), owner, MemorySource::Web, draft, now).unwrap();
        Memories::new(self.table.clone(), Unsealed).create(&memory).await.unwrap();
    }

    /// Brings the index up to date.
    pub(crate) async fn index(&self, owner: UserId) -> Progress {
        self.indexer.catch_up(owner, usize::MAX, self.now()).await.unwrap()
    }

    pub(crate) async fn find(&self, owner: UserId, request: &SearchRequest) -> Found {
        self.finder.find(owner, request).await.unwrap()
    }

    /// What is found by words, by meaning, and by both.
    pub(crate) async fn found(&self, owner: UserId, words: &str, mode: SearchMode) -> Vec<MemoryId> {
        let found = self.find(owner, &self.request(words, mode)).await;
        found.groups.iter().filter_map(|group| Some(group.memory.as_ref()?.id)).collect()
    }

    pub(crate) async fn by_words(&self, owner: UserId, words: &str) -> Vec<MemoryId> {
        self.found(owner, words, SearchMode::Text).await
    }

    pub(crate) fn request(&self, words: &str, mode: SearchMode) -> SearchRequest {
        SearchRequest {
            subject: Subject::Words(words.to_owned()),
            mode,
            filter: MemoryFilter::default(),
            key: 0,
            limit: 20,
            after: None,
            now: self.now(),
        }
    }
}

//! The worker with what is around it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use app_domain::{
    Category, CategoryDraft, CategoryId, CategoryName, Chore, ContentType, File, FileDraft, FileId, FileName,
    FileQuota, MailJob, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Tag, Tags, Timestamp,
    Upload, UserId,
};
use app_runtime::{OrderedQueue, Queue};
use app_store::{
    Categories, Conversations, Due, FileBucket, FileCreation, Files, Inbox, Memories, Reminders, Table,
    UsedTags, WhatsappLinks,
};
use app_testing::{PlayedQueue, aws, table, vault};
use app_vault::Vault;
use aws_lambda_events::sqs::SqsEvent;
use chores_worker::{Queues, Worker, handle};
use http::Response;
use serde_json::{Value, json};

use crate::inbound::Inbound;

/// What the clock adds each time it is looked at, in milliseconds.
static TICK_MS: AtomicI64 = AtomicI64::new(0);

pub(crate) struct Stage {
    pub(crate) worker: Worker,
    pub(crate) table: Table,
    pub(crate) queue: PlayedQueue,
    pub(crate) vault: Vault,
    pub(crate) memories: Memories,
    pub(crate) categories: Categories,
    pub(crate) tags: UsedTags,
    pub(crate) files: Files,
    pub(crate) conversations: Conversations,
    pub(crate) due: Due,
    pub(crate) reminders: Reminders,
    pub(crate) links: WhatsappLinks,
    pub(crate) inbox: Inbox,
    pub(crate) mail: PlayedQueue,
    pub(crate) inbound: Inbound,
    pub(crate) owner: UserId,
    /// What was asked of the bucket: methods and addresses.
    pub(crate) asked_of_bucket: Arc<Mutex<Vec<String>>>,
}

/// So many seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

pub(crate) fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::at(&table().await, || at(0))
    }

    /// On a table, with a clock.
    pub(crate) fn at(table: &Table, now: fn() -> Timestamp) -> Self {
        Self::with(table, vault(table), now)
    }

    /// The same with a vault: each comes with a KMS of its own, which knows its own keys alone.
    pub(crate) fn with(table: &Table, vault: Vault, now: fn() -> Timestamp) -> Self {
        let (queue, mail, inbound) = (PlayedQueue::default(), PlayedQueue::default(), Inbound::default());
        let asked_of_bucket = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&asked_of_bucket);
        let s3 = aws_sdk_s3::Client::new(&aws(move |request| {
            asked.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
            Response::builder().status(204).body(String::new()).unwrap()
        }));
        let bucket = FileBucket::new("files", move || s3.clone());
        let queues = Queues {
            chores: Queue::<Chore>::new(PlayedQueue::URL, queue.client()),
            mail: Queue::<MailJob>::new(PlayedQueue::URL, mail.client()),
            inbound: OrderedQueue::new(PlayedQueue::URL, inbound.client()),
        };
        Self {
            worker: Worker::new(table, vault.clone(), bucket, queues, now),
            table: table.clone(),
            queue,
            memories: Memories::new(table.clone(), vault.clone()),
            categories: Categories::new(table.clone(), vault.clone()),
            tags: UsedTags::new(table.clone()),
            files: Files::new(table.clone(), vault.clone()),
            conversations: Conversations::new(table.clone(), vault.clone()),
            due: Due::new(table.clone()),
            reminders: Reminders::new(table.clone(), vault.clone()),
            links: WhatsappLinks::new(table.clone()),
            inbox: Inbox::new(table.clone()),
            mail,
            inbound,
            owner: UserId::new(at(0)),
            asked_of_bucket,
            vault,
        }
    }

    /// Handles messages; returns the ids that failed. The first is message `m0`.
    pub(crate) async fn handle(&self, bodies: &[Value]) -> Vec<String> {
        let record = |(place, body): (usize, &Value)| {
            let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            json!({"messageId": format!("m{place}"), "body": body})
        };
        let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
        self.handle_event(json!({"Records": records})).await
    }

    pub(crate) async fn handle_event(&self, event: Value) -> Vec<String> {
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        let answer = handle(&self.worker, event).await;
        answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    /// Does a chore, and whatever it sends on, until nothing is sent on any more. Returns how many messages that took.
    pub(crate) async fn finish(&self, chore: &Chore) -> usize {
        let mut waiting = vec![json!(chore)];
        for messages in 1..100 {
            assert!(self.handle(&waiting).await.is_empty());
            waiting = self.queue.take();
            if waiting.is_empty() {
                return messages;
            }
        }
        panic!("it does not end");
    }

    pub(crate) async fn category(&self, name: &str) -> CategoryId {
        let name = CategoryName::parse(name).unwrap();
        let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
        let category = Category::new(self.owner, draft, &[], at(0));
        self.categories.create(&category).await.unwrap();
        category.id
    }

    pub(crate) async fn save(&self, category: Option<CategoryId>, tags: &[&str]) -> MemoryId {
        let title = MemoryTitle::parse("A memory").ok();
        let draft =
            MemoryDraft { title, category, tags: Tags::parse(tags).unwrap(), ..MemoryDraft::default() };
        let id = MemoryId::new(at(0));
        let memory = Memory::new(id, self.owner, MemorySource::Web, draft, at(0)).unwrap();
        self.memories.create(&memory).await.unwrap();
        id
    }

    /// Saves a memory that came from somewhere at a time.
    pub(crate) async fn save_from(&self, source: MemorySource, at: Timestamp) -> MemoryId {
        let draft = MemoryDraft { title: MemoryTitle::parse("A memory").ok(), ..MemoryDraft::default() };
        let memory = Memory::new(MemoryId::new(at), self.owner, source, draft, at).unwrap();
        self.memories.create(&memory).await.unwrap();
        memory.id
    }

    /// Begins a file whose bytes come in parts, if they come.
    pub(crate) async fn file(&self, memory: Option<MemoryId>) -> FileId {
        let draft = FileDraft {
            name: FileName::parse("film.mp4").unwrap(),
            content_type: ContentType::parse("video/mp4").unwrap(),
            size_bytes: 1000,
            memory,
        };
        let upload = Upload::Multipart { upload_id: "the-upload".to_owned(), part_size_bytes: 1000 };
        let file = File::new(FileId::new(at(0)), self.owner, draft, upload, at(0));
        let quota = FileQuota { total_bytes: 1 << 30, file_bytes: 1 << 30 };
        assert_eq!(self.files.create(&file, quota).await.unwrap(), FileCreation::Done);
        file.id
    }

    pub(crate) async fn memory(&self, id: MemoryId) -> Memory {
        self.memories.get(self.owner, id).await.unwrap().unwrap()
    }

    pub(crate) async fn count(&self, text: &str) -> u64 {
        self.tags.get(self.owner, &tag(text)).await.unwrap().map_or(0, |used| used.memory_count)
    }
}

/// A clock on which an invocation's time is over whenever somebody looks the second time.
pub(crate) fn hasty() -> Timestamp {
    at(TICK_MS.fetch_add(60, Ordering::Relaxed))
}

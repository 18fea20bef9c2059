//! What comes from the stream and from the queue: once, twice, broken, and while something is down.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::sync::Arc;

use app_ai::{BuiltIn, Embedder, Embedding, ModelError, Purpose};
use app_domain::{Findable, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Timestamp, UserId};
use app_index::{Embedders, IndexJob, Indexer, Place, TableVectors};
use app_runtime::Queue;
use app_store::{
    Changes, Directory, FileBucket, Manifests, Memories, SearchBucket, Table, Vectors, owner_of_change,
};
use app_testing::{PlayedBucket, PlayedQueue, VECTOR_INDEX, event, table, vault};
use app_vault::Vault;
use indexer::{IndexEvent, Worker, handle};
use serde_json::{Value, json};

struct Stage {
    table: Table,
    vault: Vault,
    worker: Worker,
    queue: PlayedQueue,
    bucket: PlayedBucket,
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap()
}

/// A model that is not there.
struct Nobody;

#[async_trait::async_trait]
impl Embedder for Nobody {
    fn name(&self) -> &str {
        "nobody/256"
    }

    fn dimensions(&self) -> usize {
        256
    }

    async fn embed(&self, texts: &[String], _: Purpose) -> Vec<Embedding> {
        texts.iter().map(|_| Err(ModelError::Throttled)).collect()
    }
}

impl Stage {
    async fn new() -> Self {
        Self::with(Arc::new(BuiltIn)).await
    }

    async fn with(embedder: Arc<dyn Embedder>) -> Self {
        let table = table().await;
        let vault = vault(&table);
        let (bucket, files, queue) =
            (PlayedBucket::default(), PlayedBucket::default(), PlayedQueue::default());
        let embedders = Arc::new(Embedders::of(embedder));
        let vectors = Vectors::new(table.clone(), VECTOR_INDEX, embedders.name());
        let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        let (for_segments, for_files) = (bucket.client(), files.client());
        let segments = SearchBucket::new("search", move || for_segments.clone(), vault.clone());
        let files = FileBucket::new("files", move || for_files.clone());
        let indexer = Indexer::new(&table, vault.clone(), files, segments, embedders, vectors);
        let worker = Worker {
            indexer: Arc::new(indexer),
            directory: Directory::new(table.clone()),
            jobs: Queue::new(PlayedQueue::URL, queue.client()),
            now,
        };
        Self { table, vault, worker, queue, bucket }
    }

    async fn save(&self, owner: UserId, title: &str) -> MemoryId {
        let draft = MemoryDraft { title: Some(MemoryTitle::parse(title).unwrap()), ..MemoryDraft::default() };
        let memory = Memory::new(MemoryId::new(now()), owner, MemorySource::Web, draft, now()).unwrap();
        Memories::new(self.table.clone(), self.vault.clone()).create(&memory).await.unwrap();
        memory.id
    }

    async fn waiting(&self, owner: UserId) -> usize {
        Changes::new(self.table.clone()).oldest(owner, 100).await.unwrap().0.len()
    }

    async fn documents(&self, owner: UserId) -> u64 {
        Manifests::new(self.table.clone()).get(owner).await.unwrap().documents()
    }

    async fn handle(&self, event: Value) -> Value {
        let event: IndexEvent = serde_json::from_value(event).unwrap();
        serde_json::to_value(handle(&self.worker, event).await).unwrap()
    }

    async fn job(&self, job: &IndexJob) -> Value {
        self.handle(queued(&serde_json::to_value(job).unwrap())).await
    }
}

/// Changes of these people, as the stream brings them.
fn streamed(owners: &[UserId]) -> Value {
    let record = &event("indexer/changes.json")["Records"][0];
    let records = owners.iter().enumerate().map(|(number, owner)| {
        let mut record = record.clone();
        record["dynamodb"]["Keys"]["pk"] = json!({"S": format!("U#{owner}#CHANGES")});
        record["dynamodb"]["SequenceNumber"] = json!(number.to_string());
        record
    });
    json!({"Records": records.collect::<Vec<_>>()})
}

fn queued(job: &Value) -> Value {
    let mut event = event("indexer/rebuild.json");
    event["Records"][0]["body"] = json!(job.to_string());
    event
}

fn nothing_failed() -> Value {
    json!({"batchItemFailures": []})
}

#[test]
fn events_are_told_apart_and_a_change_names_its_owner() {
    let changes: IndexEvent = serde_json::from_value(event("indexer/changes.json")).unwrap();
    assert!(matches!(changes, IndexEvent::Stream(_)));
    for job in ["rebuild", "embed", "catch-up", "rebuild-all", "poison"] {
        let event = event(&format!("indexer/{job}.json"));
        let parsed = serde_json::from_str::<IndexJob>(event["Records"][0]["body"].as_str().unwrap());
        assert_eq!(parsed.is_ok(), job != "poison", "{job}");
        let event: IndexEvent = serde_json::from_value(event).unwrap();
        assert!(matches!(event, IndexEvent::Queue(_)), "{job}");
    }
    assert!(owner_of_change("U#01a1ec6e-3c00-7000-8000-000000000001#CHANGES").is_some());
    for other in ["U#01a1ec6e-3c00-7000-8000-000000000001", "U#x#CHANGES", "CHANGES", ""] {
        assert!(owner_of_change(other).is_none(), "{other}");
    }
}

#[tokio::test]
async fn changes_are_indexed_once_however_often_they_come() {
    let stage = Stage::new().await;
    let owner = UserId::new(now());
    stage.save(owner, "Heron").await;
    for _ in 0..3 {
        assert_eq!(stage.handle(streamed(&[owner, owner])).await, nothing_failed());
        assert_eq!((stage.documents(owner).await, stage.waiting(owner).await), (1, 0));
    }
    assert_eq!(stage.bucket.keys().len(), 1);
    assert_eq!(stage.queue.take(), Vec::<Value>::new());
}

#[tokio::test]
async fn what_fails_comes_again_from_its_first_change_on() {
    let stage = Stage::new().await;
    let (nobody, ada) = (UserId::new(now()), UserId::new(now()));
    stage.save(ada, "Heron").await;
    stage.bucket.set_down(true);
    let answer = stage.handle(streamed(&[nobody, ada, nobody, ada])).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "1"}]}));
    assert_eq!(stage.waiting(ada).await, 1, "nothing is forgotten");
    stage.bucket.set_down(false);
    assert_eq!(stage.handle(streamed(&[ada])).await, nothing_failed());
    assert_eq!((stage.documents(ada).await, stage.waiting(ada).await), (1, 0));
}

#[tokio::test]
async fn a_record_that_is_no_change_holds_nothing_up() {
    let stage = Stage::new().await;
    let owner = UserId::new(now());
    stage.save(owner, "Heron").await;
    let mut event = streamed(&[owner, owner]);
    event["Records"][0]["dynamodb"]["Keys"]["pk"] = json!({"S": "SETTINGS"});
    assert_eq!(stage.handle(event).await, nothing_failed());
    assert_eq!(stage.documents(owner).await, 1);
}

#[tokio::test]
async fn poison_is_reported_and_the_rest_is_done() {
    let stage = Stage::new().await;
    let owner = UserId::new(now());
    stage.save(owner, "Heron").await;
    let mut event = queued(&json!({"job": "unknown"}));
    let good = queued(&json!({"job": "catchUp", "owner": owner}))["Records"][0].clone();
    event["Records"][0]["messageId"] = json!("poison");
    event["Records"].as_array_mut().unwrap().push(good);
    assert_eq!(stage.handle(event).await, json!({"batchItemFailures": [{"itemIdentifier": "poison"}]}));
    assert_eq!(stage.documents(owner).await, 1);
}

#[tokio::test]
async fn what_waits_for_the_model_is_asked_for_again_later_and_later() {
    let stage = Stage::with(Arc::new(Nobody)).await;
    let owner = UserId::new(now());
    stage.save(owner, "Heron").await;
    assert_eq!(stage.handle(streamed(&[owner])).await, nothing_failed());
    assert_eq!(stage.waiting(owner).await, 0, "words do not wait");
    assert_eq!(stage.queue.take(), [json!({"job": "embed", "owner": owner, "attempt": 0})]);
    stage.save(owner, "Stork").await;
    assert_eq!(stage.handle(streamed(&[owner])).await, nothing_failed());
    assert_eq!(stage.queue.take(), Vec::<Value>::new(), "somebody is at it");
    assert_eq!(stage.job(&IndexJob::Embed { owner, attempt: 0 }).await, nothing_failed());
    assert_eq!(stage.queue.take(), [json!({"job": "embed", "owner": owner, "attempt": 1})]);
    assert_eq!(stage.job(&IndexJob::Embed { owner, attempt: u32::MAX }).await, nothing_failed());
    assert_eq!(stage.queue.take(), Vec::<Value>::new(), "not for ever");
    stage.save(owner, "Crane").await;
    assert_eq!(stage.handle(streamed(&[owner])).await, nothing_failed());
    assert_eq!(stage.queue.take().len(), 1, "the next change begins anew");
}

#[tokio::test]
async fn a_job_that_cannot_be_sent_makes_the_change_come_again() {
    let stage = Stage::with(Arc::new(Nobody)).await;
    let owner = UserId::new(now());
    stage.save(owner, "Heron").await;
    stage.queue.refuse(true);
    let answer = stage.handle(streamed(&[owner])).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "0"}]}));
}

#[tokio::test]
async fn an_index_is_made_again_and_a_second_time_changes_nothing() {
    let stage = Stage::new().await;
    let owner = UserId::new(now());
    for title in ["One", "Two", "Three"] {
        stage.save(owner, title).await;
    }
    stage.handle(streamed(&[owner])).await;
    stage.bucket.remove(&stage.bucket.keys()[0]);
    for _ in 0..2 {
        let answer = stage.job(&IndexJob::Rebuild { owner, place: Place::Beginning }).await;
        assert_eq!(answer, nothing_failed());
        assert_eq!((stage.documents(owner).await, stage.bucket.keys().len()), (3, 1));
    }
    let manifest = Manifests::new(stage.table.clone()).get(owner).await.unwrap();
    assert_eq!(manifest.rebuilt_since, None);
    assert_eq!(stage.queue.take(), Vec::<Value>::new());
}

#[test]
fn what_is_noted_is_what_can_be_found() {
    let of: Findable = event("indexer/changes.json")["Records"][0]["dynamodb"]["NewImage"]["of"]["S"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(matches!(of, Findable::Memory(_)));
}

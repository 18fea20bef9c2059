//! The worker with what is around it, and a person whose archives come.

use std::sync::atomic::{AtomicI64, Ordering};

use app_domain::{
    FileQuotas, ImportJob, ImportSpec, ImportStatus, Memory, MemoryId, Message, Timestamp, UserId,
};
use app_runtime::Queue;
use app_store::{ArchiveBucket, Categories, FileBucket, Files, Imports, Memories, Messages, Table};
use app_testing::{
    Meter, PlayedBucket, PlayedFileBucket, PlayedQueue, ada, event, metered_table, register, retitle, vault,
};
use app_vault::Vault;
use aws_lambda_events::sqs::SqsEvent;
use import_worker::{Outside, Worker, handle};
use serde_json::{Value, json};

pub(crate) const QUOTAS: &str = "free=1GB/25MB,premium=50GB/5GB";

pub(crate) struct Stage {
    pub(crate) worker: Worker,
    pub(crate) table: Table,
    pub(crate) vault: Vault,
    pub(crate) meter: Meter,
    pub(crate) archives: PlayedBucket,
    pub(crate) s3: PlayedFileBucket,
    pub(crate) queue: PlayedQueue,
    pub(crate) imports: Imports,
    pub(crate) memories: Memories,
    pub(crate) messages: Messages,
    pub(crate) categories: Categories,
    pub(crate) files: Files,
    pub(crate) owner: UserId,
    /// The keys of what is there from the beginning.
    pub(crate) start: Vec<String>,
}

/// So many seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

pub(crate) fn now() -> Timestamp {
    at(0)
}

/// A clock that is 30 seconds further every time it is looked at: an invocation ends after a few steps.
pub(crate) fn hasty() -> Timestamp {
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    at(30 * LOOKS.fetch_add(1, Ordering::Relaxed))
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(QUOTAS, now).await
    }

    pub(crate) async fn with(quotas: &str, now: fn() -> Timestamp) -> Self {
        let (table, meter) = metered_table().await;
        let vault = vault(&table);
        let (archives, s3, queue) =
            (PlayedBucket::default(), PlayedFileBucket::default(), PlayedQueue::default());
        let (for_archives, for_files) = (archives.clone(), s3.clone());
        let outside = Outside {
            archives: ArchiveBucket::new("imports", move || for_archives.client()),
            bucket: FileBucket::new("files", move || for_files.client()),
            queue: Queue::new(PlayedQueue::URL, queue.client()),
        };
        let quotas: FileQuotas = quotas.parse().unwrap();
        let mut stage = Self {
            worker: Worker::new(&table, vault.clone(), outside, quotas, now),
            imports: Imports::new(table.clone(), vault.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            messages: Messages::new(table.clone(), vault.clone()),
            categories: Categories::new(table.clone(), vault.clone()),
            files: Files::new(table.clone(), vault.clone()),
            owner: UserId::new(at(0)),
            table,
            vault,
            meter,
            start: Vec::new(),
            archives,
            s3,
            queue,
        };
        register(&stage.table, &ada(stage.owner, at(0))).await;
        stage.start = stage.meter.keys().await;
        stage
    }

    /// An import of an archive that is there, queued.
    pub(crate) async fn queued(&self, archive: &[u8], spec: ImportSpec) -> ImportJob {
        let job = ImportJob::awaiting(self.owner, "SECRET.zip".to_owned(), archive.len() as u64, spec, at(0));
        self.imports.create(&job).await.unwrap();
        self.archives.put(&job.object_key(), archive);
        self.imports.start(&job, at(0)).await.unwrap().unwrap()
    }

    /// One delivery of the job's message. Whether it is done with.
    pub(crate) async fn deliver(&self, job: &ImportJob, receives: u32) -> bool {
        self.handle(&json!(job.task()), receives).await
    }

    pub(crate) async fn handle(&self, body: &Value, receives: u32) -> bool {
        let mut event = event("import-worker/import.json");
        event["Records"][0]["body"] = body.to_string().into();
        event["Records"][0]["attributes"]["ApproximateReceiveCount"] = receives.to_string().into();
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        handle(&self.worker, event).await.batch_item_failures.is_empty()
    }

    /// Delivers what is in the queue until nothing is. How many messages that took.
    pub(crate) async fn finish(&self, job: &ImportJob) -> usize {
        let mut messages = 1;
        assert!(self.deliver(job, 1).await);
        loop {
            let waiting = self.queue.take();
            if waiting.is_empty() {
                return messages;
            }
            for body in waiting {
                messages += 1;
                assert!(messages < 500, "it does not end");
                assert!(self.handle(&body, 1).await);
            }
        }
    }

    /// Brings in an archive, and gives the job as it is then.
    pub(crate) async fn import(&self, archive: &[u8]) -> ImportJob {
        let job = self.queued(archive, ImportSpec::default()).await;
        self.finish(&job).await;
        self.job(&job).await
    }

    pub(crate) async fn job(&self, job: &ImportJob) -> ImportJob {
        self.imports.get(job.user_id, job.id).await.unwrap().unwrap()
    }

    /// Asks for a job to be undone, and waits for it.
    pub(crate) async fn undo(&self, job: &ImportJob) -> ImportJob {
        let job = self.job(job).await;
        let undoing = self.imports.turn(&job, ImportStatus::Undoing, at(0)).await.unwrap().unwrap();
        self.finish(&undoing).await;
        self.job(&job).await
    }

    /// The lines of a job's report.
    pub(crate) fn report(&self, job: &ImportJob) -> Vec<Value> {
        let report = self.archives.get(&job.report_key(job.run)).unwrap();
        let report = String::from_utf8(report).unwrap();
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The lines of a report with this outcome, as kinds.
    pub(crate) fn kinds(&self, job: &ImportJob, outcome: &str) -> Vec<String> {
        let lines = self.report(job).into_iter().filter(|line| line["outcome"] == outcome);
        lines.map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn memory(&self, id: MemoryId) -> Memory {
        self.memories.get(self.owner, id).await.unwrap().unwrap()
    }

    /// What the person writes over a memory later on.
    pub(crate) async fn retitle(&self, id: MemoryId, title: &str) {
        retitle(&self.memories, self.owner, id, title, at(10)).await;
    }

    pub(crate) async fn all_memories(&self) -> Vec<Memory> {
        self.memories.portion(self.owner, None).await.unwrap().0
    }

    pub(crate) async fn message(&self, memory: MemoryId, id: app_domain::MessageId) -> Option<Message> {
        self.messages.get(self.owner, memory, id).await.ok()
    }

    /// Everything that has come since the beginning, by its keys and by the report, with what is of this person and this job alone written
    /// the same for all.
    pub(crate) async fn everything(&self, job: &ImportJob) -> Vec<String> {
        let keys = self.meter.keys().await.into_iter().chain(self.s3.keys());
        let keys = keys.filter(|key| !self.start.contains(key) && !key.contains("DATAKEY#"));
        let report = self.archives.get(&job.report_key(job.run)).unwrap_or_default();
        let lines: Vec<String> = String::from_utf8(report).unwrap().lines().map(str::to_owned).collect();
        let mut names = vec![self.owner.to_string(), job.id.to_string()];
        names.extend(self.start.iter().filter_map(|key| Some(key.split("CAT#").nth(1)?.to_owned())));
        let plain = |text: String| {
            let named =
                |text: String, (place, name): (usize, &String)| text.replace(name, &format!("ID{place}"));
            names.iter().enumerate().fold(text, named)
        };
        let mut all: Vec<String> = keys.chain(lines).map(plain).collect();
        // Words are listed by a hash that is another one for each person.
        for key in &mut all {
            if let Some((before, entry)) = key.clone().split_once("#SAME#") {
                *key = format!("{before}#SAME {}", entry.split_once(' ').map_or("", |(_, id)| id));
            }
        }
        all.sort();
        all
    }
}

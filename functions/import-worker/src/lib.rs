//! The imports queue: brings in what people had elsewhere, and takes it back.
//!
//! An archive is read in order, however large it is, and what is in it is brought in by batches. Whoever does it may die between any two
//! steps, or run out of time: what will be done is written down before it is done, so whoever goes on knows where, and what is the
//! import's own. An import that is started twice finds everything there.

mod apply;
mod attempt;
mod bring;
mod came;
mod compose;
mod context;
mod delivery;
mod failure;
mod feed;
mod files;
mod object;
mod piece;
mod plan;
mod preview;
mod records;
mod report;
mod restoring;
mod undo;
mod units;
mod wiring;

use std::time::Duration;

use app_domain::{FileQuotas, ImportTask, Sealing, Timestamp};
use app_runtime::{Queue, QueueMessage, causes, one_by_one};
use app_store::{
    ArchiveBucket, Categories, Conversations, Facts, FileBucket, FileRemoval, Files, Imports,
    MemoPreferences, Memories, Messages, Reminders, SavedSearches, Table, Users,
};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};

pub use wiring::wired;

use delivery::Delivery;

/// How often a message is received before it goes to the dead letters: the `maxReceiveCount` of the imports queue.
pub const MAX_RECEIVES: u32 = 5;

/// How long one invocation works, so that what it is at can end and the rest be sent on: less than the function's `Timeout`.
pub const WORKS_FOR: Duration = Duration::from_secs(240);

/// What is outside of the table.
#[derive(Clone)]
pub struct Outside {
    /// The archives, and the reports of what came of them.
    pub archives: ArchiveBucket,
    /// Where files go.
    pub bucket: FileBucket,
    /// Where jobs come from, and the rest is sent.
    pub queue: Queue<ImportTask>,
}

/// What imports are done with.
#[derive(Clone)]
pub struct Worker {
    imports: Imports,
    memories: Memories,
    messages: Messages,
    categories: Categories,
    files: Files,
    removal: FileRemoval,
    conversations: Conversations,
    facts: Facts,
    reminders: Reminders,
    saved_searches: SavedSearches,
    preferences: MemoPreferences,
    users: Users,
    archives: ArchiveBucket,
    bucket: FileBucket,
    queue: Queue<ImportTask>,
    quotas: FileQuotas,
    now: fn() -> Timestamp,
}

impl Worker {
    /// Brings in archives for the people in `table`, whose data `sealing` seals, within their quotas.
    pub fn new(
        table: &Table,
        sealing: impl Sealing + Clone,
        outside: Outside,
        quotas: FileQuotas,
        now: fn() -> Timestamp,
    ) -> Self {
        let files = Files::new(table.clone(), sealing.clone());
        let Outside { archives, bucket, queue } = outside;
        Self {
            imports: Imports::new(table.clone(), sealing.clone()),
            memories: Memories::new(table.clone(), sealing.clone()),
            messages: Messages::new(table.clone(), sealing.clone()),
            categories: Categories::new(table.clone(), sealing.clone()),
            removal: FileRemoval::new(files.clone(), bucket.clone()),
            files,
            conversations: Conversations::new(table.clone(), sealing.clone()),
            facts: Facts::new(table.clone(), sealing.clone()),
            reminders: Reminders::new(table.clone(), sealing.clone()),
            saved_searches: SavedSearches::new(table.clone(), sealing.clone()),
            preferences: MemoPreferences::new(table.clone(), sealing),
            users: Users::new(table.clone()),
            archives,
            bucket,
            queue,
            quotas,
            now,
        }
    }
}

/// Does the tasks of a batch one by one, and names those that are to be delivered again.
pub async fn handle(worker: &Worker, event: SqsEvent) -> SqsBatchResponse {
    let until = (worker.now)().plus(WORKS_FOR);
    one_by_one(event, "import", |message| dealt_with(worker, message, until)).await
}

/// Does one task and logs what became of it: ids and hashes alone.
async fn dealt_with(worker: &Worker, message: QueueMessage<ImportTask>, until: Timestamp) -> bool {
    let QueueMessage { id, body: task, receives, receipt } = message;
    let (ImportTask::Import { job_id, user_id } | ImportTask::Undo { job_id, user_id }) = task;
    let user = user_id.hashed();
    let delivery = Delivery::new(worker.queue.hold(receipt), receives >= MAX_RECEIVES, until, worker.now);
    match worker.attempt(task, &delivery).await {
        Ok(ended) => {
            let outcome = ended.name();
            tracing::info!(messageId = id, import.id = %job_id, userId = user, receives, outcome, "import");
            true
        }
        Err(failure) => {
            let causes = causes(&failure);
            tracing::error!(messageId = id, import.id = %job_id, userId = user, receives, outcome = "failed", causes, "import");
            false
        }
    }
}

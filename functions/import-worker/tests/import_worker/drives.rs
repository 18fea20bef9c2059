//! The worker of drives beside that of imports: an account that is backed up to a shelf and restored from it.

use std::cell::Cell;
use std::sync::{Arc, Mutex, OnceLock};

use app_backup::{NewKey, Passphrase, new_key};
use app_domain::{
    Backup, Direction, DriveConnection, DriveJob, DriveJobId, DriveJobStatus, DriveProvider, DriveWork,
    ExportFilter, ImportId, MemoryId, OnConflict, Origin, RestoreSpec, Timestamp,
};
use app_runtime::Queue;
use app_store::{ArchiveBucket, Backups, DriveConnections, DriveJobs, FileBucket, Imports};
use app_testing::{PlayedBucket, PlayedQueue, aws, event};
use app_walk::Source;
use aws_lambda_events::sqs::SqsEvent;
use http::Response;
use serde_json::{Value, json};

use crate::shelf::Shelf;
use crate::stage::{Stage, at};

pub(crate) const PASSPHRASE: &str = "correct horse battery";
pub(crate) const PROVIDER: DriveProvider = DriveProvider::Dropbox;

thread_local! {
    pub(crate) static SECONDS: Cell<i64> = const { Cell::new(0) };
}

/// A clock of each test.
fn clock() -> Timestamp {
    at(SECONDS.with(Cell::get))
}

pub(crate) fn later(seconds: i64) {
    SECONDS.with(|now| now.set(now.get() + seconds));
}

/// The worker of drives beside that of imports.
pub(crate) struct Drives<'a> {
    stage: &'a Stage,
    pub(crate) worker: backup_worker::Worker,
    pub(crate) bucket: PlayedBucket,
    sent: Arc<Mutex<Vec<Value>>>,
}

impl<'a> Drives<'a> {
    pub(crate) async fn new(stage: &'a Stage, files: &PlayedBucket, shelf: &Shelf) -> Self {
        let (bucket, sent) = (PlayedBucket::default(), Arc::new(Mutex::new(Vec::new())));
        let (table, vault) = (|| stage.table.clone(), || stage.vault.clone());
        let (for_bucket, for_files, for_imports) = (bucket.clone(), files.clone(), stage.archives.clone());
        let taken = Arc::clone(&sent);
        let queue = aws_sdk_sqs::Client::new(&aws(move |request| {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            if let Some(message) = body["MessageBody"].as_str() {
                taken.lock().unwrap().push(serde_json::from_str(message).unwrap());
            }
            Response::new(json!({"MessageId": "m"}).to_string())
        }));
        let for_mail = queue.clone();
        let worker = backup_worker::Worker {
            source: Source::new(&stage.table, stage.vault.clone()),
            drives: Arc::new(shelf.clone()),
            connections: DriveConnections::new(table(), vault()),
            jobs: DriveJobs::new(table(), vault()),
            backups: Backups::new(table(), vault()),
            bucket: ArchiveBucket::new("drives", move || for_bucket.client()),
            files_bucket: FileBucket::new("files", move || for_files.client()),
            imports: Imports::new(table(), vault()),
            imports_bucket: ArchiveBucket::new("imports", move || for_imports.client()),
            imports_queue: Queue::new(PlayedQueue::URL, stage.queue.client()),
            queue: Queue::new(PlayedQueue::URL, move || queue.clone()),
            mail: Queue::new(PlayedQueue::URL, move || for_mail.clone()),
            categories: stage.categories.clone(),
            sealing: Arc::new(stage.vault.clone()),
            now: clock,
        };
        let grant = uuid::Uuid::from_u128(1);
        let name = || "shelf".to_owned();
        let drive = DriveConnection::new(stage.owner, PROVIDER, grant, name(), name(), clock());
        worker.connections.connect(&drive, &Origin::default(), clock()).await.unwrap();
        Self { stage, worker, bucket, sent }
    }

    pub(crate) async fn settle(&self, change: impl Fn(&mut DriveConnection) + Send + Sync) {
        self.worker.connections.change(self.stage.owner, PROVIDER, change).await.unwrap().unwrap();
    }

    pub(crate) async fn create(&self, work: DriveWork, passphrase: Option<&str>) -> DriveJob {
        let job = DriveJob::request(self.stage.owner, PROVIDER, work, clock());
        let job = DriveJob { passphrase: passphrase.map(str::to_owned), ..job };
        assert!(self.worker.jobs.create(&job).await.unwrap());
        job
    }

    pub(crate) async fn deliver(&self, task: &Value) -> bool {
        let mut event = event("import-worker/import.json");
        event["Records"][0]["body"] = task.to_string().into();
        event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "1".into();
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        Box::pin(backup_worker::handle(&self.worker, event)).await.batch_item_failures.is_empty()
    }

    /// Delivers a job's message, and what comes of it, until it is over.
    pub(crate) async fn finish(&self, job: &DriveJob) -> DriveJob {
        let mut waiting = vec![json!(job.task())];
        for _ in 0..60 {
            for task in waiting {
                assert!(Box::pin(self.deliver(&task)).await);
            }
            let there = self.job(job.id).await;
            if there.status.is_over() {
                return there;
            }
            later(600);
            waiting = std::mem::take(&mut *self.sent.lock().unwrap());
        }
        panic!("it does not end: {:?}", self.job(job.id).await);
    }

    pub(crate) async fn job(&self, id: DriveJobId) -> DriveJob {
        self.worker.jobs.get(self.stage.owner, id).await.unwrap().unwrap()
    }

    /// Makes a backup.
    pub(crate) async fn back_up(&self) -> (Backup, DriveJob) {
        later(60);
        let job = self.create(DriveWork::Sync { direction: Direction::Push }, None).await;
        let done = Box::pin(self.finish(&job)).await;
        assert_eq!((done.status, done.failure.as_deref()), (DriveJobStatus::Completed, None));
        let (backups, _) = self.worker.backups.list(self.stage.owner, PROVIDER, None, 1).await.unwrap();
        (backups[0].clone(), done)
    }

    /// Restores a backup, and lets the import end that it is handed over as.
    pub(crate) async fn restore(&self, spec: RestoreSpec) -> (DriveJob, Option<app_domain::ImportJob>) {
        later(60);
        let job = self.create(DriveWork::Restore(spec), Some(PASSPHRASE)).await;
        let done = Box::pin(self.finish(&job)).await;
        (done.clone(), self.imported(&done).await)
    }

    pub(crate) async fn imported(&self, done: &DriveJob) -> Option<app_domain::ImportJob> {
        let result = done.result.clone().unwrap_or_default();
        let id: ImportId = result["importId"].as_str()?.parse().unwrap();
        loop {
            let tasks = self.stage.queue.take();
            if tasks.is_empty() {
                return self.stage.imports.get(self.stage.owner, id).await.unwrap();
            }
            for task in tasks {
                assert!(Box::pin(self.stage.handle(&task, 1)).await);
            }
        }
    }
}

pub(crate) fn whole(backup: &Backup) -> RestoreSpec {
    RestoreSpec {
        backup: backup.id,
        path: backup.path.clone(),
        dry_run: false,
        filter: ExportFilter::default(),
        memories: Vec::new(),
        on_conflict: OnConflict::KeepHere,
    }
}

pub(crate) fn dry(backup: &Backup) -> RestoreSpec {
    RestoreSpec { dry_run: true, ..whole(backup) }
}

pub(crate) async fn encrypt(drives: &Drives<'_>) {
    // To make one takes a while, as it should.
    static KEY: OnceLock<NewKey> = OnceLock::new();
    let key = KEY.get_or_init(|| new_key(&Passphrase::parse(PASSPHRASE).unwrap()).unwrap());
    drives
        .settle(|drive| {
            drive.settings.recipient = Some(key.recipient.clone());
            drive.key_file = Some(key.key_file.clone());
        })
        .await;
}

pub(crate) fn noted(title: &str, seconds: i64) -> app_domain::Memory {
    let draft = app_domain::MemoryDraft {
        title: app_domain::MemoryTitle::parse(title).ok(),
        ..app_domain::MemoryDraft::default()
    };
    let owner = app_domain::UserId::new(at(0));
    let (id, source) = (MemoryId::new(at(seconds)), app_domain::MemorySource::Web);
    app_domain::Memory::new(id, owner, source, draft, at(seconds)).unwrap()
}

//! A worker, and what it works with.

use std::sync::Arc;
use std::time::Duration;

use app_backup::OpenDrive;
use app_connectors::drives::oauth::{OAuthClient, OAuthConfig, OAuthProvider};
use app_connectors::drives::{Bearer, Drive, DriveError, Dropbox, DropboxConfig};
use app_domain::{
    BackupId, Direction, DriveConnection, DriveJob, DriveJobStatus, DriveProvider, DriveWork, Origin, UserId,
};
use app_runtime::Queue;
use app_store::{
    ArchiveBucket, Backups, Categories, DriveConnections, DriveJobs, FileBucket, Imports, Table,
};
use app_testing::clock::{BEGAN, at, now, pass, set_clock};
use app_testing::drives::{FakeDropbox, PlayedDrive};
use app_testing::{Meter, PlayedBucket, PlayedQueue, metered_table, vault};
use app_vault::Vault;
use app_walk::Source;
use async_trait::async_trait;
use aws_lambda_events::sqs::SqsEvent;
use backup_worker::{Worker, handle};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::queue::FakeQueue;

pub(crate) const PROVIDER: DriveProvider = DriveProvider::Dropbox;

pub(crate) struct Stage {
    pub(crate) worker: Worker,
    pub(crate) table: Table,
    pub(crate) vault: Vault,
    pub(crate) meter: Meter,
    /// Of what is kept about drives.
    pub(crate) bucket: PlayedBucket,
    /// Of people's files.
    pub(crate) files: PlayedBucket,
    pub(crate) queue: FakeQueue,
    pub(crate) mail: PlayedQueue,
    pub(crate) dropbox: Arc<FakeDropbox>,
    pub(crate) owner: UserId,
}

/// Tokens in memory, renewed when they are refused.
struct Tokens {
    client: OAuthClient,
    access: Mutex<SecretString>,
    refresh: SecretString,
}

#[async_trait]
impl Bearer for Tokens {
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError> {
        let mut access = self.access.lock().await;
        if refused.is_some_and(|refused| refused.expose_secret() == access.expose_secret()) {
            *access = self.client.refresh(&self.refresh).await?.access_token;
        }
        Ok(access.clone())
    }
}

struct Opens {
    dropbox: Arc<FakeDropbox>,
    tokens: Arc<Tokens>,
}

#[async_trait]
impl OpenDrive for Opens {
    async fn open(&self, _: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError> {
        let config = DropboxConfig::at(&self.dropbox.origin());
        Ok(Arc::new(Dropbox::new(config, Arc::clone(&self.tokens) as Arc<dyn Bearer>)))
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (table, meter) = metered_table().await;
        let vault = vault(&table);
        let (bucket, files) = (PlayedBucket::default(), PlayedBucket::default());
        let (queue, mail, imports) = (FakeQueue::default(), PlayedQueue::default(), PlayedQueue::default());
        let dropbox = Arc::new(FakeDropbox::start());
        let (for_state, for_files, for_imports) = (bucket.clone(), files.clone(), PlayedBucket::default());
        let worker = Worker {
            source: Source::new(&table, vault.clone()),
            drives: Arc::new(opens(&dropbox)),
            connections: DriveConnections::new(table.clone(), vault.clone()),
            jobs: DriveJobs::new(table.clone(), vault.clone()),
            backups: Backups::new(table.clone(), vault.clone()),
            bucket: ArchiveBucket::new("drives", move || for_state.client()),
            files_bucket: FileBucket::new("files", move || for_files.client()),
            imports: Imports::new(table.clone(), vault.clone()),
            imports_bucket: ArchiveBucket::new("imports", move || for_imports.client()),
            imports_queue: Queue::new(PlayedQueue::URL, imports.client()),
            queue: queue.queue(),
            mail: Queue::new(PlayedQueue::URL, mail.client()),
            categories: Categories::new(table.clone(), vault.clone()),
            sealing: Arc::new(vault.clone()),
            now,
        };
        set_clock(BEGAN, 0);
        let owner = UserId::new(at(0));
        let stage = Self { worker, table, vault, meter, bucket, files, queue, mail, dropbox, owner };
        stage.connect().await;
        stage
    }

    /// Connects the drive.
    pub(crate) async fn connect(&self) {
        let label = "ada@example.com".to_owned();
        let account = FakeDropbox::ACCOUNT_ID.to_owned();
        let new = DriveConnection::new(self.owner, PROVIDER, Uuid::new_v4(), account, label, now());
        self.worker.connections.connect(&new, &Origin::default(), now()).await.unwrap();
    }

    pub(crate) async fn connection(&self) -> DriveConnection {
        self.worker.connections.get(self.owner, PROVIDER).await.unwrap().unwrap()
    }

    pub(crate) async fn set(&self, change: impl Fn(&mut DriveConnection) + Send + Sync) {
        self.worker.connections.change(self.owner, PROVIDER, change).await.unwrap().unwrap();
    }

    /// A job that is asked for.
    pub(crate) async fn asked(&self, work: DriveWork) -> DriveJob {
        let job = DriveJob::request(self.owner, PROVIDER, work, now());
        assert!(self.worker.jobs.create(&job).await.unwrap());
        job
    }

    pub(crate) async fn asked_to_push(&self) -> DriveJob {
        self.asked(DriveWork::Sync { direction: Direction::Push }).await
    }

    /// Delivers the job's message. Whether it is done with.
    pub(crate) async fn delivered(&self, job: &DriveJob, receives: u32) -> bool {
        handle(&self.worker, message(&json!(job.task()).to_string(), receives))
            .await
            .batch_item_failures
            .is_empty()
    }

    /// Delivers the job's message to a worker that may die while it talks to the drive.
    pub(crate) async fn delivered_or_dead(&self, job: &DriveJob) {
        let before = self.dropbox.traffic().unheard;
        let death = async {
            while self.dropbox.traffic().unheard == before {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            _ = self.delivered(job, 1) => {}
            () = death => {}
        }
    }

    /// Delivers the messages of a job for as long as some come back.
    pub(crate) async fn worked_off(&self, job: &DriveJob) -> DriveJob {
        for _ in 0..1000 {
            assert!(self.delivered(job, 1).await, "left in the queue");
            let stored = self.stored(job).await;
            if stored.status.is_over() {
                return stored;
            }
            let waits = self.queue.take().into_iter().map(|(_, delay)| delay).max().unwrap();
            pass(Duration::from_secs(waits));
            self.dropbox.pass(Duration::from_secs(waits));
        }
        panic!("a job that does not end");
    }

    pub(crate) async fn stored(&self, job: &DriveJob) -> DriveJob {
        self.worker.jobs.get(job.user_id, job.id).await.unwrap().unwrap()
    }

    /// A backup that is made, and the result of its job.
    pub(crate) async fn pushed(&self) -> Value {
        let job = self.asked_to_push().await;
        assert!(self.delivered(&job, 1).await);
        let job = self.stored(&job).await;
        assert_eq!((job.status, job.failure.as_deref()), (DriveJobStatus::Completed, None));
        self.is_clean(&job);
        job.result.unwrap()
    }

    /// The backup that a job made.
    pub(crate) async fn backup(&self) -> BackupId {
        serde_json::from_value(self.pushed().await["backupId"].clone()).unwrap()
    }

    /// A job has left nothing of its own.
    pub(crate) fn is_clean(&self, job: &DriveJob) {
        let left: Vec<String> =
            self.bucket.keys().into_iter().filter(|key| key.starts_with(&job.prefix())).collect();
        assert_eq!(left, Vec::<String>::new());
    }

    /// The paths on the drive that begin so.
    pub(crate) fn paths(&self, prefix: &str) -> Vec<String> {
        self.dropbox.files().into_keys().filter(|path| path.starts_with(prefix)).collect()
    }
}

fn opens(dropbox: &Arc<FakeDropbox>) -> Opens {
    let (access, refresh) = dropbox.grant(FakeDropbox::SCOPES);
    let (id, secret) = (FakeDropbox::CLIENT_ID, FakeDropbox::CLIENT_SECRET);
    let provider = OAuthProvider::Dropbox;
    let config = OAuthConfig::new(provider, id, secret.into(), None, Some(&dropbox.origin())).unwrap();
    let tokens = Tokens {
        client: OAuthClient::new(provider, config),
        access: Mutex::new(access.into()),
        refresh: refresh.into(),
    };
    Opens { dropbox: Arc::clone(dropbox), tokens: Arc::new(tokens) }
}

/// A message, received for the nth time.
pub(crate) fn message(body: &str, receives: u32) -> SqsEvent {
    let record = json!({
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {"ApproximateReceiveCount": receives.to_string()},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:memory-app-DrivesQueue",
        "awsRegion": "eu-central-1",
    });
    serde_json::from_value(json!({"Records": [record]})).unwrap()
}
